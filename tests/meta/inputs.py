"""Requests of every kind, good and wrong, with the known personal values in them."""

import copy
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import notification
from tests.meta import leaks

API = {"Authorization": f"Bearer {leaks.API_SECRET}"}


def post(client: FlaskClient, body: Any, *, token: str = leaks.WEBHOOK_TOKEN) -> TestResponse:
    """Post a notification, signed; a body of bytes goes out as it is."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = hmac.new(leaks.SIGNING_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"Authorization": f"Bearer {token}", "x-360dialog-signature": signature}
    return client.post("/webhooks/360dialog", data=raw, headers=headers)


def all_notifications() -> dict[str, Any]:
    """Return a notification of every kind, each about the known person."""
    now = str(int(time.time()))
    numbers = iter(range(1, 100))

    def item(**content: Any) -> dict[str, Any]:
        return leaks.item(next(numbers), timestamp=now, **content)

    profile = {
        "wa_id": leaks.PHONE,
        "user_id": leaks.BSUID,
        "profile": {"name": leaks.NAME},
    }
    switch = {
        "wa_id": leaks.PHONE,
        "user_id": leaks.BSUID,
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(now),
    }
    failed = {
        "id": leaks.message_id(90),
        "status": "failed",
        "timestamp": now,
        "recipient_id": leaks.PHONE,
        "errors": [{"code": 131050, "title": leaks.ORDINARY_WORDS}],
    }
    moved = {"type": "user_changed_number", "wa_id": "447700900001", "body": leaks.NAME}
    tap = {"payload": "heed:stop", "text": leaks.LABEL}
    image = {"id": "1", "caption": leaks.STOP_WORDS}
    words = [
        leaks.STOP_WORDS,
        leaks.ORDINARY_WORDS,
        "start",
        "help",
        "pause",
        f"stop {leaks.ORDINARY_WORDS}",
    ]
    return {
        **{
            f"text {position}": notification(
                item(type="text", text={"body": one}), contacts=[profile]
            )
            for position, one in enumerate(words)
        },
        "button": notification(item(type="button", button=tap), contacts=[profile]),
        "caption": notification(item(type="image", image=image), contacts=[profile]),
        "marketing switch": notification(field="user_preferences", user_preferences=[switch]),
        "status": notification(statuses=[failed], contacts=[profile]),
        "number change": notification(item(type="system", system=moved)),
        "standby": notification(
            field="standby", standby={"messages": [item(type="text", text={"body": "stop"})]}
        ),
    }


def all_malformed() -> Iterator[Any]:
    """Yield bodies that are wrong in places where personal values are."""
    good = all_notifications()["text 0"]
    for path, value in (
        (("timestamp",), leaks.PHONE * 2),
        (("timestamp",), leaks.NAME),
        (("id",), [leaks.message_id(1)]),
        (("from",), {leaks.PHONE: leaks.BSUID}),
        (("type",), leaks.ORDINARY_WORDS),
        (("text",), leaks.STOP_WORDS),
        (("text", "body"), {leaks.ORDINARY_WORDS: 1}),
    ):
        body = copy.deepcopy(good)
        found = body["entry"][0]["changes"][0]["value"]["messages"][0]
        for name in path[:-1]:
            found = found[name]
        found[path[-1]] = value
        yield body
    yield json.dumps(good).encode()[:-20]
    yield f'{{"{leaks.PHONE}": '.encode()
    yield [leaks.PHONE, leaks.STOP_WORDS]
    yield {"object": leaks.NAME}
    yield {"entry": [{"changes": [{"field": leaks.NAME, "value": leaks.STOP_WORDS}]}]}


def ask_api_wrongly(client: FlaskClient) -> Iterator[TestResponse]:
    """Make every kind of mistake with personal values in it."""
    person = f"/v1/recipients/{leaks.PHONE}"
    why = {"reason": leaks.REASON, "actor": leaks.ACTOR}
    yield client.get(f"/v1/nothing/{leaks.PHONE}", headers=API)
    yield client.get(f"/v1/recipients/{leaks.NAME}", headers=API)
    yield client.get(person, headers={"Authorization": f"Bearer {leaks.D360_KEY}"})
    yield client.get(person)
    yield client.delete(person, headers=API)
    yield client.patch(person, data=leaks.PHONE, headers=API)
    changes: list[dict[str, Any]] = [
        {leaks.PHONE: 1, "evidence": why},
        {"messages": leaks.STOP_WORDS, "evidence": why},
        {"topics": {leaks.NAME: True}, "evidence": why},
        {"paused_until": leaks.PHONE, "evidence": why},
        {"messages": "opted_out", "evidence": leaks.REASON},
        {"messages": "opted_out", "evidence": {"reason": leaks.REASON * 50}},
    ]
    for body in changes:
        yield client.patch(person, json=body, headers=API)
    questions: list[dict[str, Any]] = [
        {"recipients": [leaks.PHONE, leaks.NAME]},
        {"recipients": leaks.PHONE},
        {"recipients": [leaks.PHONE], "topic": leaks.NAME},
        {"recipients": [leaks.PHONE], "purpose": leaks.NAME},
    ]
    for body in questions:
        yield client.post("/v1/check", json=body, headers=API)
    # A refusal, a template that nobody knows and no list of them, and all that is malformed.
    sender = {"D360-API-KEY": leaks.API_SECRET}
    words = {"type": "text", "text": {"body": leaks.STOP_WORDS}}
    messages: list[Any] = [
        {"to": leaks.PHONE, **words},
        {"recipient": leaks.BSUID, **words},
        {"to": leaks.PHONE, "type": "template", "template": {"name": leaks.NAME}},
        {"to": leaks.NAME, **words},
        {"to": [leaks.PHONE]},
        {"to": leaks.PHONE, "recipient_type": leaks.NAME},
        {"status": "read", "message_id": leaks.NAME},
        leaks.PHONE,
    ]
    for message in messages:
        yield client.post("/messages", json=message, headers=sender)
    yield client.post(f"/v23.0/{leaks.PHONE}/messages", json=messages[0], headers=API)
    yield client.post("/messages", json=messages[0], headers={"D360-API-KEY": leaks.D360_KEY})
    yield client.post("/media", data=leaks.PHONE, headers=sender)
    yield client.get(f"/{leaks.PHONE}", headers=sender)
