"""Notifications as 360dialog posts them, one update each, for load."""

import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

PHONE_NUMBER_ID = "200300400500600"
KINDS = ("statuses", "messages", "commands", "mix")
"""What the webhook is measured with; `mix` is three statuses to one inbound message."""

_ORDINARY = (
    "Where is the bus stop near your shop?",
    "Hi, is my order 48121 on its way? I wanted to give it to my sister on Friday.",
    "Thanks!",
    "ok",
    "Ich möchte meine Bestellung ändern, geht das noch?",
    "¿A qué hora abren mañana?",
    "I would like to cancel my order please, it was the wrong size",
    "شكرا جزيلا",
)
_COMMANDS = ("STOP", "stop", "Start", "PAUSE", "unsubscribe", "BAJA", "إلغاء", "stopp")
# A tenth of what people write is a command, which is far more than any business sees.
_COMMAND_SHARE = 10


def wa_id_of(person: int) -> str:
    """Return the number of a made-up person (a range kept free for fiction)."""
    return f"447700{900_000_000 + person}"[:15]


def make_message(
    person: int, text: str, *, message_id: str, timestamp: int, bsuid: str | None = None
) -> dict[str, Any]:
    """Return the body for one text message."""
    wa_id = wa_id_of(person)
    contact, sender = ({"user_id": bsuid}, {"from_user_id": bsuid}) if bsuid else ({}, {})
    return _wrap(
        {
            "contacts": [{"profile": {"name": "Somebody"}, "wa_id": wa_id, **contact}],
            "messages": [
                {
                    "from": wa_id,
                    **sender,
                    "id": message_id,
                    "timestamp": str(timestamp),
                    "type": "text",
                    "text": {"body": text},
                }
            ],
        }
    )


def make_status(person: int, status: str, *, message_id: str, timestamp: int) -> dict[str, Any]:
    """Return the body for one status of a message that another system has sent."""
    return _wrap(
        {
            "statuses": [
                {
                    "id": message_id,
                    "status": status,
                    "timestamp": str(timestamp),
                    "recipient_id": wa_id_of(person),
                    "conversation": {
                        "id": "6a1f0c3c2e1b4f0f9b3f3c6f4a1f0c3c",
                        "origin": {"type": "marketing"},
                    },
                    "pricing": {
                        "billable": True,
                        "pricing_model": "PMP",
                        "category": "marketing",
                        "type": "regular",
                    },
                }
            ]
        }
    )


def make_bodies(kind: str, count: int, *, first: int) -> list[bytes]:
    """Return bodies of one kind, each about another message; `first` numbers the first one."""
    turns = _turns(kind)
    return [_make_body(next(turns), number) for number in range(first, first + count)]


def _turns(kind: str) -> Iterator[str]:
    if kind == "mix":
        return itertools.cycle(("statuses", "statuses", "statuses", "inbound"))
    return itertools.repeat(kind)


def _make_body(kind: str, number: int) -> bytes:
    message_id = f"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgg{number:020d}AA=="
    now = int(time.time())
    if kind == "statuses":
        status = ("sent", "delivered", "read")[number % 3]
        return _encode(make_status(number, status, message_id=message_id, timestamp=now))
    is_command = kind == "commands" or (kind == "inbound" and number // 4 % _COMMAND_SHARE == 0)
    words = _COMMANDS if is_command else _ORDINARY
    text = words[number // 4 % len(words)]
    return _encode(make_message(number, text, message_id=message_id, timestamp=now))


def _wrap(value: dict[str, Any]) -> dict[str, Any]:
    content = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550102030", "phone_number_id": PHONE_NUMBER_ID},
        **value,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100200300400500", "changes": [{"field": "messages", "value": content}]}],
    }


def _encode(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
