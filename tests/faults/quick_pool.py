"""`python -m tests.faults.quick_pool`: the pool of workers, with the waits of timing.py."""

import dataclasses
import os

from app.runtime import build_runtime
from config.settings import load_settings
from tests.faults.timing import QUICK
from workers import set_runtime
from workers.pool import Pool, roles_of
from workers.role import run_role

if __name__ == "__main__":
    runtime = build_runtime(load_settings(os.environ), for_worker=True)
    confirmer = dataclasses.replace(runtime.confirmer, timing=QUICK)
    set_runtime(dataclasses.replace(runtime, confirmer=confirmer))
    Pool(roles_of(4), run_role).run()
