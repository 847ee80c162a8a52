"""What tests of double opt-in share: people, taps, words, and what they led to."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.confirmations import succeed
from app.domain.pending import ASK_CONSENT
from app.runtime import Runtime
from tests.builders import API_HEADERS, WEBHOOK_HEADERS, button_message, notification, text_message

OTHER = "447700900124"
PATH = "/j/website-form/consents"
Send = Callable[..., Any]
# Ofcom keeps 07700 900xxx for stories, and phonenumbers knows that nobody has them.
REAL = "447912345678"


def questions(redis: Redis) -> list[str]:
    """Return the ids of all messages that ask somebody."""
    found = []
    for key in redis.scan_iter("heed:{confirmation.*"):
        record = json.loads(redis.hget(key, "record") or b"{}")
        if record.get("kind") == ASK_CONSENT:
            found.append(record["id"])
    return found


def deliver(runtime: Runtime, pending_id: str) -> str:
    """Let a question be sent, as 360dialog would have it; return the id of its message."""
    confirmation, version = runtime.outbox.load(pending_id) or pytest.fail("nobody is asked")
    message_id = f"wamid.question-{pending_id}"
    assert runtime.outbox.save(succeed(confirmation, message_id), version)
    return message_id


def tap(client: FlaskClient, pending_id: str, sender: str = REAL, **changes: Any) -> Any:
    message = button_message(f"heed:confirm:{pending_id}", "Yes", **{"from": sender, **changes})
    return client.post("/webhooks/360dialog", json=notification(message), headers=WEBHOOK_HEADERS)


def say(client: FlaskClient, text: str, sender: str = REAL, **changes: Any) -> Any:
    message = text_message(text, **{"from": sender, **changes})
    return client.post("/webhooks/360dialog", json=notification(message), headers=WEBHOOK_HEADERS)


def open_topics(client: FlaskClient, recipient: str = REAL) -> set[str]:
    return {
        topic
        for topic in ("offers", "news")
        if client.post(
            "/v1/check", json={"recipients": [recipient], "topic": topic}, headers=API_HEADERS
        ).json["results"][0]["allowed"]
    }


def events(client: FlaskClient) -> list[Any]:
    entries = client.get(f"/v1/recipients/{REAL}/history", headers=API_HEADERS).json["entries"]
    return [one for one in entries if one["kind"] == "event"]
