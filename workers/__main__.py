"""`python -m workers`: the composition root of the worker processes."""

import logging
import os
import signal
import sys

from app.runtime import build_runtime
from config.logging import configure_logging
from config.settings import SettingsError, load_settings
from workers import set_runtime
from workers.pool import SCHEDULE, Pool, roles_of
from workers.schedule import run_schedule
from workers.worker import run_worker

logger = logging.getLogger(__name__)


def main() -> int:
    """Run the pool; returns the exit code."""
    try:
        settings = load_settings(os.environ)
        configure_logging(settings.log_format)
        build_runtime(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    roles = roles_of(settings.worker_processes)
    logger.info("workers.started", extra={"roles": roles})
    Pool(roles, run_role).run()
    logger.info("workers.ended")
    return 0


def run_role(role: str) -> None:
    """Do the work of one process. Ctrl-C in a terminal reaches all; the pool decides who ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = load_settings(os.environ)
    configure_logging(settings.log_format)
    runtime = build_runtime(settings, for_worker=True)
    set_runtime(runtime)
    try:
        if role == SCHEDULE:
            run_schedule(runtime)
        else:
            run_worker(role, build_runtime(settings, for_worker=True).redis)
    finally:
        runtime.metrics.flush()


if __name__ == "__main__":
    sys.exit(main())
