"""The pool: worker processes that are started, watched, started again and ended in good order."""

import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess

from app.queues import COMMANDS, CONFIRMATIONS, DELIVERIES

logger = logging.getLogger(__name__)

SCHEDULE = "schedule"

# A platform waits 30 s between SIGTERM and SIGKILL; a job may take 18.
_GRACE_SECONDS = 20.0
_WATCH_SECONDS = 0.2
# A process that dies at once is started again after growing pauses, and quickly after a long life.
_LONGEST_PAUSE_SECONDS = 5.0
_HEALTHY_SECONDS = 5.0
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Not on macOS, where system libraries do not survive it.
_CAN_FORK = sys.platform == "linux"


def roles_of(processes: int) -> list[str]:
    """Return what each process does: a queue each, and the schedule beside them.

    There are always all queues, whatever the number says: a STOP must never wait behind a
    confirmation that waits for 360dialog. Confirmations wait for an answer from outside most of
    the time, so they get the larger half. One process delivers events, by threads.
    """
    commands = max(1, processes // 2)
    confirmations = max(1, processes - commands)
    return [COMMANDS] * commands + [CONFIRMATIONS] * confirmations + [DELIVERIES, SCHEDULE]


@dataclass(slots=True)
class _Member:
    role: str
    process: BaseProcess | None = None
    started_at: float = 0.0
    pause: float = 0.0
    start_after: float = field(default=0.0)


class Pool:
    """Runs one process for each role until it is told to stop."""

    def __init__(self, roles: list[str], target: Callable[[str], None]) -> None:
        # Forked where that is safe: a process that starts from nothing needs a second of a whole
        # processor and 60 MB of its own before it does anything. Nothing is open yet that must
        # not be shared: no connection, no thread.
        self._context: ForkContext | SpawnContext = (
            multiprocessing.get_context("fork")
            if _CAN_FORK
            else multiprocessing.get_context("spawn")
        )
        self._target = target
        self._members = [_Member(role) for role in roles]
        self._stopping = False

    def run(self) -> None:
        """Start all, and keep them running until SIGTERM or SIGINT; then end them and return."""
        for signum in _STOP_SIGNALS:
            signal.signal(signum, self._request_stop)
        # What is there now stays where it is, so that the processes go on sharing it.
        gc.collect()
        gc.freeze()
        while not self._stopping:
            for member in self._members:
                self._look_after(member)
            time.sleep(_WATCH_SECONDS)
        self._end()

    def _request_stop(self, signum: int, frame: object) -> None:
        self._stopping = True

    def _look_after(self, member: _Member) -> None:
        now = time.monotonic()
        if member.process is not None:
            if member.process.is_alive():
                return
            logger.warning(
                "worker.died", extra={"role": member.role, "exit_code": member.process.exitcode}
            )
            lived = now - member.started_at
            member.pause = (
                0.0
                if lived > _HEALTHY_SECONDS
                else min(member.pause * 2 + 0.2, _LONGEST_PAUSE_SECONDS)
            )
            member.start_after = now + member.pause
            member.process = None
        if now >= member.start_after:
            member.process = self._start(member.role)
            member.started_at = now

    def _start(self, role: str) -> BaseProcess:
        process = self._context.Process(
            target=_run_member, args=(self._target, role), name=f"heed-{role}"
        )
        # Whoever is told to stop in its first moment must not take it for the pool's affair.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
        return process

    def _end(self) -> None:
        """Ask all to stop, wait for their jobs, and kill who is still there after the grace."""
        processes = [member.process for member in self._members if member.process]
        for process in processes:
            if process.is_alive():
                process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                logger.error("worker.killed", extra={"role": process.name})
                process.kill()
                process.join()


def _run_member(target: Callable[[str], None], role: str) -> None:
    """Begin a process of the pool, without the handlers that it has inherited."""
    for signum in _STOP_SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    target(role)
