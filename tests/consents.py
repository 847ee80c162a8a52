"""Consents that others record, for tests of each way to bring them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.domain.times import to_text
from app.runtime import Runtime
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.working import work


def at(**ago: float) -> str:
    return to_text(datetime.now(UTC) - timedelta(**ago))


def body(words: str, **changes: Any) -> dict[str, Any]:
    found = {
        "recipient": f"+{ADA}",
        "source": "shop-receipt",
        "wording": words,
        "at": at(hours=1),
        "where": "Till 3, Harbour Street",
        "by": "Sam",
        "evidence": {"order": "A-1207"},
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def post(client: FlaskClient, sent: dict[str, Any], **headers: str) -> Any:
    return client.post("/v1/opt-ins", json=sent, headers={**API_HEADERS, **headers})


def says(client: FlaskClient, runtime: Runtime, words: str, *, ago: int = 0) -> None:
    moment = str(int(time.time()) - ago)
    sent = notification(text_message(words, timestamp=moment))
    assert client.post("/webhooks/360dialog", json=sent, headers=WEBHOOK_HEADERS).status_code == 200
    work(runtime)


def is_allowed(client: FlaskClient, topic: str = "offers", recipient: str = ADA) -> bool:
    question = {"recipients": [recipient], "topic": topic}
    answer = client.post("/v1/check", json=question, headers=API_HEADERS)
    return bool(answer.json["results"][0]["allowed"])


def opt_ins(client: FlaskClient, recipient: str = ADA) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/recipients/{recipient}/history", headers=API_HEADERS)
    entries = [one for one in answer.json["entries"] if one["kind"] == "event"]
    return [one for one in entries if one["event"]["source"] == "opt_in"]
