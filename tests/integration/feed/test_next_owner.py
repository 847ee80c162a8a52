"""The next owner of a number gets nothing that was meant for the former one."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.caps import EVERYTHING
from app.domain.confirmations import ConfirmationState
from app.domain.events import Act, Event, Source, event_id_of
from app.domain.recipients import Recipient, parse_recipient
from app.runtime import Runtime
from app.store import keys
from app.usecases.apply import apply_accepted
from app.web.views import view_recipient
from tests.builders import ADA_BSUID, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.forgetting import check
from tests.integration.double_opt_in.forms import PATH, questions
from tests.working import apply_commands, work

# Has a country's form, which forms of websites ask for.
NUMBER = "447912345678"
ELSEWHERE = "447912345699"
NEXT_BSUID = "GB.99999354908172635490"


def hears(
    client: FlaskClient, text: str, *, number: str = NUMBER, bsuid: str = ADA_BSUID, later: int = 0
) -> None:
    at = str(int(time.time()) + later)
    message = text_message(text, **{"from": number, "from_user_id": bsuid, "timestamp": at})
    body = notification(message, contacts=[{"wa_id": number, "user_id": bsuid}])
    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def sends_form(client: FlaskClient, runtime: Runtime) -> None:
    source = runtime.business.source("website-form")
    assert source is not None
    form = {"number": f"+{NUMBER}", "agree": "yes", "wording_id": source.wording("en").id}
    headers = {"Accept": "application/json"}
    assert client.post(PATH, data={**form, "lang": "en"}, headers=headers).status_code == 202


def reassign(client: FlaskClient) -> None:
    body = {"evidence": {"reason": "the new owner wrote to us"}}
    path = f"/v1/recipients/{NUMBER}/reassigned"
    assert client.post(path, json=body, headers=API_HEADERS).status_code == 200


def may_reply(client: FlaskClient, address: str) -> bool:
    body = {"recipients": [address], "purpose": "reply"}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS).json
    return bool(answer["results"][0]["allowed"])


def test_the_former_owners_window_is_not_theirs(client: FlaskClient, runtime: Runtime) -> None:
    hears(client, "hello", later=-60)
    apply_commands(runtime)
    assert may_reply(client, NUMBER)

    reassign(client)

    assert not may_reply(client, NUMBER)
    assert may_reply(client, ADA_BSUID)
    # What comes late is the former owner's; what the new one writes opens their own.
    hears(client, "hello", later=-30)
    assert not may_reply(client, NUMBER)
    hears(client, "hello", bsuid=NEXT_BSUID, later=2)
    assert may_reply(client, NUMBER)


def test_confirmations_that_are_not_sent_stay_unsent(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    hears(client, "STOP", later=-2)
    apply_commands(runtime)
    [waiting] = runtime.outbox.pending_of(f"wa.{NUMBER}")

    reassign(client)
    work(runtime)

    found = runtime.outbox.load(waiting)
    assert found
    assert (found[0].state, found[0].text) == (ConfirmationState.SKIPPED, None)
    assert runtime.outbox.size() == 0
    # The new owner's own word is answered.
    hears(client, "STOP", bsuid=NEXT_BSUID, later=2)
    apply_commands(runtime)
    [answer] = runtime.outbox.pending_of(f"wa.{NUMBER}")
    work(runtime)
    sent = runtime.outbox.load(answer)
    assert sent
    assert sent[0].text


def test_what_a_form_asked_the_former_owner_is_void(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    sends_form(client, runtime)
    [first] = questions(redis)
    reassign(client)
    work(runtime)

    assert not redis.exists(keys.pending_consent_key(first))
    asked = runtime.outbox.load(first)
    assert asked
    assert asked[0].state is ConfirmationState.SKIPPED
    hears(client, "YES", bsuid=NEXT_BSUID, later=2)
    apply_commands(runtime)
    assert view_recipient(parse_recipient(NUMBER), runtime)["messages"] == "unknown"
    # A form of the new owner's is no repetition of the former one's.
    sends_form(client, runtime)
    assert len(set(questions(redis)) - {first}) == 1


def test_what_was_counted_stays_with_the_former_owner(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    hears(client, "hello", later=-60)
    apply_commands(runtime)
    body = {"messages": "opted_in", "frequency": {"all": "1/week"}, "evidence": {"reason": "test"}}
    client.patch(f"/v1/recipients/{NUMBER}", json=body, headers=API_HEADERS)
    sent = {"recipients": [NUMBER], "topic": "offers", "reserve": True}
    assert client.post("/v1/check", json=sent, headers=API_HEADERS).json["results"][0]["allowed"]

    reassign(client)

    assert not redis.exists(keys.sent_key(f"wa.{NUMBER}", EVERYTHING))
    assert check(client, ADA_BSUID)["reason"] == "cap_reached"


def test_links_and_open_questions_end(client: FlaskClient, runtime: Runtime) -> None:
    hears(client, "enough already", later=-60)
    apply_commands(runtime)
    made = client.post("/v1/preference-links", json={"recipient": NUMBER}, headers=API_HEADERS)
    assert runtime.reviews.count() == 1

    reassign(client)

    assert runtime.reviews.count() == 0
    assert client.get(f"/preferences/{made.json['token']}").status_code in {403, 404, 410}
    # The answer is still theirs to give; until then nothing goes to them.
    assert check(client, ADA_BSUID)["allowed"] is False


def test_who_moved_on_before_keeps_the_number_they_have_now(
    client: FlaskClient, runtime: Runtime
) -> None:
    """The former number's record still names them; their STOP came at the present one."""
    hears(client, "START", later=-90)
    hears(client, "hello", number=ELSEWHERE, later=-60)
    apply_commands(runtime)
    hears(client, "STOP", number=ELSEWHERE, later=-30)
    apply_commands(runtime)
    asked = {"evidence": {"reason": "asked by letter"}}

    reassign(client)
    assert check(client, ADA_BSUID)["reason"] == "opted_out"
    # Nor does it matter to them that the next owner is forgotten.
    client.delete(f"/v1/recipients/{NUMBER}", json=asked, headers=API_HEADERS)

    for address in (ADA_BSUID, ELSEWHERE):
        view = view_recipient(parse_recipient(address), runtime)
        assert (view["recipient"], view["messages"]) == (ELSEWHERE, "opted_out")


