"""What is known of a person, and every secret, sent through every path, and looked for after.

The places are those of docs/privacy.md: logs, jobs, exceptions, metrics, the RQ dashboard, and the
answers to requests that go wrong.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.runtime import Runtime
from app.store import keys
from sandbox.embedded_redis import free_port
from tests.meta import leaks
from tests.meta.inputs import (
    API,
    all_malformed,
    all_notifications,
    ask_api_wrongly,
    post,
)
from tests.working import work
from workers.schedule import sweep_once


@pytest.fixture(scope="module")
def known_environ(redis_url: str) -> dict[str, str]:
    """Give an environment whose every secret is known; nobody listens where 360dialog should."""
    return {
        "REDIS_URL": redis_url,
        "D360_API_KEY": leaks.D360_KEY,
        "D360_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "WEBHOOK_TOKEN": leaks.WEBHOOK_TOKEN,
        "WEBHOOK_SIGNING_SECRET": leaks.SIGNING_SECRET,
        "API_TOKENS": f"known:read+write+send+admin:{leaks.API_SECRET}",
        "SECRET_KEY": leaks.SECRET_KEY,
        "LOG_FORMAT": "json",
    }


@pytest.fixture(scope="module")
def known_app(known_environ: dict[str, str]) -> Iterator[Flask]:
    """Give an application of these settings; the logging of the other tests comes back after it."""
    handlers = logging.getLogger().handlers[:]
    yield create_app(known_environ)
    logging.getLogger().handlers[:] = handlers


@pytest.fixture
def runtime(known_app: Flask, redis: Redis) -> Runtime:
    """Give what it works with, on an empty Redis."""
    found: Runtime = known_app.extensions["heed"]
    found.metrics.flush()
    redis.flushall()
    return found


@pytest.fixture
def known(known_app: Flask, runtime: Runtime) -> FlaskClient:
    """Give its client."""
    return known_app.test_client()


@pytest.fixture
def listener(known_app: Flask) -> Iterator[leaks.Listener]:
    """Hear everything that is logged from here on."""
    with leaks.listening() as found:
        yield found


def read_dashboard(client: FlaskClient) -> str:
    """Return what the RQ dashboard shows of every list and of every job."""
    login = ("known", leaks.API_SECRET)
    pages = ["/rq/0/data/queues.json", "/rq/0/data/workers.json"] + [
        f"/rq/0/data/jobs/{queue}/{registry}/100/asc/1.json"
        for queue in ("commands", "confirmations")
        for registry in ("queued", "failed", "started", "finished", "scheduled")
    ]
    texts = [client.get(page, auth=login).text for page in pages]
    jobs = [row["id"] for text in texts for row in json.loads(text).get("jobs", [])]
    texts += [client.get(f"/rq/0/data/job/{job}.json", auth=login).text for job in jobs]
    return "\n".join(texts)


def test_nothing_personal_leaves_the_store_whatever_goes_well_or_wrong(
    known: FlaskClient,
    runtime: Runtime,
    redis: Redis,
    listener: leaks.Listener,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places: dict[str, str] = {}

    for body in all_notifications().values():
        assert post(known, body).status_code == 200
    places["jobs that wait"] = leaks.read_rq(redis)
    places["dashboard before"] = read_dashboard(known)
    work(runtime)
    # What could not be sent, since nobody listens, is tried once more and put off again.
    sweep_once(runtime)
    work(runtime)

    answers = [post(known, body) for body in all_malformed()]
    answers.append(post(known, all_notifications()["button"], token=leaks.D360_KEY))
    answers += ask_api_wrongly(known)
    places["answers to mistakes"] = "\n".join(f"{one.text} {one.headers}" for one in answers)
    changed = known.patch(
        f"/v1/recipients/{leaks.PHONE}",
        json={"messages": "opted_in", "evidence": {"reason": leaks.REASON, "actor": leaks.ACTOR}},
        headers=API,
    )
    assert changed.status_code == 200

    places["jobs"] = leaks.read_rq(redis)
    places["metrics"] = known.get("/metrics").text
    places["sums"] = str(redis.hgetall(keys.METRICS))
    places["readiness"] = known.get("/readyz").text
    places["dashboard"] = read_dashboard(known)
    places["log"] = listener.text
    places["standard output"] = "".join(capsys.readouterr())
    assert '"apply-' in places["dashboard before"]
    assert "event.applied" in places["log"]
    assert "confirmation.looked_at" in places["log"]
    assert "notification.problem" in places["log"]
    assert "gateway.unreachable" in places["log"]
    assert leaks.find_leaks(places) == []


def damage_preferences(redis: Redis) -> None:
    """Put personal values where reading them raises, and quotes them."""
    for identity in (f"wa.{leaks.PHONE}", f"bs.{leaks.BSUID}"):
        broken = json.dumps({"registers": {leaks.PHONE: leaks.STOP_WORDS}, "revision": leaks.NAME})
        fields = {"version": leaks.PHONE, "record": broken, "head": leaks.NAME}
        redis.hset(keys.preferences_key(identity), mapping=fields)


def damage_events(redis: Redis) -> None:
    """Put an event into the inbox that names a source which does not exist."""
    for event_id, text in redis.hgetall(keys.INBOX_ENTRIES).items():
        broken = {**json.loads(text), "source": f"{leaks.PHONE} {leaks.STOP_WORDS}"}
        redis.hset(keys.INBOX_ENTRIES, event_id, json.dumps(broken))


def damage_types(redis: Redis) -> None:
    """Put a text where a script expects a list: Redis answers with an error."""
    for identity in (f"wa.{leaks.PHONE}", f"bs.{leaks.BSUID}"):
        redis.set(keys.evidence_key(identity), leaks.STOP_WORDS)


@pytest.mark.parametrize("damage", [damage_preferences, damage_events, damage_types])
def test_a_job_that_fails_tells_nothing_of_the_person(
    damage: Any,
    known: FlaskClient,
    runtime: Runtime,
    redis: Redis,
    listener: leaks.Listener,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("text 0", "button", "number change"):
        post(known, all_notifications()[name])
    damage(redis)

    work(runtime)
    answers = [
        known.get(f"/v1/recipients/{leaks.PHONE}", headers=API),
        known.post("/v1/check", json={"recipients": [leaks.NAME]}, headers=API),
    ]

    places = {
        "jobs": leaks.read_rq(redis),
        "dashboard": read_dashboard(known),
        "log": listener.text,
        "standard output": "".join(capsys.readouterr()),
        "answers": "\n".join(one.text for one in answers if one.status_code >= 400),
        "metrics": known.get("/metrics").text,
    }
    assert "job.failed" in places["log"]
    assert "JobFailedError" in places["jobs"]
    assert leaks.find_leaks(places) == []


def test_a_store_that_is_away_tells_nothing_of_the_person(
    known_environ: dict[str, str], known_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = f"redis://user:{leaks.SECRET_KEY}@127.0.0.1:{free_port()}/0"
    client = create_app({**known_environ, "REDIS_URL": nowhere}).test_client()

    with leaks.listening() as listener:
        answers = [
            post(client, all_notifications()["text 0"]),
            client.get(f"/v1/recipients/{leaks.PHONE}", headers=API),
            client.post("/v1/check", json={"recipients": [leaks.PHONE]}, headers=API),
            client.get("/readyz"),
            client.get("/metrics"),
            client.get("/rq/0/data/queues.json", auth=("known", leaks.API_SECRET)),
        ]

    assert {one.status_code for one in answers} == {503}
    places = {
        "answers": "\n".join(f"{one.text} {one.headers}" for one in answers),
        "log": listener.text,
        "standard output": "".join(capsys.readouterr()),
    }
    assert "store.failed" in places["log"]
    assert leaks.find_leaks(places) == []


def test_the_looking_finds_what_is_there(redis: Redis) -> None:
    """A test that looks for nothing passes as well."""
    redis.hset("rq:job:x", "data", "nothing")
    redis.delete("rq:job:x")
    places = {
        "log": f"to +{leaks.PHONE}",
        "job": json.dumps({"words": leaks.STOP_WORDS}),
        "dashboard": leaks.message_id(7),
    }

    found = leaks.find_leaks(places)

    assert "phone number in log" in found
    assert "words of a STOP in job" in found
    assert "message id in dashboard" in found
