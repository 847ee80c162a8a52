"""Threads that send events, a few for each endpoint, so that no endpoint waits for another.

The job of an endpoint starts them and goes on. They end by themselves when nothing is due; what a
process that dies had in hand comes back when its lease ends.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

from app.domain.endpoints import Endpoint
from app.store.connection import StoreError

logger = logging.getLogger(__name__)

THREADS = 4
"""How many people's events one process sends to one endpoint at the same time."""


class Senders:
    """The threads of this process. `deliver` sends one event; False when there is none."""

    def __init__(self, deliver: Callable[[Endpoint], bool], *, threads: int = THREADS) -> None:
        self._deliver = deliver
        self._most = threads
        self._threads: dict[str, list[threading.Thread]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pid = os.getpid()

    def wake(self, endpoint: Endpoint, lanes: int) -> None:
        """Have as many threads at work for an endpoint as there are lanes, up to the limit."""
        with self._lock:
            if self._pid != os.getpid():
                self._threads, self._pid = {}, os.getpid()  # a fork takes no threads along
            alive = [one for one in self._threads.get(endpoint.id, ()) if one.is_alive()]
            for _ in range(min(self._most, lanes) - len(alive)):
                # A daemon: one that hangs must not keep the process from ending.
                thread = threading.Thread(
                    target=self._run, args=(endpoint,), name=f"send-{endpoint.id}", daemon=True
                )
                alive.append(thread)
                thread.start()
            self._threads[endpoint.id] = alive

    def stop(self, seconds: float) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._stopping.set()
        self.wait(seconds)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way; False when the time was too short."""
        deadline = time.monotonic() + seconds
        with self._lock:
            threads = [one for group in self._threads.values() for one in group]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self, endpoint: Endpoint) -> None:
        try:
            while not self._stopping.is_set() and self._deliver(endpoint):
                pass
        except StoreError as error:
            # Redis is away; what is in hand comes back by itself, and the schedule calls again.
            logger.warning(
                "senders.interrupted",
                extra={"endpoint": endpoint.id, "error": type(error).__name__},
            )
        except Exception as error:  # noqa: BLE001 - its text may hold what must not be logged
            logger.error(  # noqa: TRY400
                "senders.failed", extra={"endpoint": endpoint.id, "error": type(error).__name__}
            )
