"""Doing the jobs in the test's own process, with the real RQ on the real Redis."""

from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from app.queues import ALL_QUEUES, COMMANDS
from app.runtime import Runtime
from workers import set_runtime


class _BurstWorker(SimpleWorker):  # type: ignore[misc]
    # Signals belong to pytest here.
    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        pass


def work(runtime: Runtime, *queues: str) -> None:
    """Do all jobs that wait."""
    set_runtime(runtime)
    for name in queues or ALL_QUEUES:
        queue = Queue(name, connection=runtime.redis, serializer=JSONSerializer)
        worker = _BurstWorker([queue], connection=runtime.redis, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")


def apply_commands(runtime: Runtime) -> None:
    """Do the jobs of the commands, and leave the confirmations."""
    work(runtime, COMMANDS)
