"""What an answer of 360dialog's says of the person is kept, and the sender gets it in any case."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.caps import EVERYTHING
from app.runtime import Runtime
from app.store import keys
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.contract.dialog360.fake_api import FakeAPI, Handler
from tests.integration.gateway.senders import reason, send, template, text
from tests.working import apply_commands

_PAYLOAD = Path(__file__).parents[2] / "payloads" / "send_error_meta_131050_marketing_stopped.json"
STOPPED = json.loads(_PAYLOAD.read_text(encoding="utf-8"))["body"]
PATH = f"/v1/recipients/{ADA}"


@pytest.fixture
def stopped(behind: FlaskClient, upstream: FakeAPI) -> FlaskClient:
    """A person with a yes and a cap, who has stopped marketing in WhatsApp, as it answers."""
    body = {"messages": "opted_in", "frequency": {"all": "9/day"}, "evidence": {"reason": "test"}}
    assert behind.patch(PATH, json=body, headers=API_HEADERS).status_code == 200
    upstream.behavior = lambda handler: handler.answer(400, STOPPED)
    return behind


@pytest.fixture
def forbid(redis: Redis) -> Iterator[Any]:
    """Let Redis refuse a command from now on."""
    yield lambda command: redis.execute_command("ACL", "SETUSER", "default", f"-{command}")
    redis.execute_command("ACL", "SETUSER", "default", "+@all")


def switches(client: FlaskClient) -> list[dict[str, Any]]:
    entries = client.get(f"{PATH}/history", headers=API_HEADERS).json["entries"]
    return [
        one["event"]
        for one in entries
        if one["kind"] == "event" and "whatsapp_marketing" in one["event"]["settings"]
    ]


def places(redis: Redis) -> int:
    return int(redis.zcard(keys.sent_key(f"wa.{ADA}", EVERYTHING)))


def test_who_stopped_in_whatsapp_is_known_before_the_sender_hears_of_it(
    stopped: FlaskClient, upstream: FakeAPI, redis: Redis
) -> None:
    runtime: Runtime = stopped.application.extensions["heed"]
    answer = send(stopped, template("spring_offer"))

    assert (answer.status_code, answer.json) == (400, STOPPED)
    # From now on it is refused here, before a worker has done anything.
    assert reason(send(stopped, template("spring_offer"))) == "held"
    apply_commands(runtime)
    assert reason(send(stopped, template("spring_offer"))) == "stopped_in_whatsapp"
    assert len(upstream.received) == 1
    [event] = switches(stopped)
    assert (event["source"], event["proof"]["evidence"]) == ("platform", "answer 131050")
    view = stopped.get(PATH, headers=API_HEADERS).json
    assert (view["whatsapp_marketing"], view["messages"]) == ("stopped", "opted_in")
    assert places(redis) == 0


def test_who_goes_on_sending_what_may_be_sent_fills_no_evidence(
    stopped: FlaskClient, upstream: FakeAPI
) -> None:
    body = notification(text_message("hello"))
    stopped.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    for _ in range(3):
        assert send(stopped, text()).json == STOPPED
        apply_commands(stopped.application.extensions["heed"])

    assert len(upstream.received) == 3
    assert len(switches(stopped)) == 1


@pytest.mark.parametrize("code", [131026, 131049, 132001])
def test_other_refusals_say_nothing_of_the_switch(
    stopped: FlaskClient, upstream: FakeAPI, code: int
) -> None:
    upstream.behavior = lambda handler: handler.answer(400, {"error": {"code": code}})
    send(stopped, template("spring_offer"))
    apply_commands(stopped.application.extensions["heed"])

    assert switches(stopped) == []


@pytest.mark.parametrize("command", ["hsetnx", "zrem"])
def test_a_store_that_fails_afterwards_takes_no_answer_from_the_sender(
    stopped: FlaskClient,
    upstream: FakeAPI,
    redis: Redis,
    forbid: Any,
    command: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def answer_and_fail(handler: Handler) -> None:
        forbid(command)
        handler.answer(400, STOPPED)

    upstream.behavior = answer_and_fail
    answer = send(stopped, template("spring_offer"))

    assert (answer.status_code, answer.json) == (400, STOPPED)
    assert places(redis) == 1
    said = [one for one in caplog.records if one.msg == "gateway.not_followed_up"]
    assert len(said) == 1
    assert ADA not in str(vars(said[0]))


def test_nor_does_it_hide_that_360dialog_cannot_be_reached(
    stopped: FlaskClient, forbid: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = stopped.application.extensions["heed"].relay
    relay.close()
    monkeypatch.setattr(relay._transport, "base_url", "http://127.0.0.1:9")
    expected = send(stopped, template("spring_offer"))
    forbid("zrem")

    answer = send(stopped, template("spring_offer"))

    assert (answer.status_code, answer.json) == (expected.status_code, expected.json)
    assert answer.json["error"]["code"] == 131016
