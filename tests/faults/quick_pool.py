"""`python -m tests.faults.quick_pool`: the pool of workers, with the waits of timing.py."""

import dataclasses
import os

from app.runtime import build_runtime
from config.settings import load_settings
from tests.faults.timing import QUICK
from workers.pool import Pool, roles_of
from workers.role import run_role_with


def run_quick_role(role: str) -> None:
    runtime = build_runtime(load_settings(os.environ), for_worker=True)
    confirmer = dataclasses.replace(runtime.confirmer, timing=QUICK)
    run_role_with(role, dataclasses.replace(runtime, confirmer=confirmer))


if __name__ == "__main__":
    Pool(roles_of(4), run_quick_role).run()
