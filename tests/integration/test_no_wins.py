"""Opt-out wins over older consent, imports and repeats, in every order: pure, and on real Redis."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.business import Category, Policy, Topic
from app.domain.commands import Command
from app.domain.events import Event, Source, event_id_of
from app.domain.permission import Purpose, may_send
from app.domain.preferences import Preferences, apply_event
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.apply import finish

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OFFERS = Topic("offers", Category.MARKETING)
YES = {"messages": "opted_in", "topics.offers": True, "opt_in_source": "till"}
_numbers = itertools.count()

NOS = [{"messages": "opted_out"}, {"topics.offers": False}, {"topics.marketing": False}]


def event(name: str, minute: int, recipient: str = "447700900123", **changes: Any) -> Event:
    moment = NOON + timedelta(minutes=minute)
    return Event(
        id=event_id_of(name, recipient),
        recipient=Recipient(wa_id=recipient),
        occurred_at=moment,
        received_at=moment,
        **{"source": Source.OPT_IN, "settings": YES, "command": Command.START, **changes},
    )


no = st.sampled_from(NOS)
minutes = st.integers(0, 100)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Any yes that is older than the no, any import and recorded yes of any time, repeated."""
    recipient = f"4477{next(_numbers):08d}"
    said_at = draw(minutes)
    saying = {"source": Source.KEYWORD, "settings": draw(no), "command": Command.STOP}
    events = [event("no", said_at, recipient, **saying)]
    for number, minute in enumerate(draw(st.lists(minutes, max_size=3))):
        events.append(event(f"import {number}", minute, recipient, yields=True))
    for number, earlier in enumerate(draw(st.lists(st.integers(1, 90), max_size=2))):
        events.append(event(f"older {number}", said_at - earlier, recipient))
    for number, earlier in enumerate(draw(st.lists(st.integers(1, 90), max_size=1))):
        start = {"source": Source.KEYWORD, "settings": {"messages": "opted_in"}}
        events.append(event(f"start {number}", said_at - earlier, recipient, **start))
    repeats = draw(st.lists(st.sampled_from(events), max_size=4))
    return draw(st.permutations([*events, *repeats]))


def is_allowed(preferences: Preferences) -> bool:
    return may_send(
        preferences,
        OFFERS,
        channel="whatsapp",
        purpose=Purpose.BUSINESS,
        policy=Policy(),
        now=NOON + timedelta(days=1),
    ).allowed


@settings(max_examples=400, deadline=None)
@given(stories())
def test_no_yes_of_others_and_no_older_yes_undoes_a_no(story: list[Event]) -> None:
    preferences = Preferences()
    for one in story:
        preferences = apply_event(preferences, one, NOON).after

    assert not is_allowed(preferences)


@settings(max_examples=200, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_every_order_ends_the_same(story: list[Event], chance: random.Random) -> None:
    def end_of(events: list[Event]) -> dict[str, Any]:
        preferences = Preferences()
        for one in events:
            preferences = apply_event(preferences, one, NOON).after
        return dict(preferences.registers)

    assert end_of(story) == end_of(chance.sample(story, len(story)))


def test_it_can_fail() -> None:
    """A yes of the person's own that is newer does lift the no: the property is not empty."""
    start: dict[str, Any] = {"source": Source.KEYWORD, "settings": {"messages": "opted_in"}}
    preferences = Preferences()
    for one in (
        event("no", 1, source=Source.KEYWORD, settings=NOS[0], command=Command.STOP),
        event("start", 2, **start),
    ):
        preferences = apply_event(preferences, one, NOON).after

    assert is_allowed(preferences)


def test_on_redis_too(runtime: Runtime) -> None:
    @settings(max_examples=40, deadline=None)
    @given(stories())
    def tell(story: list[Event]) -> None:
        for one in story:
            runtime.inbox.accept([one], now=NOON)
            finish(one, applier=runtime.applier, now=NOON)
        [view] = runtime.preferences.view_many([story[0].recipient])
        assert view.holds == ()
        assert not is_allowed(view.preferences)

    tell()


@pytest.mark.parametrize("saying", NOS, ids=str)
def test_a_stored_record_remembers_what_yields(runtime: Runtime, saying: dict[str, Any]) -> None:
    recipient = "447700900777"
    late = event("import", 90, recipient, yields=True)
    told = event("no", 1, recipient, source=Source.KEYWORD, settings=saying, command=Command.STOP)
    for one in (late, told):
        runtime.inbox.accept([one], now=NOON)
        finish(one, applier=runtime.applier, now=NOON)

    assert not is_allowed(runtime.preferences.load(f"wa.{recipient}").preferences)
