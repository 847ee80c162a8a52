"""Caps at the drop-in: counted by what leaves, exactly, however many senders there are."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.contract.dialog360.fake_api import FakeAPI, Handler
from tests.integration.gateway.senders import reason, send, template, text

ACCEPTED = {"messages": [{"id": "wamid.accepted"}]}
SENDERS = 8


def cap(client: FlaskClient, **frequency: str) -> None:
    body = {"messages": "opted_in", "frequency": frequency, "evidence": {"reason": "a test"}}
    answer = client.patch(f"/v1/recipients/{ADA}", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json


def answers(status: int, body: Any) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(status, body)


def posted(upstream: FakeAPI) -> list[Any]:
    return [one.body for one in upstream.received if one.method == "POST"]


def test_many_senders_at_once_never_exceed_a_cap(behind: FlaskClient, upstream: FakeAPI) -> None:
    cap(behind, all="5/week", offers="2/day")
    upstream.behavior = answers(200, ACCEPTED)
    barrier = threading.Barrier(SENDERS)

    def campaign(number: int) -> list[str | None]:
        client = behind.application.test_client()
        barrier.wait(30)
        names = ("spring_offer", "order_update")
        return [reason(send(client, template(names[(number + one) % 2]))) for one in range(6)]

    with ThreadPoolExecutor(SENDERS) as threads:
        told = [one for sender in threads.map(campaign, range(SENDERS)) for one in sender]

    sent = [body["template"]["name"] for body in posted(upstream)]
    assert len(sent) == told.count(None) == 5
    assert sent.count("spring_offer") <= 2
    assert set(told) == {None, "cap_reached"}


def test_a_refusal_says_until_when(behind: FlaskClient, upstream: FakeAPI) -> None:
    cap(behind, all="1/day")
    upstream.behavior = answers(200, ACCEPTED)
    send(behind, template())

    refused = send(behind, template())

    assert reason(refused) == "cap_reached"
    asked = {"recipients": [ADA], "topic": "orders"}
    told = behind.post("/v1/check", json=asked, headers=API_HEADERS).json["results"][0]
    assert told["until"] in refused.text


@pytest.mark.parametrize(
    ("behavior", "is_free"),
    [
        pytest.param(answers(400, {"error": {"code": 132001}}), True, id="refused by WhatsApp"),
        pytest.param(answers(429, {"error": {"code": 130429}}), True, id="too fast"),
        pytest.param(answers(200, ACCEPTED), False, id="accepted"),
        pytest.param(answers(500, {}), False, id="a fault of 360dialog's"),
        pytest.param(lambda handler: handler.cut(), False, id="no answer"),
    ],
)
def test_only_what_was_refused_for_sure_is_given_back(
    behind: FlaskClient, upstream: FakeAPI, behavior: Callable[[Handler], None], is_free: bool
) -> None:
    cap(behind, all="1/week")
    upstream.behavior = behavior
    send(behind, template())
    upstream.behavior = answers(200, ACCEPTED)

    assert (reason(send(behind, template())) is None) == is_free
    assert reason(send(behind, template())) == "cap_reached"


def test_what_failed_at_the_phone_is_not_given_back(behind: FlaskClient, upstream: FakeAPI) -> None:
    cap(behind, all="1/week")
    upstream.behavior = answers(200, ACCEPTED)
    send(behind, template())
    failed = {
        "id": "wamid.accepted",
        "status": "failed",
        "timestamp": str(int(time.time())),
        "recipient_id": ADA,
        "errors": [{"code": 131026, "title": "Undeliverable"}],
    }
    behind.post(
        "/webhooks/360dialog", json=notification(statuses=[failed]), headers=WEBHOOK_HEADERS
    )

    assert reason(send(behind, template())) == "cap_reached"


def test_answers_to_a_person_who_wrote_are_not_counted(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    cap(behind, all="1/week")
    upstream.behavior = answers(200, ACCEPTED)
    behind.post(
        "/webhooks/360dialog", json=notification(text_message("hello")), headers=WEBHOOK_HEADERS
    )

    assert [reason(send(behind, text())) for _ in range(3)] == [None] * 3
    assert [reason(send(behind, template())) for _ in range(2)] == [None, "cap_reached"]
    assert reason(send(behind, text())) is None
