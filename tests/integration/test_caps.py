"""Caps at the gate: counted exactly, given back, one count for a person whatever they are called."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.events import Event, Source, event_id_of
from app.domain.frequency import Cap, Period
from app.domain.permission import Reason
from app.domain.recipients import Recipient
from app.gate import Gate
from app.runtime import Runtime
from app.usecases.apply import apply_accepted
from app.usecases.check import Question, check
from app.usecases.give_back import give_back
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    notification,
    text_message,
)
from tests.working import apply_commands

READER = {"Authorization": "Bearer reader-secret-0001"}


def prefer(client: FlaskClient, recipient: str = ADA, **frequency: str | None) -> None:
    body = {"messages": "opted_in", "frequency": frequency, "evidence": {"reason": "a test"}}
    answer = client.patch(f"/v1/recipients/{recipient}", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json


def reserve(client: FlaskClient, *recipients: str, **question: Any) -> list[dict[str, Any]]:
    body = {"recipients": list(recipients or [ADA]), "topic": "offers", "reserve": True, **question}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json
    results: list[dict[str, Any]] = answer.json["results"]
    return results


def return_(client: FlaskClient, *results: dict[str, Any]) -> list[bool]:
    body = {"reservations": results}
    answer = client.post("/v1/check/give-back", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json
    return [one["given_back"] for one in answer.json["results"]]


def test_a_cap_counts_what_is_reserved_and_nothing_else(client: FlaskClient) -> None:
    prefer(client, all="2/week")

    for _ in range(3):
        [asked] = reserve(client, reserve=False)
        assert asked["allowed"]
        assert "reservation" not in asked
    first, second, third = [reserve(client)[0] for _ in range(3)]

    assert first["allowed"]
    assert second["allowed"]
    assert first["reservation"] != second["reservation"]
    assert third == {
        "recipient": ADA,
        "allowed": False,
        "reason": "cap_reached",
        "until": third["until"],
        "reservation": None,
    }
    # Who only asks is told the same.
    assert reserve(client, reserve=False)[0]["until"] == third["until"]


def test_until_is_when_the_oldest_message_is_a_week_old(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    prefer(client, offers="1/week", all="3/week")

    def ask(at: datetime) -> Any:
        asked = check(
            [Recipient(ADA)], Question("offers"), checker=runtime.checker, now=at, reserve=True
        )
        return asked[0]

    assert ask(now).allowed
    assert ask(now + timedelta(days=3)).until == now + timedelta(days=7)
    assert not ask(now + timedelta(days=7) - timedelta(milliseconds=1)).allowed
    assert ask(now + timedelta(days=7)).allowed


def test_the_caps_of_a_topic_and_over_everything_are_taken_together_or_not_at_all(
    client: FlaskClient, redis: Redis
) -> None:
    prefer(client, all="2/day", offers="1/day")

    assert reserve(client)[0]["allowed"]
    # Full for offers: the place over everything must not be taken either.
    assert [reserve(client)[0]["allowed"] for _ in range(3)] == [False] * 3
    assert reserve(client, topic="news")[0]["allowed"]
    assert not reserve(client, topic="news")[0]["allowed"]
    assert not reserve(client, topic="orders")[0]["allowed"]
    assert redis.zcard(f"heed:{{wa.{ADA}}}:sent:all") == 2


def test_what_nobody_capped_is_not_counted(client: FlaskClient, redis: Redis) -> None:
    prefer(client, news="1/day")

    assert reserve(client)[0]["reservation"] is None
    assert list(redis.scan_iter("heed:*:sent:*")) == []


def test_replies_and_authentication_are_exempt(client: FlaskClient) -> None:
    prefer(client, all="1/day")
    client.post(
        "/webhooks/360dialog", json=notification(text_message("hello")), headers=WEBHOOK_HEADERS
    )

    assert reserve(client)[0]["allowed"]
    assert not reserve(client)[0]["allowed"]
    assert reserve(client, purpose="reply")[0]["allowed"]
    assert reserve(client, topic="authentication")[0]["allowed"]


def test_a_place_is_given_back_once_and_is_free_again(client: FlaskClient) -> None:
    prefer(client, all="1/month", offers="1/week")
    [taken] = reserve(client)
    assert not reserve(client)[0]["allowed"]

    assert return_(client, taken) == [True]
    assert return_(client, taken, taken) == [False, False]
    [again] = reserve(client)
    assert again["allowed"]
    assert return_(client, {**again, "reservation": None}) == [False]
    # The old one frees nothing of the new one.
    assert return_(client, taken, {**taken, "recipient": "+15550001111"}) == [False, False]
    assert not reserve(client)[0]["allowed"]


def test_a_place_is_not_given_back_after_a_day(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    prefer(client, all="1/week")
    [permission] = check(
        [Recipient(ADA)], Question("offers"), checker=runtime.checker, now=now, reserve=True
    )
    assert permission.reservation

    late = now + timedelta(days=1)
    assert give_back([permission.reservation], caps=runtime.checker.caps, now=late) == [False]
    assert give_back([permission.reservation], caps=runtime.checker.caps, now=now) == [True]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reservations": {}},
        {"reservations": ["x"]},
        {"reservations": [{"recipient": ADA}]},
        {"reservations": [{"recipient": ADA, "reservation": 1}]},
        {"reservations": [{"recipient": "nobody", "reservation": "1-x"}]},
        {"reservations": [{"recipient": ADA, "reservation": "x" * 65}]},
        {"reservations": [], "more": 1},
    ],
    ids=str,
)
def test_what_is_no_reservation_is_refused(client: FlaskClient, body: Any) -> None:
    answer = client.post("/v1/check/give-back", json=body, headers=API_HEADERS)

    assert answer.status_code == 400
    assert answer.json["detail"]


def test_only_senders_take_and_give_back(client: FlaskClient) -> None:
    body = {"recipients": [ADA], "topic": "offers", "reserve": True}

    assert client.post("/v1/check", json=body, headers=READER).status_code == 403
    assert (
        client.post("/v1/check", json={**body, "reserve": 1}, headers=API_HEADERS).status_code
        == 400
    )
    given = client.post("/v1/check/give-back", json={"reservations": []}, headers=READER)
    assert given.status_code == 403


def test_ten_thousand_and_one_reservations_are_too_many(client: FlaskClient) -> None:
    one = {"recipient": ADA, "reservation": "1-x"}
    body = {"reservations": [one] * 10_001}

    answer = client.post("/v1/check/give-back", json=body, headers=API_HEADERS)

    assert answer.status_code == 413


def test_a_person_has_one_count_under_both_ids(client: FlaskClient, runtime: Runtime) -> None:
    prefer(client, ADA_BSUID, all="2/week")
    [before] = reserve(client, ADA_BSUID)
    profile = {"wa_id": ADA, "user_id": ADA_BSUID, "profile": {"name": "Ada"}}
    message = notification(text_message("hello", from_user_id=ADA_BSUID), contacts=[profile])
    client.post("/webhooks/360dialog", json=message, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    assert [one["allowed"] for one in reserve(client, ADA, ADA_BSUID, ADA)] == [True, False, False]
    # Taken under the BSUID alone, and given back under the number that it belongs to now.
    assert return_(client, {**before, "recipient": ADA}) == [True]
    assert reserve(client, ADA_BSUID)[0]["allowed"]
    assert not reserve(client, ADA)[0]["allowed"]


def test_many_people_in_one_call(client: FlaskClient) -> None:
    people = [f"4477009{number:05d}" for number in range(30)]
    for person in people[::3]:
        prefer(client, person, all="1/day")

    first = reserve(client, *people, topic="orders")
    second = reserve(client, *people, topic="orders")

    assert all(one["allowed"] for one in first)
    assert [one["allowed"] for one in second] == [place % 3 != 0 for place in range(30)]
    assert [bool(one["reservation"]) for one in first] == [place % 3 == 0 for place in range(30)]


def test_a_person_takes_the_count_along_to_a_new_number(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    old, new = Recipient(ADA), Recipient("447700900999")

    def reserve_at(person: Recipient, at: datetime) -> bool:
        question = Question("offers")
        return check([person], question, checker=runtime.checker, now=at, reserve=True)[0].allowed

    prefer(client, all="2/week")
    assert reserve_at(old, now - timedelta(days=2))
    moved = Event(
        event_id_of("moved"), new, Source.LINK, now - timedelta(days=1), now, {}, previous=old
    )
    # The number is somebody else's since; what that person is sent is not the mover's.
    assert reserve_at(old, now)

    for _ in range(2):
        runtime.inbox.accept([moved], now=now)
        apply_accepted(moved.id, applier=runtime.applier, now=now)

    assert reserve_at(new, now)
    assert not reserve_at(new, now)


def test_a_loose_cap_for_everybody_lets_earlier_messages_count(
    client: FlaskClient, runtime: Runtime
) -> None:
    policy = replace(runtime.business.policy, caps={"all": (Cap(99, Period.DAY),)})
    business = replace(runtime.business, policy=policy)
    gate = Gate(replace(runtime.checker, business=business), runtime.clock)

    assert gate.may_send(ADA, "orders", reserve=True).allowed
    prefer(client, all="1/week")

    assert gate.may_send(ADA, "offers", reserve=True).reason is Reason.CAP_REACHED
