import base64
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from tests.builders import ADA, ADA_BSUID
from tests.integration.dashboard.jobs import (
    EVENT_ID,
    JOBS,
    READING,
    enqueue,
    ids_of,
)


class Attack:
    """Unpickling it creates the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_a_planted_pickle_is_never_executed(
    get: Callable[..., Any], post: Callable[..., Any], queue: Queue, tmp_path: Path
) -> None:
    proof = tmp_path / "executed"
    evil = pickle.dumps(Attack(proof))
    redis = queue.connection
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for job_id, status in (("planted", "queued"), ("planted-failed", "failed")):
        redis.hset(
            f"rq:job:{job_id}",
            mapping={
                "data": evil,
                "meta": evil,
                "result": evil,
                "created_at": now,
                "origin": "commands",
                "status": status,
            },
        )
        redis.xadd(
            f"rq:results:{job_id}",
            {"type": 1, "return_value": base64.b64encode(evil), "created_at": now},
        )
    redis.rpush("rq:queue:commands", "planted")
    redis.sadd("rq:queues", "rq:queue:commands")
    redis.zadd("rq:failed:commands", {"planted-failed": 4_000_000_000})
    enqueue(queue, "honest")
    worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer, name="evil")
    worker.register_birth()
    worker.prepare_execution(Job.fetch("planted", connection=redis, serializer=JSONSerializer))

    assert ids_of(get(f"{JOBS}/queued/8/asc/1.json")) == ["planted", "honest"]
    assert ids_of(get(f"{JOBS}/failed/8/asc/1.json")) == ["planted-failed"]
    assert get("/rq/0/data/job/planted.json").status_code == 200
    assert get("/rq/0/view/job/planted").status_code == 200
    assert get("/rq/0/data/workers.json").json["workers"][0]["current_job"]["job_id"] == "planted"
    assert get("/rq/0/data/queues.json").status_code == 200
    assert post("/rq/job/planted-failed/requeue").status_code == 200
    assert post("/rq/requeue/commands").status_code == 200
    assert post("/rq/job/planted/delete").status_code == 200
    assert post("/rq/queue/commands/queued/empty").status_code == 200

    assert not proof.exists()
    with pytest.raises(FileNotFoundError):
        # The attack itself works: with RQ's default it would have run.
        pickle.loads(pickle.dumps(Attack(tmp_path / "no" / "folder")))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"created_at": "yesterday"}, 422, id="no date"),
        pytest.param({"status": "unknown"}, 422, id="unknown status"),
        pytest.param({"timeout": "x"}, 422, id="no number"),
        pytest.param({"data": b""}, 200, id="no data"),
        pytest.param({"description": b"\xff\xfe"}, 422, id="not UTF-8"),
    ],
)
def test_a_damaged_job_breaks_no_list(
    fields: dict[str, Any], status: int, get: Callable[..., Any], queue: Queue
) -> None:
    enqueue(queue, "damaged")
    enqueue(queue, "sound")
    queue.connection.hset("rq:job:damaged", mapping=fields)

    assert ids_of(get(f"{JOBS}/queued/8/asc/1.json")) == ["damaged", "sound"]
    assert get("/rq/0/data/job/damaged.json").status_code == status
    assert get("/rq/0/view/job/damaged").status_code == status


def test_nothing_personal_is_shown(
    get: Callable[..., Any], jobs_in_every_state: dict[str, str], queue: Queue
) -> None:
    queue.enqueue_call("os.path.basename", args=(ADA,), job_id="careless")

    shown = "".join(
        get(path).get_data(as_text=True)
        for path in [
            *READING[:-2],
            f"{JOBS}/failed/8/asc/1.json",
            f"{JOBS}/queued/8/asc/1.json",
            "/rq/0/data/job/failed-job.json",
            "/rq/0/data/job/careless.json",
        ]
    )

    assert "invalid literal for int" in shown
    assert ADA not in shown
    assert ADA_BSUID not in shown


def test_text_of_jobs_is_no_html(
    get: Callable[..., Any], jobs_in_every_state: dict[str, str]
) -> None:
    # job.html puts the traceback into the page as it is, the list escapes it by itself.
    assert "&lt;b&gt;now&lt;/b&gt;" in get("/rq/0/data/job/failed-job.json").json["exc_info"]
    [job] = get(f"{JOBS}/failed/8/asc/1.json").json["jobs"]
    assert "<b>now</b>" in job["exc_info"]


def test_event_ids_stay_readable(get: Callable[..., Any], queue: Queue) -> None:
    enqueue(queue, f"apply-{EVENT_ID}")

    [job] = get(f"{JOBS}/queued/8/asc/1.json").json["jobs"]
    assert job["description"] == f"apply apply-{EVENT_ID}"
