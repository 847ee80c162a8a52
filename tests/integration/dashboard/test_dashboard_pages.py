import re
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.registry import ReadyJobRegistry

from app import create_app
from app.runtime import Runtime
from app.web.dashboard import mask_url
from tests.integration.dashboard.jobs import JOBS, LOGIN, READING, basic, enqueue, ids_of, snapshot


@pytest.mark.usefixtures("jobs_in_every_state")
@pytest.mark.parametrize("path", READING)
def test_every_page_and_endpoint_answers(path: str, get: Callable[..., Any]) -> None:
    assert get(path).status_code == 200


@pytest.mark.parametrize(
    "registry", ["queued", "started", "failed", "finished", "scheduled", "deferred", "canceled"]
)
@pytest.mark.parametrize("order", ["asc", "dsc"])
def test_a_job_in_each_state_is_listed_and_shown(
    registry: str, order: str, get: Callable[..., Any], jobs_in_every_state: dict[str, str]
) -> None:
    job_id = jobs_in_every_state[registry]

    assert ids_of(get(f"{JOBS}/{registry}/8/{order}/1.json")) == [job_id]
    assert get(f"/rq/0/view/jobs/commands/{registry}/8/{order}/1").status_code == 200
    assert get(f"/rq/0/view/job/{job_id}").status_code == 200
    assert get(f"/rq/0/data/job/{job_id}.json").json["status"] == registry


@pytest.mark.parametrize(
    "path",
    [
        "/rq/0/view/job/unknown",
        "/rq/0/data/job/unknown.json",
        "/rq/0/view/job/a%20b",
        "/rq/1/view/queues",
        "/rq/1/data/queues.json",
        "/rq/0/view/jobs/%27-alert(1)-%27/queued/8/asc/1",
        "/rq/0/view/jobs/commands/unknown/8/asc/1",
        "/rq/0/data/jobs/commands/queued/0/asc/1.json",
        "/rq/0/data/jobs/commands/queued/8/asc/0.json",
        "/rq/0/data/jobs/commands/queued/x/asc/1.json",
        "/rq/0/data/jobs/commands/queued/8/up/1.json",
        "/rq/0/data/jobs/commands/queued/8/asc/99999999999999999999.json",
    ],
)
def test_what_does_not_exist_is_a_404(path: str, get: Callable[..., Any]) -> None:
    assert get(path).status_code == 404


def test_a_busy_worker_is_shown_with_its_job(
    get: Callable[..., Any], jobs_in_every_state: dict[str, str]
) -> None:
    [worker] = get("/rq/0/data/workers.json").json["workers"]

    assert (worker["name"], worker["state"], worker["queues"]) == (
        "busy-worker",
        "busy",
        ["commands"],
    )
    assert worker["current_job"]["job_id"] == "started-job"
    assert worker["current_job"]["call_string"] == "apply started-job"


def test_jobs_between_two_states_are_not_hidden(get: Callable[..., Any], queue: Queue) -> None:
    enqueue(queue, "taken")
    queue.connection.lmove("rq:queue:commands", "rq:queue:commands:intermediate", "LEFT", "RIGHT")
    ready = enqueue(queue, "ready")
    queue.remove(ready)
    ReadyJobRegistry("commands", connection=queue.connection).add(ready)

    assert ids_of(get(f"{JOBS}/started/8/asc/1.json")) == ["taken"]
    assert ids_of(get(f"{JOBS}/deferred/8/asc/1.json")) == ["ready"]
    [row] = get("/rq/0/data/queues.json").json["queues"]
    assert row["started_job_registry_count"] == 1
    assert row["deferred_job_registry_count"] == 1


def test_the_password_of_redis_is_not_shown(environ: dict[str, str], redis: Redis) -> None:
    redis.acl_setuser("dash", enabled=True, passwords=["+hunter2"], keys="*", commands=["+@all"])
    url = environ["REDIS_URL"].replace("redis://", "redis://dash:hunter2@")
    app = create_app({**environ, "REDIS_URL": url})

    page = app.test_client().get("/rq/", headers=LOGIN).get_data(as_text=True)

    assert "hunter2" not in page
    assert mask_url(url) in page


def test_pages_are_protected_by_headers(get: Callable[..., Any]) -> None:
    answer = get("/rq/")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert f'<script nonce="{nonce[1]}" type="text/javascript">' in answer.get_data(as_text=True)
    assert nonce[1] not in get("/rq/").headers["Content-Security-Policy"]


def test_polling_opens_no_new_connections(get: Callable[..., Any], redis: Redis) -> None:
    get("/rq/0/data/queues.json")
    before = redis.info("stats")["total_connections_received"]

    for _ in range(20):
        get("/rq/0/data/queues.json")
        get("/rq/0/data/workers.json")

    assert redis.info("stats")["total_connections_received"] - before <= 1


def test_reading_changes_nothing(
    get: Callable[..., Any], redis: Redis, jobs_in_every_state: dict[str, str]
) -> None:
    before = snapshot(redis)

    for path in READING:
        get(path)

    assert snapshot(redis) == before


@pytest.mark.parametrize("path", ["/rq", "/rq/0/", "/rq/0/view", "/rq/0/view/queues"])
def test_other_addresses_of_the_first_page_lead_to_it(path: str, get: Callable[..., Any]) -> None:
    answer = get(path)

    assert answer.status_code == 308
    assert answer.location.endswith("/rq/")


def test_jobs_begins_with_the_queue_of_commands(get: Callable[..., Any]) -> None:
    answer = get("/rq/0/view/jobs")

    assert answer.status_code == 302
    assert answer.location == "/rq/0/view/jobs/commands/queued/8/asc/1"


def test_without_redis_the_answer_is_503_or_says_so(environ: dict[str, str], redis: Redis) -> None:
    app = create_app({**environ, "REDIS_URL": "redis://127.0.0.1:9/0"})
    client = app.test_client()

    assert client.get("/rq/0/data/queues.json", headers=LOGIN).status_code == 503
    assert client.get("/rq/0/data/workers.json", headers=LOGIN).status_code == 503


def test_two_applications_live_in_one_process(environ: dict[str, str], runtime: Runtime) -> None:
    other = create_app({**environ, "API_TOKENS": "other:admin:another-secret-0001"})

    login = basic("other", "another-secret-0001")
    assert other.test_client().get("/rq/", headers=login).status_code == 200
    assert other.test_client().get("/rq/", headers=LOGIN).status_code == 401
