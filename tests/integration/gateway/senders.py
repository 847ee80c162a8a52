"""Senders, what they may send through, and what they send."""

from typing import Any

from flask.testing import FlaskClient

from tests.builders import ADA, API_SECRET, PHONE_NUMBER_ID

SECOND_NUMBER = "200300400500601"
SHOP, DESK, LOST = "shop-secret-000001", "desk-secret-000001", "lost-secret-000001"
TOKENS = (
    f"tests:read+write+admin:{API_SECRET},shop:send:{SHOP},desk:send:{DESK},lost:send:{LOST},"
    "reader:read:reader-secret-0001"
)
BUSINESS = f"""
name = "Example Shop"

[[numbers]]
phone_number_id = "{PHONE_NUMBER_ID}"
senders = ["shop"]

[[numbers]]
phone_number_id = "{SECOND_NUMBER}"
key = "D360_SECOND_KEY"
senders = ["desk"]

[[topics]]
id = "offers"
category = "marketing"

[[topics]]
id = "orders"
category = "utility"

[templates]
spring_offer = "offers"
"""


def text(to: str | None = ADA, **changes: Any) -> dict[str, Any]:
    """Return a message in free words."""
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "text",
        "text": {"body": "Your parcel has arrived."},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def template(name: str = "order_update", to: str | None = ADA, **changes: Any) -> dict[str, Any]:
    """Return a template message with the one word that the sandbox's templates take."""
    words = [{"type": "text", "text": "7731"}]
    found = {
        "name": name,
        "language": {"code": "en_GB"},
        "components": [{"type": "body", "parameters": words}],
    }
    return text(to, **{"type": "template", "text": None, "template": found, **changes})


def send(client: FlaskClient, body: Any, *, secret: str = SHOP, path: str = "/messages") -> Any:
    """Send as 360dialog's documents say."""
    return client.post(path, json=body, headers={"D360-API-KEY": secret})


def reason(answer: Any) -> str | None:
    """Return why the gate refused; None for what it let pass."""
    if answer.status_code < 300:
        return None
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (400, 131050), answer.text
    found: str = error["error_data"]["reason"]
    return found
