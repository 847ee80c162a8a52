"""One person, two ids, any order: what is known about either becomes one record (design 2.5)."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.commands import Command
from app.domain.events import Event, Source, event_id_of
from app.domain.permission import ALL_TOPICS
from app.domain.preferences import Outcome, merge_registers, registers_of
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.apply import apply_accepted
from app.usecases.history import history
from tests.builders import ADA, ADA_BSUID

PHONE = Recipient(wa_id=ADA)
BSUID = Recipient(bsuid=ADA_BSUID)
BOTH = Recipient(wa_id=ADA, bsuid=ADA_BSUID)
NEW_PHONE = "447700900777"

STOP = {"messages": "opted_out"}
START = {"messages": "opted_in", "paused_until": None}


def event(recipient: Recipient, set_to: dict[str, Any], at: datetime, **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "id": event_id_of(str(recipient.identities), str(set_to), at.isoformat()),
        "recipient": recipient,
        "source": Source.API,
        "occurred_at": at,
        "received_at": at,
        "settings": set_to,
    }
    return Event(**{**fields, **changes})


def accept_and_apply(runtime: Runtime, *events: Event) -> list[Outcome]:
    outcomes = []
    for one in events:
        runtime.inbox.accept([one], now=one.received_at)
        applied = apply_accepted(one.id, applier=runtime.applier, now=one.received_at)
        assert applied is not None
        outcomes.append(applied[1])
    return outcomes


def messages_of(runtime: Runtime, *recipients: Recipient) -> set[str]:
    return {one.preferences.messages for one in runtime.preferences.view_many(recipients)}


def test_a_stop_by_bsuid_holds_for_the_phone_number_once_both_were_seen(
    runtime: Runtime, now: datetime
) -> None:
    accept_and_apply(runtime, event(BSUID, STOP, now), event(BOTH, {}, now, source=Source.LINK))

    assert messages_of(runtime, PHONE, BSUID, BOTH) == {"opted_out"}


def test_a_hold_under_one_id_is_seen_under_the_other(runtime: Runtime, now: datetime) -> None:
    accept_and_apply(runtime, event(BOTH, START, now))

    runtime.inbox.accept([event(BSUID, STOP, now + timedelta(seconds=5))], now=now)

    for view in runtime.preferences.view_many([PHONE, BSUID]):
        assert view.holds == (ALL_TOPICS,)


def test_what_each_id_said_before_they_were_linked_is_joined_by_its_time(
    runtime: Runtime, now: datetime
) -> None:
    said = [
        event(PHONE, STOP, now),
        event(BSUID, START, now + timedelta(seconds=10)),
        event(BOTH, {"topics.offers": False}, now + timedelta(seconds=20)),
    ]

    accept_and_apply(runtime, *said)

    for view in runtime.preferences.view_many([PHONE, BSUID]):
        assert view.preferences.messages == "opted_in"
        assert view.preferences.topic_choice("offers", "marketing") is False


def test_the_history_has_both_chains_and_they_are_sound(runtime: Runtime, now: datetime) -> None:
    accept_and_apply(
        runtime, event(BSUID, STOP, now), event(BOTH, START, now + timedelta(seconds=1))
    )

    found = history(BSUID, preferences=runtime.preferences)

    assert [entry["kind"] for entry in found.entries].count("event") == 2
    assert {chain["identity"] for chain in found.chains} == set(BOTH.identities)
    assert all(chain["intact"] for chain in found.chains)
    assert history(PHONE, preferences=runtime.preferences).entries == found.entries


def test_a_change_of_number_carries_the_choice_and_leaves_the_old_record(
    runtime: Runtime, now: datetime
) -> None:
    new = Recipient(wa_id=NEW_PHONE)
    accept_and_apply(
        runtime,
        event(PHONE, STOP, now),
        event(new, {}, now + timedelta(seconds=1), source=Source.LINK, previous=PHONE),
        event(new, START, now + timedelta(seconds=2)),
    )

    assert messages_of(runtime, new) == {"opted_in"}
    assert messages_of(runtime, PHONE) == {"opted_out"}


def test_a_bsuid_that_comes_with_another_number_has_moved(runtime: Runtime, now: datetime) -> None:
    moved = Recipient(wa_id=NEW_PHONE, bsuid=ADA_BSUID)
    accept_and_apply(
        runtime,
        event(BOTH, STOP, now),
        event(moved, {}, now + timedelta(seconds=1), source=Source.LINK),
        event(BSUID, {"topics.news": False}, now + timedelta(seconds=2)),
    )

    assert messages_of(runtime, moved, BSUID, Recipient(wa_id=NEW_PHONE)) == {"opted_out"}
    new = runtime.preferences.load(f"wa.{NEW_PHONE}").preferences
    assert new.value("topics.news") is False
    assert messages_of(runtime, PHONE) == {"opted_out"}


def test_a_regenerated_bsuid_keeps_the_preferences(runtime: Runtime, now: datetime) -> None:
    fresh = Recipient(bsuid="GB.11112222333344445555")
    accept_and_apply(
        runtime,
        event(BSUID, STOP, now),
        event(fresh, {}, now, source=Source.LINK, previous=BSUID),
    )

    assert messages_of(runtime, fresh) == {"opted_out"}


def test_a_change_notice_that_is_delivered_again_takes_nothing_from_the_next_owner(
    runtime: Runtime, now: datetime
) -> None:
    new = Recipient(wa_id=NEW_PHONE)
    notice = event(new, {}, now, source=Source.LINK, previous=PHONE)
    next_owners_stop = event(PHONE, STOP, now + timedelta(days=5))
    accept_and_apply(runtime, event(PHONE, START, now), notice, next_owners_stop)

    runtime.inbox.accept([notice], now=now + timedelta(days=6))
    apply_accepted(notice.id, applier=runtime.applier, now=now + timedelta(days=6))

    assert messages_of(runtime, new) == {"opted_in"}


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_every_order_and_repetition_of_linked_ids_ends_the_same(
    runtime: Runtime, now: datetime, data: st.DataObject
) -> None:
    people = st.sampled_from([PHONE, BSUID, BOTH])
    every_choice: list[dict[str, Any]] = [
        STOP,
        START,
        {"topics.offers": False},
        {"paused_until": 1},
        {},
    ]
    choices = st.sampled_from(every_choice)
    times = st.integers(0, 5).map(lambda seconds: now + timedelta(seconds=seconds))
    said = [
        event(person, set_to, at, id=event_id_of(str(number)))
        for number, (person, set_to, at) in enumerate(
            data.draw(st.lists(st.tuples(people, choices, times), min_size=2, max_size=5)),
        )
    ]
    said.append(event(BOTH, {}, now, id=event_id_of("link"), source=Source.LINK))

    ends = set()
    for seed in range(3):
        runtime.redis.flushall()
        order = said + said[:: seed + 1]
        random.Random(seed).shuffle(order)
        for one in order:
            runtime.inbox.accept([one], now=one.received_at)
        for one in order:
            apply_accepted(one.id, applier=runtime.applier, now=one.received_at)
        views = runtime.preferences.view_many([PHONE, BSUID])
        assert views[0].preferences.registers == views[1].preferences.registers
        assert not views[0].holds
        ends.add(str(sorted(views[0].preferences.registers.items())))
        assert runtime.inbox.size() == 0

    assert len(ends) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_one_confirmation_per_change_in_every_order(
    runtime: Runtime, now: datetime, order: tuple[int, ...]
) -> None:

    said = [
        event(PHONE, STOP, now, source=Source.KEYWORD, command=Command.STOP),
        event(PHONE, STOP, now + timedelta(seconds=9), source=Source.KEYWORD, command=Command.STOP),
        event(BOTH, STOP, now + timedelta(seconds=5), source=Source.BUTTON, command=Command.STOP),
    ]
    accept_and_apply(runtime, *[said[position] for position in order])

    assert runtime.outbox.size() == 1


@pytest.mark.parametrize("seed", range(5))
def test_workers_in_parallel_end_the_same_as_one_after_the_other(
    runtime: Runtime, now: datetime, seed: int
) -> None:
    generator = random.Random(seed)
    people = [PHONE, BSUID, BOTH]
    choices: list[dict[str, Any]] = [STOP, START, {"topics.offers": False}, {"topics.news": True}]
    said = [
        event(
            generator.choice(people),
            generator.choice(choices),
            now + timedelta(seconds=generator.randrange(30)),
            id=event_id_of(str(seed), str(number)),
        )
        for number in range(60)
    ]
    said.append(event(BOTH, {}, now, id=event_id_of("link", str(seed))))
    runtime.inbox.accept(said, now=now)

    def apply(one: Event) -> None:
        apply_accepted(one.id, applier=runtime.applier, now=now)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(apply, said + said[::3]))

    expected: dict[str, Any] = {}
    for one in said:
        expected = merge_registers(expected, registers_of(one))
    view, by_bsuid = runtime.preferences.view_many([PHONE, BSUID])
    assert view.preferences.registers == by_bsuid.preferences.registers == expected
    assert runtime.inbox.size() == 0
    assert not view.holds
    events = [
        entry["event"]["id"]
        for entry in history(PHONE, preferences=runtime.preferences).entries
        if entry["kind"] == "event"
    ]
    assert len(events) >= 60
    assert all(chain["intact"] for chain in history(PHONE, preferences=runtime.preferences).chains)
