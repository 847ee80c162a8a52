import logging
from collections.abc import Callable
from typing import Any

import pytest
from rq import Queue

from tests.integration.dashboard.jobs import JOBS, enqueue, ids_of, work


def test_a_failed_job_is_put_back(
    get: Callable[..., Any],
    post: Callable[..., Any],
    jobs_in_every_state: dict[str, str],
) -> None:
    assert post("/rq/job/failed-job/requeue").json == {"status": "OK"}

    assert "failed-job" in ids_of(get(f"{JOBS}/queued/8/asc/1.json"))
    assert post("/rq/job/failed-job/requeue").status_code == 409


def test_all_failed_jobs_are_put_back_also_when_one_is_gone(
    get: Callable[..., Any], post: Callable[..., Any], queue: Queue
) -> None:
    for number in range(3):
        enqueue(queue, f"failed-{number}", "builtins.int", "x")
    work(queue)
    queue.connection.delete("rq:job:failed-1")

    assert post("/rq/requeue/commands").json == {"status": "OK", "count": 2}

    assert ids_of(get(f"{JOBS}/queued/8/asc/1.json")) == ["failed-0", "failed-2"]


def test_a_job_is_deleted_and_a_queue_emptied_and_compacted(
    get: Callable[..., Any], post: Callable[..., Any], queue: Queue
) -> None:
    for number in range(3):
        enqueue(queue, f"queued-{number}")

    assert post("/rq/job/queued-0/delete").json == {"status": "OK"}
    assert post("/rq/queue/commands/compact").json == {"status": "OK"}
    assert ids_of(get(f"{JOBS}/queued/8/asc/1.json")) == ["queued-1", "queued-2"]
    assert post("/rq/queue/commands/queued/empty").json == {"status": "OK"}
    assert ids_of(get(f"{JOBS}/queued/8/asc/1.json")) == []


def test_who_changed_what_is_logged(
    post: Callable[..., Any], caplog: pytest.LogCaptureFixture, jobs_in_every_state: dict[str, str]
) -> None:
    with caplog.at_level(logging.INFO):
        post("/rq/job/failed-job/requeue")

    [record] = [one for one in caplog.records if one.message == "dashboard.changed"]
    assert record.__dict__["actor"] == "tests"
    assert record.__dict__["change"] == "requeue_job_view"
    assert record.__dict__["job"] == "failed-job"


def test_a_job_unknown_to_a_change_is_a_404(post: Callable[..., Any]) -> None:
    assert post("/rq/job/unknown/requeue").status_code == 404
