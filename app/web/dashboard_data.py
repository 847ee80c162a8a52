"""What the RQ dashboard shows, read so that no stored job can break or betray anything.

rq-dashboard's own readings unpickle, fail as a whole over one broken or missing job, print
arguments, and write text into HTML as it is. These take their places, in the same shapes.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, current_app, jsonify
from markupsafe import escape
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job
from rq.registry import (
    BaseRegistry,
    CanceledJobRegistry,
    DeferredJobRegistry,
    FailedJobRegistry,
    FinishedJobRegistry,
    ReadyJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)
from rq.serializers import JSONSerializer
from rq_dashboard import web

from app.web.dashboard_jobs import CarefulJob, UnreadableJobError, requeue_one
from app.web.masking import mask_text

_REGISTRIES: dict[str, type[BaseRegistry]] = {
    "failed": FailedJobRegistry,
    "deferred": DeferredJobRegistry,
    "started": StartedJobRegistry,
    "finished": FinishedJobRegistry,
    "scheduled": ScheduledJobRegistry,
    "canceled": CanceledJobRegistry,
}
REGISTRY_NAMES = frozenset({"queued", *_REGISTRIES})
_UNREADABLE = "cannot be read: it is not JSON, or it is damaged"

_count_queues: Callable[..., list[dict[str, Any]]] = web.serialize_queues


def count_queues(instance_number: int, queues: Sequence[Queue]) -> list[dict[str, Any]]:
    """Return a row for each queue, with the jobs that rq-dashboard does not know of.

    Jobs that a worker took and did not begin count as started, those that wait to be enqueued as
    deferred; else a stuck job would be nowhere to be seen.
    """
    rows = _count_queues(instance_number, queues)
    for row, queue in zip(rows, queues, strict=True):
        row["name"] = escape(row["name"])
        row["started_job_registry_count"] += len(_taken_ids(queue))
        row["deferred_job_registry_count"] += _registry_of(ReadyJobRegistry, queue).get_job_count(
            cleanup=False
        )
    return rows


def read_jobs(  # noqa: PLR0917 - rq-dashboard calls it by position
    queue_name: str, registry_name: str, offset: int, per_page: int, order: str, connection: Redis
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many jobs a registry has, and one page of them."""
    queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
    ids = _ids_of(queue, registry_name)
    if order == "dsc":
        ids.reverse()
    page = ids[offset : offset + per_page]
    return len(ids), [_describe_in_list(job_id, connection) for job_id in page]


def list_workers(instance_number: int) -> Response:
    """Answer workers.json; a busy worker's job is named by its description, never its arguments."""
    rows = [_describe_worker(worker) for worker in Worker.all(connection=_connection())]
    return jsonify(workers=sorted(rows, key=lambda row: (row["state"], row["queues"], row["name"])))


def show_job(instance_number: int, job_id: str) -> Response:
    """Answer job.json; unknown jobs raise NoSuchJobError."""
    job = CarefulJob.fetch(job_id, connection=_connection())
    result, exc_info = _read_result(job)
    return jsonify(
        id=job.id,
        created_at=web.serialize_date(job.created_at),
        enqueued_at=web.serialize_date(job.enqueued_at),
        started_at=web.serialize_date(job.started_at),
        ended_at=web.serialize_date(job.ended_at),
        origin=_safe(job.origin),
        status=job.get_status(),
        result=_safe(result) if result is not None else None,
        exc_info=_safe(exc_info) if exc_info else None,
        description=_safe(job.description or job.id),
        metadata=_safe(json.dumps(job.meta, default=lambda _: _UNREADABLE)),
    )


def requeue_all(queue_name: str) -> Response:
    """Put every failed job of a queue back, whatever became of single ones meanwhile."""
    connection = _connection()
    queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
    count = 0
    for job_id in queue.failed_job_registry.get_job_ids(cleanup=False):
        try:
            requeue_one(job_id, connection)
        except (NoSuchJobError, UnreadableJobError, InvalidJobOperation):
            # Its record has run out or is damaged, or a colleague was faster.
            continue
        count += 1
    return jsonify(status="OK", count=count)


def _connection() -> Redis:
    found: Redis = current_app.redis_conn  # type: ignore[attr-defined]
    return found


def _registry_of(kind: type[BaseRegistry], queue: Queue) -> BaseRegistry:
    return kind(queue.name, connection=queue.connection, serializer=JSONSerializer)


def _taken_ids(queue: Queue) -> list[str]:
    found = queue.connection.lrange(IntermediateQueue.get_intermediate_queue_key(queue.key), 0, -1)
    return [job_id.decode(errors="replace") for job_id in found]


def _ids_of(queue: Queue, registry_name: str) -> list[str]:
    if registry_name == "queued":
        return list(queue.get_job_ids())
    kind = _REGISTRIES[registry_name]
    ids = list(_registry_of(kind, queue).get_job_ids(cleanup=False))
    if kind is StartedJobRegistry:
        ids += _taken_ids(queue)
    if kind is DeferredJobRegistry:
        ids += _registry_of(ReadyJobRegistry, queue).get_job_ids(cleanup=False)
    return list(dict.fromkeys(ids))


def _describe_in_list(job_id: str, connection: Redis) -> dict[str, Any]:
    """Return a row of the list, which escapes description and exc_info by itself, and only these."""
    row: dict[str, Any] = {
        "id": escape(job_id),
        "created_at": None,
        "started_at": None,
        "ended_at": None,
        "exc_info": None,
        "description": _UNREADABLE,
    }
    try:
        job = CarefulJob.fetch(job_id, connection)
    except NoSuchJobError:
        return {**row, "description": "its record is gone"}
    except UnreadableJobError:
        return row
    _, exc_info = _read_result(job)
    return {
        **row,
        "created_at": web.serialize_date(job.created_at),
        "started_at": web.serialize_date(job.started_at),
        "ended_at": web.serialize_date(job.ended_at),
        "exc_info": mask_text(exc_info) if exc_info else None,
        "description": mask_text(job.description or job.id),
    }


def _read_result(job: Job) -> tuple[str | None, str | None]:
    """Return what the last run returned, as text, and its traceback."""
    try:
        latest = job.latest_result()
        value = latest.return_value if latest else None
        text = None if value is None else json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, KeyError):
        return _UNREADABLE, None
    return text, latest.exc_string if latest else None


def _describe_worker(worker: Worker) -> dict[str, Any]:
    return {
        "name": escape(worker.name),
        "pid": worker.pid,
        "queues": [escape(name) for name in worker.queue_names()],
        "state": str(worker.get_state()),
        "current_job": _describe_current_job(worker),
        "last_heartbeat": worker.last_heartbeat,
        "birth_date": worker.birth_date,
        "successful_job_count": worker.successful_job_count,
        "failed_job_count": worker.failed_job_count,
        "total_working_time": worker.total_working_time,
        "version": escape(worker.version or ""),
        "python_version": escape(worker.python_version or ""),
    }


def _describe_current_job(worker: Worker) -> dict[str, Any] | str:
    job_id = worker.get_current_job_id()
    if job_id is None:
        return "idle"
    row = _describe_in_list(job_id, worker.connection)
    return {
        "job_id": row["id"],
        "description": row["description"],
        "created_at": row["created_at"],
        "call_string": escape(row["description"]),
    }


def _safe(text: str) -> str:
    """Return a text for pages that put it into HTML as it is."""
    return str(escape(mask_text(text)))


web.Job = CarefulJob
web.requeue_job = requeue_one
web.serialize_queues = count_queues
web.get_queue_registry_jobs_count = read_jobs
