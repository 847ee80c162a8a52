"""Things that tests need, each with defaults and one place to override them."""

import itertools
import time
from typing import Any

WEBHOOK_TOKEN = "test-webhook-token"
API_SECRET = "test-api-secret-000"
WEBHOOK_HEADERS = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}
API_HEADERS = {"Authorization": f"Bearer {API_SECRET}"}

ADA = "447700900123"
ADA_BSUID = "GB.81726354908172635490"
PHONE_NUMBER_ID = "200300400500600"

_counter = itertools.count(1)


def message_id() -> str:
    """Return an id like WhatsApp's that was never used before."""
    return f"wamid.TEST{time.time_ns()}{next(_counter):06d}=="


def text_message(text: str = "STOP", **changes: Any) -> dict[str, Any]:
    """Return one item of `messages[]`."""
    message: dict[str, Any] = {
        "from": ADA,
        "id": message_id(),
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    message.update(changes)
    return {name: value for name, value in message.items() if value is not None}


def button_message(payload: str, label: str, **changes: Any) -> dict[str, Any]:
    """Return a tap on a quick reply of a template."""
    button = {"payload": payload, "text": label}
    return text_message(**{"type": "button", "text": None, "button": button, **changes})


def notification(
    *messages: dict[str, Any],
    field: str = "messages",
    phone_number_id: str = PHONE_NUMBER_ID,
    **value: Any,
) -> dict[str, Any]:
    """Return a whole POST body."""
    content: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "15550102030",
            "phone_number_id": phone_number_id,
        },
    }
    if messages:
        content["messages"] = list(messages)
    content.update(value)
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100200300400500", "changes": [{"field": field, "value": content}]}],
    }
