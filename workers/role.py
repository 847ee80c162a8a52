"""What one process of the pool does: the composition root of the workers.

Not in __main__.py, since a spawned process imports what it runs by name.
"""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait

from app.runtime import Runtime, build_runtime
from app.store.connection import connect
from config.logging import configure_logging
from config.settings import load_settings
from workers import set_runtime
from workers.pool import SCHEDULE
from workers.schedule import run_schedule
from workers.worker import run_worker


def run_role(role: str) -> None:
    """Do the work of one process of the pool."""
    settings = load_settings(os.environ)
    run_role_with(role, build_runtime(settings, for_worker=True))


def run_role_with(role: str, runtime: Runtime) -> None:
    """Do the work of one process with a runtime that the caller has put together."""
    # Ctrl-C in a terminal reaches all; the pool decides who ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_without_pool()
    settings = runtime.settings
    configure_logging(settings.log_format)
    set_runtime(runtime)
    try:
        if role == SCHEDULE:
            run_schedule(runtime)
        else:
            # A client of its own, since RQ sets the time limits of its connections anew.
            url = settings.redis_url.reveal()
            run_worker(role, connect(url, tls_verify=settings.redis_tls_verify, for_worker=True))
    finally:
        runtime.metrics.flush()


def _end_without_pool() -> None:
    """End in good order when the pool is gone: nobody else would ever tell this process to."""
    pool = multiprocessing.parent_process()
    if pool is None:
        return

    def watch() -> None:
        wait([pool.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-pool", daemon=True).start()
