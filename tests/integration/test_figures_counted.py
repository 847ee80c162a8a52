"""Figures come from the evidence, through the API, the console and the schedule."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from app.store import keys
from app.usecases.figures import EVERY
from tests.builders import ADA, API_HEADERS
from tests.consents import at, body, post, says
from workers.figures import FigureCount

BOB = "447700900124"


@pytest.fixture(autouse=True)
def _people(client: FlaskClient, runtime: Runtime) -> None:
    source = runtime.business.source("shop-receipt")
    assert source
    wording = source.wording("en").id
    for person in (ADA, BOB):
        sent = body(wording, recipient=person, at=at(days=10))
        assert post(client, sent).status_code == 201
    says(client, runtime, "STOP")


def count(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["figures", "count"])
    assert result.exit_code == 0, result.output


def read(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/figures{query}", headers=API_HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_nothing_was_counted_before_the_first_count(client: FlaskClient) -> None:
    found = read(client)

    assert found["counted_at"] is None
    assert found["by_day"] == []


def test_they_say_which_way_leads_to_people_who_stay(client: FlaskClient, app: Flask) -> None:
    for _ in range(2):
        count(app)  # however often

    found = read(client)

    assert {one["source"]: (one["opt_ins"], one["opt_outs"]) for one in found["by_source"]} == {
        "shop-receipt": (2, 0),
        "keyword": (0, 1),
    }
    assert {one["topic"]: one["opt_ins"] for one in found["by_topic"]} == {"offers": 2, "*": 0}
    [way] = found["staying"]
    assert (way["source"], way["joined"]) == ("shop-receipt", 2)
    assert way["after_7"] == {"of": 2, "stayed": 2}
    assert way["after_30"] == {"of": 0, "stayed": 0}


def test_they_come_as_csv(client: FlaskClient, app: Flask) -> None:
    count(app)

    answer = client.get("/v1/figures?format=csv", headers=API_HEADERS)

    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(one["source"], one["topic"], one["opt_ins"], one["opt_outs"]) for one in rows] == [
        ("shop-receipt", "offers", "2", "0"),
        ("keyword", "*", "0", "1"),
    ]


def test_they_hold_a_period(client: FlaskClient, app: Flask) -> None:
    count(app)
    today = datetime.now(UTC).date()

    found = read(client, f"?from={today - timedelta(days=2)}&to={today}")

    assert [one["source"] for one in found["by_source"]] == ["keyword"]
    for wrong in ("?from=yesterday", "?format=pdf"):
        assert client.get(f"/v1/figures{wrong}", headers=API_HEADERS).status_code == 400
    assert read(client, "?from=0001-01-01&to=9999-12-31")["by_source"]
    assert read(client, f"?from={today}&to={today - timedelta(days=9)}")["by_source"] == []


def test_nobody_stands_in_them(client: FlaskClient, app: Flask, redis: Redis) -> None:
    count(app)

    kept = json.dumps({str(k): str(v) for k, v in redis.hgetall(keys.FIGURES).items()})
    assert "shop-receipt" in kept
    for person in (ADA, BOB, "Sam", "Till 3", "A-1207"):
        assert person not in kept


def test_the_schedule_counts_in_slices_and_then_rests(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    counting = FigureCount(runtime)
    for _ in range(100):
        counting.advance()
    assert runtime.figures.counted_at() is not None

    redis.hset(keys.FIGURES, "counted_at", 1)
    counting.advance()  # it does not even ask again within the minute
    assert redis.hget(keys.FIGURES, "counted_at") == b"1"
    FigureCount(runtime).advance()  # another process finds them old

    assert runtime.clock() - (runtime.figures.counted_at() or runtime.clock()) < EVERY
    assert redis.hget(keys.FIGURES, "counted_at") != b"1"


def test_a_damaged_chain_does_not_end_the_count(
    client: FlaskClient, app: Flask, redis: Redis
) -> None:
    redis.lset(keys.evidence_key(f"wa.{BOB}"), 0, '{"kind": "event", "event": 7}')

    count(app)

    assert read(client)["staying"][0]["joined"] == 1


def test_they_need_the_scope_read(client: FlaskClient) -> None:
    assert client.get("/v1/figures").status_code == 401