def test_forgetting_a_former_number_leaves_who_moved_on(
    client: FlaskClient, runtime: Runtime
) -> None:
    hears(client, "START", later=-90)
    hears(client, "hello", number=ELSEWHERE, later=-60)
    apply_commands(runtime)
    asked = {"evidence": {"reason": "asked by letter"}}
    path = f"/v1/recipients/{NUMBER}"

    answer = client.delete(path, json=asked, headers=API_HEADERS)

    assert answer.json["forgotten"] == [NUMBER]
    assert view_recipient(parse_recipient(ADA_BSUID), runtime)["recipient"] == ELSEWHERE


class Died(BaseException):
    """As SIGKILL would end it."""


@pytest.mark.parametrize("step", ["carry", "drop", "revoke"])
def test_wherever_a_worker_dies_the_next_one_clears_the_rest_and_nothing_newer(
    client: FlaskClient, runtime: Runtime, now: datetime, step: str, monkeypatch: Any
) -> None:
    hears(client, "START", later=-60)
    apply_commands(runtime)
    old = client.post("/v1/preference-links", json={"recipient": NUMBER}, headers=API_HEADERS).json
    event = Event(
        id=event_id_of("reassigned", step),
        recipient=Recipient(wa_id=NUMBER, bsuid=ADA_BSUID),
        source=Source.API,
        occurred_at=runtime.clock(),
        received_at=now,
        act=Act.REASSIGN,
    )
    runtime.inbox.accept([event], now=now)
    reassigner = runtime.applier.reassigner
    owner = next(one for one in (reassigner.caps, reassigner.links) if hasattr(one, step))

    def dying(*_: Any, **__: Any) -> Any:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(type(owner), step, dying)
        with pytest.raises(Died):
            apply_accepted(event.id, applier=runtime.applier, now=now)
    later = now + timedelta(minutes=1)
    made = client.post("/v1/preference-links", json={"recipient": NUMBER}, headers=API_HEADERS)
    apply_accepted(event.id, applier=runtime.applier, now=later)

    assert client.get(f"/preferences/{old['token']}").status_code in {403, 404, 410}
    assert client.get(f"/preferences/{made.json['token']}").status_code == 200
    assert runtime.inbox.size() == 0
