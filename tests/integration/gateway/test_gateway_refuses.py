"""What the drop-in lets pass and what it refuses, with the sandbox as 360dialog."""

from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from app.domain.times import to_milliseconds
from app.runtime import Runtime
from app.store import keys
from sandbox.server import RunningSandbox
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    notification,
    text_message,
)
from tests.integration.gateway.senders import reason, send, template, text
from tests.working import apply_commands

BOTH: dict[str, Any] = {
    "contacts": [{"wa_id": ADA, "user_id": ADA_BSUID, "profile": {"name": "Ada"}}]
}


def write(client: FlaskClient, words: str, **message: Any) -> None:
    """Let Ada write to the webhook, with both of her ids."""
    body = notification(text_message(words, from_user_id=ADA_BSUID, **message), **BOTH)
    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def close_window(runtime: Runtime) -> None:
    """Let the day after the person's last message be over."""
    runtime.redis.delete(*(keys.window_key(one) for one in (f"wa.{ADA}", f"bs.{ADA_BSUID}")))


def sent(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{sandbox.url}/sent", timeout=5).json()
    return found


def test_what_is_allowed_arrives_and_what_is_refused_never_leaves(
    gateway: FlaskClient, gateway_runtime: Runtime, sandbox: RunningSandbox
) -> None:
    write(gateway, "START")
    apply_commands(gateway_runtime)

    allowed = send(gateway, template("spring_offer"))
    write(gateway, "STOP")
    refused = send(gateway, template("spring_offer"))
    apply_commands(gateway_runtime)
    still = send(gateway, template())

    assert allowed.status_code == 200
    assert allowed.json["messages"][0]["id"].startswith("wamid.")
    assert [one["template"]["name"] for one in sent(sandbox)] == ["spring_offer"]
    assert reason(refused) == "held"
    assert reason(still) == "opted_out"
    assert still.headers["X-Heed-Reason"] == "opted_out"


def test_a_refusal_has_the_shape_that_clients_know(
    gateway: FlaskClient, gateway_runtime: Runtime
) -> None:
    write(gateway, "PAUSE 7 DAYS")
    apply_commands(gateway_runtime)

    answer = send(gateway, template())

    assert answer.status_code == 400
    assert answer.mimetype == "application/json"
    until = answer.json["error"]["error_data"]["until"]
    assert answer.json == {
        "error": {
            "message": "(#131050) User has stopped marketing messages",
            "type": "OAuthException",
            "code": 131050,
            "error_data": {
                "messaging_product": "whatsapp",
                "details": f"Heed did not send this message: paused until {until}.",
                "reason": "paused",
                "until": until,
            },
            "fbtrace_id": "heed",
        }
    }
    assert until.endswith("Z")


@pytest.mark.parametrize(
    "to",
    [
        pytest.param({"to": ADA}, id="wa_id"),
        pytest.param({"to": "+447700900123"}, id="E.164"),
        pytest.param({"to": "+44 (7700) 900-123"}, id="with punctuation"),
        pytest.param({"to": "00447700900123"}, id="00"),
        pytest.param({"to": int(ADA)}, id="a number"),
        pytest.param({"to": None, "recipient": ADA_BSUID}, id="BSUID"),
        pytest.param({"recipient": "GB.1"}, id="to wins over recipient"),
        pytest.param({"recipient_type": None}, id="without recipient_type"),
    ],
)
def test_the_same_person_is_refused_in_every_form(
    gateway: FlaskClient, gateway_runtime: Runtime, sandbox: RunningSandbox, to: dict[str, Any]
) -> None:
    write(gateway, "STOP")
    apply_commands(gateway_runtime)

    assert reason(send(gateway, template(**{"to": ADA, **to}))) == "opted_out"
    assert sent(sandbox) == []


def test_free_words_answer_within_the_day_and_are_the_businesss_afterwards(
    gateway: FlaskClient, gateway_runtime: Runtime, sandbox: RunningSandbox
) -> None:
    write(gateway, "STOP")
    apply_commands(gateway_runtime)
    requests.post(f"{sandbox.url}/window", json={"recipient": ADA}, timeout=5)

    answered = send(gateway, text())
    offered = send(gateway, template("spring_offer"))
    close_window(gateway_runtime)
    late = send(gateway, text())

    assert answered.status_code == 200
    assert reason(offered) == "opted_out"
    assert reason(late) == "opted_out"
    assert len(sent(sandbox)) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(template("spring_offer"), "not_opted_in", id="marketing by configuration"),
        pytest.param(template("order_update"), None, id="utility by 360dialog's list"),
        pytest.param(template("nobody_knows_it"), "not_opted_in", id="unknown: the strictest"),
        pytest.param(template("\ud800"), "not_opted_in", id="half a character: the strictest"),
        pytest.param(text(), "not_opted_in", id="free words nobody asked for"),
        pytest.param(template(type="text"), None, id="a template under another type"),
        pytest.param(text(type="template"), "not_opted_in", id="a template without a name"),
    ],
)
def test_somebody_who_never_said_anything_gets_what_the_policy_allows(
    gateway: FlaskClient, body: dict[str, Any], expected: str | None
) -> None:
    answer = send(gateway, body)

    if expected is None:
        # What is allowed is 360dialog's to judge.
        assert "error" not in answer.json or answer.json["error"]["fbtrace_id"] != "heed"
    else:
        assert reason(answer) == expected


def test_topics_count_by_the_template(gateway: FlaskClient, gateway_runtime: Runtime) -> None:
    for change in ({"messages": "opted_in"}, {"topics": {"offers": False}}):
        gateway.patch(
            f"/v1/recipients/{ADA}",
            json={**change, "evidence": {"reason": "asked by phone"}},
            headers=API_HEADERS,
        )

    assert reason(send(gateway, template("spring_offer"))) == "topic_off"
    assert reason(send(gateway, template("order_update"))) is None


def test_signals_are_no_messages(gateway: FlaskClient, gateway_runtime: Runtime) -> None:
    write(gateway, "STOP")
    apply_commands(gateway_runtime)
    close_window(gateway_runtime)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"}
    reaction = {"message_id": "wamid.X", "emoji": "👍"}

    answers = [
        send(gateway, read),
        send(gateway, {**read, "typing_indicator": {"type": "text"}}),
        send(gateway, text(type="reaction", text=None, reaction=reaction)),
        # A message that calls itself read is a message.
        send(gateway, template(status="read")),
    ]

    assert [one.status_code == 400 and one.json["error"]["code"] == 131050 for one in answers] == [
        False,
        False,
        False,
        True,
    ]


def test_what_the_person_switched_off_in_whatsapp_is_refused_too(gateway: FlaskClient) -> None:
    switch = {
        "wa_id": ADA,
        "category": "marketing_messages",
        "value": "stop",
        "detail": "User requested to stop marketing messages",
        "timestamp": to_milliseconds_now(gateway) // 1000,
    }
    body = notification(field="user_preferences", user_preferences=[switch])
    gateway.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)

    assert reason(send(gateway, template("spring_offer"))) == "held"
    assert reason(send(gateway, template("order_update"))) is None


def to_milliseconds_now(client: FlaskClient) -> int:
    return to_milliseconds(client.application.extensions["heed"].clock())
