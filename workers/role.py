"""What one process of the pool does: the composition root of the workers.

Not in __main__.py, since a spawned process imports what it runs by name.
"""

import os
import signal
import threading
import time

from app.runtime import build_runtime
from app.store.connection import connect
from config.logging import configure_logging
from config.settings import load_settings
from workers import find_runtime, set_runtime
from workers.deliveries import stop_senders
from workers.pool import SCHEDULE
from workers.schedule import run_schedule
from workers.worker import run_worker

_WATCH_SECONDS = 1.0
# What is on its way to an endpoint may take so long; the pool kills after 20 s.
_SENDERS_SECONDS = 17.0


def run_role(role: str) -> None:
    """Do the work of one process of the pool."""
    # Ctrl-C in a terminal reaches all; the pool decides who ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_without_pool()
    # Made by the pool where a process is forked, made here where it starts from nothing.
    runtime = find_runtime() or build_runtime(load_settings(os.environ), for_worker=True)
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
        stop_senders(_SENDERS_SECONDS)
        runtime.metrics.flush()


def _end_without_pool() -> None:
    """End in good order when the pool is gone: nobody else would ever tell this process to."""
    pool = os.getppid()

    def watch() -> None:
        while os.getppid() == pool:
            time.sleep(_WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-pool", daemon=True).start()
