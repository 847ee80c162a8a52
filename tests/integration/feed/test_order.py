"""Whatever happens to whoever publishes: followed to its end, the feed gives Heed's own state."""

import contextlib
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.changes import Change, Unpublished
from app.domain.events import Event, Source, event_id_of
from app.domain.recipients import Recipient, parse_recipient
from app.runtime import Runtime
from app.store.feed import RedisFeed
from app.store.preferences import RedisPreferences
from app.usecases.apply import Applier, apply_accepted
from app.usecases.publish import publish
from app.web.views import view_recipient
from tests.builders import ADA, ADA_BSUID
from tests.following import Follower

BEN, BEN_BSUID, NEW_NUMBER = "447700900124", "GB.99", "447700900777"
PEOPLE = (
    Recipient(wa_id=ADA),
    Recipient(bsuid=ADA_BSUID),
    Recipient(wa_id=ADA, bsuid=ADA_BSUID),
    Recipient(wa_id=BEN),
    Recipient(wa_id=BEN, bsuid=BEN_BSUID),
    Recipient(wa_id=NEW_NUMBER),
)
CHOICES: tuple[dict[str, Any], ...] = (
    {"messages": "opted_out", "question": None},
    {"messages": "opted_in", "paused_until": None, "question": None},
    {"paused_until": 4_000_000_000_000},
    {"paused_until": None},
    {"topics.offers": False},
    {"topics.marketing": True},
    {"frequency": "1/week"},
    {"whatsapp_marketing": "stopped"},
    {"question": 4_000_000_000_000},
    {"language": "de"},
    {},
)
STEPS = ("before append", "after append", "after drop", "never")


class KilledError(BaseException):
    """SIGKILL, as far as one process can play it: nobody catches it."""


class DyingFeed(RedisFeed):
    step = "never"

    def append(self, key: str, change: Change) -> str:
        if self.step == "before append":
            raise KilledError
        found = super().append(key, change)
        if self.step == "after append":
            raise KilledError
        return found


class DyingPreferences(RedisPreferences):
    step = "never"

    def drop_unpublished(self, identity: str, one: Unpublished) -> None:
        super().drop_unpublished(identity, one)
        if self.step == "after drop":
            raise KilledError


def applier_that_dies(runtime: Runtime, step: str) -> Applier:
    feed = DyingFeed(runtime.redis, kept=timedelta(days=1))
    preferences = DyingPreferences(runtime.redis)
    feed.step = preferences.step = step
    return replace(runtime.applier, feed=feed, preferences=preferences)


def event_of(number: int, recipient: Recipient, choice: dict[str, Any], at: datetime) -> Event:
    # Somebody whose number changes says nothing with it.
    previous = Recipient(wa_id=ADA) if recipient.wa_id == NEW_NUMBER and number % 2 else None
    return Event(
        id=event_id_of("feed test", str(number)),
        recipient=recipient,
        source=Source.LINK if previous or not choice else Source.API,
        occurred_at=at,
        received_at=at,
        settings={} if previous else choice,
        previous=previous,
    )


def states_agree(runtime: Runtime) -> Follower:
    """Follow the feed to its end, and compare with what the API says of everybody."""
    follower = Follower()
    follower.follow(runtime)
    for address in (ADA, ADA_BSUID, BEN, BEN_BSUID, NEW_NUMBER):
        view = view_recipient(parse_recipient(address), runtime)
        told = follower.state_of(address)
        if told is None:
            # Nobody was told, since there is nothing to tell.
            assert (view["messages"], view["revision"]) == ("unknown", 0), address
            continue
        view.pop("held")
        assert told == view
    return follower


PLANS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(CHOICES),
        st.integers(0, 50),
        st.sampled_from(STEPS),
    ),
    min_size=1,
    max_size=14,
)


def test_followed_to_its_end_the_feed_gives_the_state_of_everybody(
    runtime: Runtime, now: datetime
) -> None:
    # Called by hand: a failure would print the whole runtime.
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(plan=PLANS, seed=st.integers(0, 2**16))
    def live_through(plan: list[Any], seed: int) -> None:
        runtime.redis.flushall()
        apply_with_deaths(runtime, plan, seed, now)
        states_agree(runtime)
        assert not list(runtime.redis.scan_iter("heed:*:unpublished"))

    live_through()


def apply_with_deaths(runtime: Runtime, plan: list[Any], seed: int, now: datetime) -> None:
    """Apply each event, dying where the plan says; then finish what is left, in any order."""
    events = []
    for number, (recipient, choice, seconds, step) in enumerate(plan):
        event = event_of(number, recipient, choice, now - timedelta(seconds=seconds))
        events.append(event)
        runtime.inbox.accept([event], now=now)
        with contextlib.suppress(KilledError):
            apply_accepted(event.id, applier=applier_that_dies(runtime, step), now=now)
    # What the dead left, and a good part of the rest a second time.
    again = [*events, *events[::2]]
    random.Random(seed).shuffle(again)
    for event in again:
        runtime.inbox.accept([event], now=now)
        apply_accepted(event.id, applier=runtime.applier, now=now)


def at_once(*calls: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call) for call in calls]:
            future.result()


def test_many_who_publish_at_once_neither_double_nor_lose_nor_reorder(
    runtime: Runtime, now: datetime
) -> None:
    """Three finish events of one person, three more only publish, all the while."""
    ada = Recipient(wa_id=ADA)
    for start in range(0, 60, 3):
        events = [
            event_of(number, ada, CHOICES[number % 7], now + timedelta(milliseconds=number))
            for number in range(start, start + 3)
        ]
        runtime.inbox.accept(events, now=now)
        at_once(
            *[
                lambda one=one: apply_accepted(one.id, applier=runtime.applier, now=now)
                for one in events
            ],
            *[lambda: publish(["wa." + ADA], preferences=runtime.preferences, feed=runtime.feed)]
            * 3,
        )

    follower = states_agree(runtime)
    revisions = [one["revision"] for one in follower.seen]
    assert revisions == sorted(revisions)
    assert set(revisions) == set(range(1, revisions[-1] + 1))


def test_a_drainer_that_is_late_adds_nothing(runtime: Runtime, now: datetime) -> None:
    """It read the list, slept, and comes back when all of it has been published by others."""
    ada = Recipient(wa_id=ADA)
    event = event_of(1, ada, {"messages": "opted_out"}, now)
    runtime.inbox.accept([event], now=now)
    with contextlib.suppress(KilledError):
        apply_accepted(event.id, applier=applier_that_dies(runtime, "before append"), now=now)
    late = runtime.preferences.unpublished(ada.root, most=10)
    assert len(late) == 1
    apply_accepted(event.id, applier=runtime.applier, now=now)
    next_event = event_of(2, ada, {"messages": "opted_in"}, now + timedelta(seconds=1))
    runtime.inbox.accept([next_event], now=now)
    apply_accepted(next_event.id, applier=runtime.applier, now=now)

    runtime.feed.append(late[0].key, late[0].change)
    runtime.preferences.drop_unpublished(ada.root, late[0])

    assert [one["type"] for one in Follower().follow(runtime)] == ["opted_out", "opted_in"]
