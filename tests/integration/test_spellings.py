"""A number that has two spellings is one person, whichever of them anybody writes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.runtime import Runtime
from tests.builders import API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.working import apply_commands

BSUID = "BR.8172635490817263"
SPELLINGS = [
    pytest.param("551187654321", "+55 11 98765-4321", id="Brazil"),
    pytest.param("5215512345678", "+52 55 1234 5678", id="Mexico"),
    pytest.param("541123456789", "+54 9 11 2345-6789", id="Argentina"),
]


def write(client: FlaskClient, wa_id: str, text: str, bsuid: str | None = None) -> None:
    profile = {"wa_id": wa_id, "user_id": bsuid, "profile": {"name": "Bia"}}
    body = notification(
        text_message(text, **{"from": wa_id, "from_user_id": bsuid}),
        contacts=[{name: value for name, value in profile.items() if value}],
    )
    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.json["commands"] == 1


def refusal(client: FlaskClient, recipient: str) -> str | None:
    body: dict[str, Any] = {"recipients": [recipient], "topic": "orders"}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    reason: str | None = answer.json["results"][0]["reason"]
    return reason


@pytest.mark.parametrize(("written", "asked"), SPELLINGS)
def test_a_stop_holds_for_the_other_spelling(
    client: FlaskClient, runtime: Runtime, written: str, asked: str
) -> None:
    assert refusal(client, asked) is None

    write(client, written, "STOP")
    assert refusal(client, asked) == "held"
    apply_commands(runtime)
    assert refusal(client, asked) == "opted_out"

    [told] = client.get("/v1/events", headers=API_HEADERS).json["events"]
    assert written in told["addresses"]


def test_both_spellings_beside_a_bsuid_link_once(client: FlaskClient, runtime: Runtime) -> None:
    write(client, "551187654321", "STOP", BSUID)
    apply_commands(runtime)
    write(client, "5511987654321", "PAUSE", BSUID)
    apply_commands(runtime)

    chain = runtime.preferences.evidence("wa.5511987654321")
    assert [one["kind"] for one in chain].count("linked") == 1
    assert refusal(client, BSUID) == "opted_out"
