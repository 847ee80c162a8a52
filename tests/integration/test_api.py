"""The API of a business's own systems."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.times import to_text
from app.runtime import Runtime
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    notification,
    text_message,
)
from tests.working import apply_commands

READER = {"Authorization": "Bearer reader-secret-0001"}
WHY = {"evidence": {"reason": "asked by phone"}}


def patch(client: FlaskClient, **body: Any) -> Any:
    return client.patch(f"/v1/recipients/{ADA}", json={**WHY, **body}, headers=API_HEADERS)


def reason(client: FlaskClient, **question: Any) -> Any:
    body = {"recipients": [ADA], "topic": "offers", **question}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json
    return answer.json["results"][0]["reason"]


@pytest.mark.parametrize(
    ("headers", "method", "path", "status"),
    [
        pytest.param({}, "get", f"/v1/recipients/{ADA}", 401, id="no token"),
        pytest.param(
            {"Authorization": "Bearer x"}, "get", f"/v1/recipients/{ADA}", 401, id="wrong"
        ),
        pytest.param(READER, "get", f"/v1/recipients/{ADA}", 200, id="reader reads"),
        pytest.param(READER, "get", f"/v1/recipients/{ADA}/history", 200, id="reader, history"),
        pytest.param(READER, "patch", f"/v1/recipients/{ADA}", 403, id="reader does not write"),
        pytest.param({}, "post", "/v1/check", 401, id="the gate needs a token"),
        pytest.param({}, "patch", f"/v1/recipients/{ADA}", 401, id="no token, write"),
    ],
)
def test_each_route_needs_its_scope(
    client: FlaskClient, headers: dict[str, str], method: str, path: str, status: int
) -> None:
    answer = getattr(client, method)(path, headers=headers)

    assert answer.status_code == status
    if status >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["detail"]


def test_somebody_who_was_never_heard_of_is_unknown(client: FlaskClient) -> None:
    answer = client.get("/v1/recipients/+44 7700 900123", headers=API_HEADERS)

    assert answer.json == {
        "recipient": ADA,
        "bsuid": None,
        "messages": "unknown",
        "paused_until": None,
        "topics": {"offers": True, "news": True, "orders": True},
        "frequency": {},
        "channel": "whatsapp",
        "whatsapp_marketing": "allowed",
        "held": False,
        "revision": 0,
        "updated_at": None,
    }


def test_a_change_is_effective_when_it_is_answered(client: FlaskClient) -> None:
    until = to_text(datetime.now(UTC) + timedelta(days=3))

    assert patch(client, messages="opted_in").json["messages"] == "opted_in"
    assert reason(client) is None
    assert patch(client, paused_until=until).json["paused_until"] == until
    assert reason(client) == "paused"
    assert patch(client, paused_until=None, topics={"offers": False}).status_code == 200
    assert reason(client) == "topic_off"
    assert reason(client, topic="orders") is None
    assert patch(client, channel="sms").status_code == 200
    assert reason(client, topic="orders") == "prefers_channel"
    assert reason(client, topic="orders", channel="sms") is None
    assert patch(client, messages="opted_out").json["revision"] == 5
    assert reason(client, topic="orders", channel="sms") == "opted_out"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"messages": "maybe"}, id="value"),
        pytest.param({"messages": None}, id="null"),
        pytest.param({"mesages": "opted_in"}, id="misspelt"),
        pytest.param({"paused_until": "tomorrow"}, id="no time"),
        pytest.param({"paused_until": "2020-01-01T00:00:00Z"}, id="past"),
        pytest.param({"paused_until": "2999-01-01T00:00:00Z"}, id="too far"),
        pytest.param({"paused_until": "2026-12-31T00:00:00"}, id="no zone"),
        pytest.param({"topics": {"offers": "no"}}, id="topic value"),
        pytest.param({"topics": {"parties": False}}, id="unknown topic"),
        pytest.param({"topics": []}, id="topics as a list"),
        pytest.param({"channel": "pigeon"}, id="channel"),
        pytest.param({"messages": "opted_in", "evidence": {}}, id="no reason"),
        pytest.param({"messages": "opted_in", "evidence": {"reason": "  "}}, id="empty reason"),
        pytest.param({"messages": "opted_in", "evidence": {"reason": "x" * 501}}, id="long"),
        pytest.param({"messages": "opted_in", "evidence": None}, id="no evidence"),
    ],
)
def test_a_change_that_is_wrong_in_any_part_changes_nothing(
    client: FlaskClient, body: dict[str, Any]
) -> None:
    answer = client.patch(f"/v1/recipients/{ADA}", json={**WHY, **body}, headers=API_HEADERS)

    assert answer.status_code == 400
    assert answer.json["detail"]
    assert client.get(f"/v1/recipients/{ADA}", headers=API_HEADERS).json["revision"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="empty"),
        pytest.param(b"[]", 400, id="list"),
        pytest.param(b"[" * 100_000, 400, id="deep"),
        pytest.param(b"{}", 400, id="no recipients"),
        pytest.param(b'{"recipients": "447700900123"}', 400, id="a string"),
        pytest.param(b'{"recipients": [447700900123]}', 400, id="numbers"),
        pytest.param(b'{"recipients": ["nobody"]}', 400, id="not a recipient"),
        pytest.param(b'{"recipients": [], "topic": "parties"}', 400, id="unknown topic"),
        pytest.param(b'{"recipients": [], "topic": 1}', 400, id="topic as a number"),
        pytest.param(b'{"recipients": [], "purpose": "fun"}', 400, id="purpose"),
        pytest.param(b'{"recipients": [], "channel": 7}', 400, id="channel"),
        pytest.param(b'{"recipients": []}', 200, id="nobody asked for"),
        pytest.param(b'{"recipients": [' + b'"1",' * 10_001 + b'"1"]}', 413, id="too many"),
        pytest.param(b" " * 1_100_000, 413, id="too large"),
    ],
)
def test_a_question_that_makes_no_sense_says_what_to_do(
    client: FlaskClient, body: bytes, status: int
) -> None:
    answer = client.post("/v1/check", data=body, headers=API_HEADERS)

    assert answer.status_code == status
    assert status == 200 or answer.json["detail"]


def test_ten_thousand_are_answered_in_one_call_in_the_order_asked(client: FlaskClient) -> None:
    people = [f"4477{number:08d}" for number in range(10_000)]
    client.patch(
        f"/v1/recipients/{people[7]}", json={**WHY, "messages": "opted_in"}, headers=API_HEADERS
    )

    results = client.post(
        "/v1/check", json={"recipients": people, "topic": "offers"}, headers=API_HEADERS
    ).json["results"]

    assert [one["recipient"] for one in results] == people
    assert [one["recipient"] for one in results if one["allowed"]] == [people[7]]


def test_a_sender_that_does_not_say_what_it_sends_gets_the_strictest_rule(
    client: FlaskClient,
) -> None:
    assert reason(client, topic=None) == "not_opted_in"
    assert reason(client, topic="utility") is None


def test_a_reply_is_allowed_after_stop_while_the_window_is_open(
    client: FlaskClient, runtime: Runtime
) -> None:
    stop = notification(text_message("STOP"))
    client.post("/webhooks/360dialog", json=stop, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    assert reason(client) == "opted_out"
    assert reason(client, purpose="reply") is None
    assert reason(client, purpose="reply", recipients=["447700900999"]) == "not_opted_in"


def test_an_ordinary_message_opens_the_window_and_links_both_ids(
    client: FlaskClient, runtime: Runtime
) -> None:
    person = {"from": ADA, "from_user_id": ADA_BSUID}
    stop = notification(text_message("STOP", **{"from": None, "from_user_id": ADA_BSUID}))
    client.post("/webhooks/360dialog", json=stop, headers=WEBHOOK_HEADERS)

    for _ in range(2):
        hello = notification(text_message("where is my order?", **person))
        client.post("/webhooks/360dialog", json=hello, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    assert reason(client) == "opted_out"
    assert reason(client, purpose="reply") is None
    assert client.get(f"/v1/recipients/{ADA}", headers=API_HEADERS).json["bsuid"] == ADA_BSUID


def test_an_unknown_route_and_a_wrong_id_are_problems_too(client: FlaskClient) -> None:
    missing = client.get("/v2/nothing", headers=API_HEADERS)
    wrong = client.get("/v1/recipients/nobody", headers=API_HEADERS)

    assert missing.status_code == 404
    assert missing.mimetype == wrong.mimetype == "application/problem+json"
    assert wrong.status_code == 400
    assert "nobody" not in wrong.json["detail"]


def test_the_metrics_count_over_processes_and_tell_nothing_personal(
    client: FlaskClient, runtime: Runtime
) -> None:
    stop = notification(text_message("STOP"))
    client.post("/webhooks/360dialog", json=stop, headers=WEBHOOK_HEADERS)
    reason(client)
    apply_commands(runtime)

    text = client.get("/metrics").get_data(as_text=True)

    assert 'heed_notifications_total{status="200"} 1.0' in text
    assert 'heed_updates_total{kind="command.STOP"} 1.0' in text
    assert 'heed_checks_total{reason="held"} 1.0' in text
    assert 'heed_events_applied_total{command="STOP",outcome="applied"} 1.0' in text
    assert 'heed_apply_seconds_bucket{le="+Inf"} 1.0' in text
    assert "heed_inbox_events 0.0" in text
    assert ADA not in text


def test_readiness_says_what_is_missing(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["redis"]["ok"] is True
    assert answer.json["checks"]["workers.commands"]["ok"] is False
    assert answer.json["checks"]["workers.commands"]["do"]
