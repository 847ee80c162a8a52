"""Jobs as the RQ dashboard may read them: without pickle, and damaged ones told apart."""

from redis import Redis
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

# Importing the queues is what rids this process of pickle; nothing here may come before it.
from app import queues as _queues  # noqa: F401
from app.store.connection import StoreError


class UnreadableJobError(Exception):
    """A job's record in Redis is damaged, or none of ours."""


class CarefulJob(Job):  # type: ignore[misc]
    """A job as the dashboard reads it: never with pickle, and a damaged one is told apart."""

    @classmethod
    def fetch(cls, job_id: str, connection: Redis) -> "CarefulJob":
        """Read a job.

        Raises:
            NoSuchJobError: there is none (any more).
            UnreadableJobError: its record can not be read.
        """
        try:
            found: CarefulJob = super().fetch(job_id, connection, JSONSerializer)
        except (NoSuchJobError, StoreError):
            raise
        except Exception:  # noqa: BLE001 - RQ takes records apart without a check
            raise UnreadableJobError(job_id) from None
        return found


def requeue_one(job_id: str, connection: Redis) -> None:
    """Put one failed job back.

    Raises:
        NoSuchJobError | UnreadableJobError: there is no such job, or none that can be read.
        InvalidJobOperation: it has not failed.
    """
    CarefulJob.fetch(job_id, connection).requeue()
