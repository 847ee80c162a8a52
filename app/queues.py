"""Queues, jobs, and everything RQ needs to know about them, in one place.

Jobs are enqueued by dotted path, so that the web process never imports the workers. Arguments
are opaque ids and descriptions say no more than they do: both are shown on the dashboard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis
from redis.client import Pipeline
from rq import Queue
from rq.serializers import DefaultSerializer, JSONSerializer

# RQ reads whatever it was given no serializer for with pickle, which runs code that a job in
# Redis may hold: rq-dashboard's page of a job does so even when it is configured for JSON. From
# here on there is no pickle in this process, be it the web or a worker.
DefaultSerializer.dumps = staticmethod(JSONSerializer.dumps)
DefaultSerializer.loads = staticmethod(JSONSerializer.loads)

COMMANDS = "commands"
CONFIRMATIONS = "confirmations"
DELIVERIES = "deliveries"
ALL_QUEUES = (COMMANDS, CONFIRMATIONS, DELIVERIES)

# A failed job is kept for a week, so that on-call finds it on Monday; RQ would keep it a year.
_FAILURE_TTL_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job: where it runs, what runs it, and for how long at most."""

    name: str
    path: str
    queue: str
    timeout_seconds: int


APPLY = JobKind("apply", "workers.jobs.apply_job", COMMANDS, 15)
# Longer than a whole request to 360dialog may take, shorter than a platform's grace at a deploy.
CONFIRM = JobKind("confirm", "workers.jobs.confirm_job", CONFIRMATIONS, 18)
RECORD_DELIVERY = JobKind("record_delivery", "workers.jobs.record_delivery_job", CONFIRMATIONS, 15)
# It takes events in and lets threads send them; it never waits for an endpoint itself.
DELIVER = JobKind("deliver", "workers.jobs.deliver_job", DELIVERIES, 15)
ALL_JOBS = (APPLY, CONFIRM, RECORD_DELIVERY, DELIVER)


def job_id_of(kind: JobKind, *arguments: str) -> str:
    """Return the id of a job: the same work has the same id, so that a sweep sees it queued."""
    return "-".join((kind.name, *arguments))


class JobQueues:
    """Puts jobs on RQ's queues."""

    def __init__(self, redis: Redis) -> None:
        self._queues = {
            name: Queue(name, connection=redis, serializer=JSONSerializer) for name in ALL_QUEUES
        }

    def enqueue(
        self, kind: JobKind, *argument_sets: tuple[str, ...], pipeline: Pipeline | None = None
    ) -> None:
        """Enqueue one job for each set of arguments, in the caller's pipeline if there is one."""
        unique = dict.fromkeys(argument_sets)
        if not unique:
            return
        self._queues[kind.queue].enqueue_many(
            [
                Queue.prepare_data(
                    kind.path,
                    args=arguments,
                    timeout=kind.timeout_seconds,
                    # Results would only fill Redis: 5 KB a job, and nobody reads them.
                    result_ttl=0,
                    failure_ttl=_FAILURE_TTL_SECONDS,
                    description=f"{kind.name} {arguments[0]}",
                    job_id=job_id_of(kind, *arguments),
                )
                for arguments in unique
            ],
            pipeline=pipeline,
        )

    def enqueue_apply(self, event_ids: Sequence[str]) -> None:
        """Enqueue the application of events."""
        self.enqueue(APPLY, *[(one,) for one in event_ids])

    def enqueue_confirm(self, confirmation_ids: Sequence[str]) -> None:
        """Enqueue the sending of confirmations."""
        self.enqueue(CONFIRM, *[(one,) for one in confirmation_ids])

    def enqueue_deliver(self, endpoint_ids: Sequence[str]) -> None:
        """Enqueue the delivery of what waits for endpoints."""
        self.enqueue(DELIVER, *[(one,) for one in endpoint_ids])

    def waiting_to_apply(self) -> set[str]:
        """Return the events whose job waits in the queue."""
        return self._waiting(APPLY)

    def waiting_to_confirm(self) -> set[str]:
        """Return the confirmations whose job waits in the queue."""
        return self._waiting(CONFIRM)

    def waiting_to_deliver(self) -> set[str]:
        """Return the endpoints whose job waits in the queue."""
        return self._waiting(DELIVER)

    def length(self, name: str) -> int:
        """Return how many jobs wait in a queue."""
        return len(self._queues[name])

    def failed(self, name: str) -> int:
        """Return how many failed jobs RQ keeps of a queue."""
        return int(self._queues[name].failed_job_registry.count)

    def prepare(self) -> None:
        """Ask Redis its version now: RQ would do so in the first request."""
        for queue in self._queues.values():
            queue.get_redis_server_version()

    def _waiting(self, kind: JobKind) -> set[str]:
        prefix = f"{kind.name}-"
        return {
            job_id.removeprefix(prefix)
            for job_id in self._queues[kind.queue].get_job_ids()
            if job_id.startswith(prefix)
        }
