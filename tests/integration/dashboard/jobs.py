"""Real jobs of RQ in each of their states, and the way into the dashboard."""

import base64
import functools
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from app import create_app
from tests.builders import ADA, ADA_BSUID, API_SECRET

CONFIRMED = {"Sec-Fetch-Site": "same-origin"}
EVENT_ID = "0123456789abcdef0123456789abcdef"
JOBS = "/rq/0/data/jobs/commands"


def basic(user: str, password: str) -> dict[str, str]:
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}"}


LOGIN = basic("tests", API_SECRET)


@functools.cache
def app_of(environ: tuple[tuple[str, str], ...]) -> Flask:
    return create_app(dict(environ))


def enqueue(queue: Queue, job_id: str, path: str = "os.path.basename", *args: Any) -> Job:
    return queue.enqueue_call(
        path, args=args or ("x",), job_id=job_id, description=f"apply {job_id}", result_ttl=300
    )


class QuietWorker(SimpleWorker):  # type: ignore[misc]
    """A worker that nobody can send orders to; ending that conversation takes RQ a second."""

    def subscribe(self) -> None:
        pass

    def unsubscribe(self) -> None:
        pass


def work(queue: Queue) -> None:
    worker = QuietWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="CRITICAL")


def ids_of(answer: Any) -> list[str]:
    return [job["id"] for job in answer.json["jobs"]]


READING = [
    "/rq/",
    "/rq/0/view/workers",
    "/rq/0/view/jobs/commands/queued/8/asc/1",
    "/rq/0/view/job/queued-job",
    "/rq/0/data/queues.json",
    "/rq/0/data/workers.json",
    "/rq/0/data/jobs/commands/queued/8/asc/1.json",
    "/rq/0/data/job/queued-job.json",
    "/rq/favicon.ico",
    "/rq/static/js/jquery-3.5.1.min.js",
]
CHANGING = [
    "/rq/job/failed-job/requeue",
    "/rq/job/failed-job/delete",
    "/rq/requeue/commands",
    "/rq/queue/commands/failed/empty",
    "/rq/queue/commands/compact",
]


def snapshot(redis: Redis) -> dict[bytes, bytes]:
    return {key: redis.dump(key) for key in redis.scan_iter("rq:*")}


def put_jobs_into_every_state(queue: Queue) -> dict[str, str]:
    """Put one real job into each state; returns registry → job id."""
    enqueue(queue, "finished-job")
    enqueue(queue, "failed-job", "builtins.int", f"call {ADA} or {ADA_BSUID} <b>now</b>")
    work(queue)
    busy = enqueue(queue, "started-job")
    worker = SimpleWorker(
        [queue], connection=queue.connection, serializer=JSONSerializer, name="busy-worker"
    )
    worker.register_birth()
    queue.remove(busy)
    worker.prepare_execution(busy)
    worker.prepare_job_execution(busy)
    worker.set_state("busy")
    queue.enqueue_at(
        datetime.now(UTC) + timedelta(hours=1), "os.path.basename", "x", job_id="scheduled-job"
    )
    first = enqueue(queue, "queued-job")
    queue.enqueue_call("os.path.basename", args=("x",), job_id="deferred-job", depends_on=first)
    enqueue(queue, "canceled-job").cancel()
    states = ("finished", "failed", "started", "scheduled", "queued", "deferred", "canceled")
    return {state: f"{state}-job" for state in states}
