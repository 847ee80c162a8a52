"""One worker process: RQ without a fork for each job, and with a quiet end."""

import logging
from typing import Any

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

logger = logging.getLogger(__name__)

# RQ looks after lost jobs at intervals, and an idle worker only wakes for that when its wait ends.
# Its own values mean ten to twenty minutes; ours mean a minute, and the sweeper is faster still.
_WORKER_TTL_SECONDS = 45
_MAINTENANCE_SECONDS = 30


class QuietWorker(SimpleWorker):  # type: ignore[misc]
    """A worker that ends after its job on SIGTERM, however often it is told.

    A platform sends SIGTERM to every process at once, and the pool passes its own on. RQ takes a
    second one for impatience and dies in the middle of a job; the pool decides that, by SIGKILL.
    """

    def request_force_stop(self, signum: int, frame: Any) -> None:
        """Leave it at the first request."""


def run_worker(queue_name: str, redis: Redis) -> None:
    """Work on one queue until told to stop.

    One queue and not several: RQ moves a job of a single queue to a list of its own while it takes
    it, and just pops it off otherwise, so that a SIGTERM at the wrong moment loses it.
    """
    queue = Queue(queue_name, connection=redis, serializer=JSONSerializer)
    worker = QuietWorker(
        [queue],
        connection=redis,
        serializer=JSONSerializer,
        default_worker_ttl=_WORKER_TTL_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
