"""Choices made in the chat, from the webhook to the registers, on a real Redis."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.runtime import Runtime
from tests.builders import (
    ADA,
    API_HEADERS,
    WEBHOOK_HEADERS,
    message_id,
    notification,
    text_message,
)
from tests.payloads.samples import load_sample
from tests.working import apply_commands

PATH = f"/v1/recipients/{ADA}"


def tap(row_id: str, **changes: Any) -> dict[str, Any]:
    reply = {"type": "list_reply", "list_reply": {"id": row_id, "title": "A row"}}
    return text_message(**{"type": "interactive", "text": None, "interactive": reply, **changes})


def form(answer: dict[str, Any]) -> dict[str, Any]:
    reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(answer)}
    interactive = {"type": "nfm_reply", "nfm_reply": reply}
    return {**tap(""), "interactive": interactive}


def post(client: FlaskClient, *messages: dict[str, Any]) -> Any:
    answer = client.post(
        "/webhooks/360dialog", json=notification(*messages), headers=WEBHOOK_HEADERS
    )
    assert answer.status_code == 200
    return answer.json


def show(client: FlaskClient) -> Any:
    return client.get(PATH, headers=API_HEADERS).json


def last_event(client: FlaskClient) -> Any:
    entries = client.get(f"{PATH}/history", headers=API_HEADERS).json["entries"]
    return [entry for entry in entries if entry["kind"] == "event"][-1]


@pytest.mark.parametrize(
    ("message", "source", "shown"),
    [
        pytest.param(
            text_message("WEEKLY"), "keyword", {"frequency": {"all": "1/week"}}, id="word"
        ),
        pytest.param(
            tap("heed:frequency:1/day:offers"),
            "button",
            {"frequency": {"offers": "1/day"}},
            id="row, cap of a topic",
        ),
        pytest.param(text_message("SMS please"), "keyword", {"channel": "sms"}, id="word, channel"),
        pytest.param(tap("heed:channel:none"), "button", {"channel": "none"}, id="row, channel"),
        pytest.param(
            text_message("only orders"),
            "keyword",
            {"topics": {"offers": False, "news": False, "orders": True}},
            id="word, topics",
        ),
        pytest.param(
            form({"flow_token": "prefs-1", "marketing": False, "frequency": "weekly", "x": 1}),
            "flow",
            {"topics": {"offers": False, "news": False, "orders": True}},
            id="form",
        ),
    ],
)
def test_a_choice_holds_before_we_answer_and_is_kept_with_its_source(
    client: FlaskClient, runtime: Runtime, message: dict[str, Any], source: str, shown: Any
) -> None:
    answer = post(client, {**message, "id": message_id()})

    assert answer["commands"] == 1
    assert show(client)["held"] is True
    apply_commands(runtime)
    seen = show(client)
    assert {name: seen[name] for name in shown} == shown
    assert seen["held"] is False
    assert last_event(client)["event"]["source"] == source


def test_evidence_of_a_form_keeps_the_fields_that_count_and_no_other(
    client: FlaskClient, runtime: Runtime
) -> None:
    post(client, form({"flow_token": "prefs-1", "marketing": False, "email": "ada@example.org"}))
    apply_commands(runtime)

    event = last_event(client)["event"]
    assert event["proof"]["fields"] == {"marketing": False}
    assert event["proof"]["rule"] == "flow"
    assert "ada@example.org" not in json.dumps(event)


def test_the_sample_of_a_form_is_applied(client: FlaskClient, runtime: Runtime) -> None:
    body = load_sample("inbound_flow_reply")

    client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    assert show(client)["frequency"] == {"all": "1/week"}
    assert show(client)["topics"] == {"offers": False, "news": False, "orders": True}


def test_unknown_fields_of_a_form_are_counted(client: FlaskClient) -> None:
    post(client, form({"flow_token": "prefs-1", "marketing": False, "a": 1, "b": 2}))

    text = client.get("/metrics").get_data(as_text=True)
    assert "flow.ignored_field" in text


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(form({"flow_token": "booking-7", "marketing": False}), id="another form"),
        pytest.param(form({"flow_token": "prefs-7", "name": "Ada"}), id="nothing of ours"),
        pytest.param(form({}), id="empty form"),
        pytest.param(tap("heed:channel:pigeon"), id="unknown channel"),
        pytest.param(tap("heed:frequency:1/week:gone"), id="topic that has gone"),
        pytest.param(tap("pref:freq:weekly"), id="somebody else's list"),
        pytest.param(text_message("my weekly order"), id="ordinary words"),
    ],
)
def test_what_is_no_choice_changes_nothing(
    client: FlaskClient, runtime: Runtime, message: dict[str, Any]
) -> None:
    assert post(client, {**message, "id": message_id()})["commands"] == 0
    apply_commands(runtime)
    assert show(client)["revision"] == 0


def test_a_list_that_is_opened_changes_nothing(client: FlaskClient, runtime: Runtime) -> None:
    for row in (
        "heed:preferences",
        "heed:preferences:2",
        "heed:menu:frequency",
        "heed:menu:channel",
    ):
        assert post(client, tap(row))["commands"] == 1
    apply_commands(runtime)

    assert show(client)["revision"] == 0
    assert last_event(client)["event"]["proof"]["menu"] == "heed:menu:channel"


def test_taps_that_come_in_any_order_end_at_the_latest(
    client: FlaskClient, runtime: Runtime, now: Any
) -> None:
    second = int(now.timestamp()) - 100
    taps = [
        tap("heed:frequency:1/day", timestamp=str(second)),
        tap("heed:frequency:1/month", timestamp=str(second + 20)),
        tap("heed:frequency:1/week", timestamp=str(second + 10)),
        tap("heed:channel:sms", timestamp=str(second + 30)),
        tap("heed:channel:whatsapp", timestamp=str(second + 25)),
    ]
    for one in [*reversed(taps), *taps]:
        post(client, one)
        apply_commands(runtime)

    assert show(client)["frequency"] == {"all": "1/month"}
    assert show(client)["channel"] == "sms"
