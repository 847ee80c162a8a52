"""The end of a pause by time is told exactly once, and not at all where it did not come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.events import Event, Source, event_id_of
from app.domain.recipients import Recipient
from app.domain.times import to_milliseconds
from app.runtime import Runtime
from app.store.feed import RedisFeed
from app.store.preferences import RedisPreferences
from app.usecases.apply import apply_accepted
from app.usecases.pauses import tell_ended_pauses
from tests.builders import ADA, ADA_BSUID
from tests.following import Follower

PHONE = Recipient(wa_id=ADA)
BSUID = Recipient(bsuid=ADA_BSUID)
BOTH = Recipient(wa_id=ADA, bsuid=ADA_BSUID)


@pytest.fixture(name="until")
def _until(now: datetime) -> datetime:
    return now + timedelta(days=2)


def choose(runtime: Runtime, at: datetime, recipient: Recipient = PHONE, **settings: Any) -> None:
    event = Event(
        id=event_id_of(at.isoformat(), str(settings), str(recipient.identities)),
        recipient=recipient,
        source=Source.API,
        occurred_at=at,
        received_at=at,
        settings={name.replace("__", "."): value for name, value in settings.items()},
    )
    runtime.inbox.accept([event], now=at)
    apply_accepted(event.id, applier=runtime.applier, now=at)


def pause(runtime: Runtime, at: datetime, until: datetime, recipient: Recipient = PHONE) -> None:
    choose(runtime, at, recipient, paused_until=to_milliseconds(until))


def tell(runtime: Runtime, now: datetime) -> int:
    return tell_ended_pauses(
        preferences=runtime.preferences,
        feed=runtime.feed,
        business=runtime.business,
        now=now,
        most=100,
    )


def types_of(runtime: Runtime) -> list[str]:
    return [one["type"] for one in Follower().follow(runtime)]


def test_it_is_told_once_and_with_its_own_moment(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until)
    assert tell(runtime, until - timedelta(seconds=1)) == 0

    assert [tell(runtime, until), tell(runtime, until + timedelta(days=1))] == [1, 0]

    entry = Follower().follow(runtime)[-1]
    assert entry["type"] == "pause_ended"
    assert datetime.fromisoformat(entry["occurred_at"]) == until
    assert entry["source"] == "schedule"
    assert entry["changed"] == ["paused_until"]
    assert entry["before"]["paused_until"] is not None
    assert entry["after"]["paused_until"] is None
    assert entry["restrictions"] == []
    assert runtime.feed.restricted((0, ""), most=10) == []


@pytest.mark.parametrize("register", ["topics__offers", "whatsapp_marketing"])
def test_another_choice_meanwhile_changes_nothing(
    runtime: Runtime, now: datetime, until: datetime, register: str
) -> None:
    """Also one that comes between the end and the moment when it is told."""
    value: Any = {"topics__offers": False, "whatsapp_marketing": "stopped"}[register]
    pause(runtime, now, until)
    choose(runtime, until + timedelta(milliseconds=1), **{register: value})
    tell(runtime, until + timedelta(seconds=1))
    choose(runtime, until + timedelta(days=20), frequency="1/week")
    tell(runtime, until + timedelta(days=21))

    kinds = ["paused", "preferences.changed", "pause_ended", "preferences.changed"]
    assert types_of(runtime) == kinds


def test_a_pause_that_was_lifted_is_not_told_a_second_time(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until)
    choose(runtime, now + timedelta(hours=1), paused_until=None)

    assert tell(runtime, until) == 0
    assert types_of(runtime) == ["paused", "pause_ended"]


def test_a_pause_that_was_moved_ends_when_it_does(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until)
    pause(runtime, now + timedelta(hours=1), until + timedelta(days=3))

    assert tell(runtime, until) == 0
    assert tell(runtime, until + timedelta(days=3)) == 1
    assert types_of(runtime) == ["paused", "paused", "pause_ended"]


def test_a_second_pause_after_the_first_is_told_too(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until)
    tell(runtime, until)
    pause(runtime, until + timedelta(days=1), until + timedelta(days=3))
    tell(runtime, until + timedelta(days=3))

    assert types_of(runtime) == ["paused", "pause_ended"] * 2


def test_a_stop_during_the_pause_stands_when_it_ends(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until)
    choose(runtime, now + timedelta(hours=1), messages="opted_out")
    tell(runtime, until)

    entry = Follower().follow(runtime)[-1]
    assert entry["type"] == "pause_ended"
    assert [one["reason"] for one in entry["restrictions"]] == ["opted_out"]


def test_a_pause_that_comes_to_another_record_ends_once(
    runtime: Runtime, now: datetime, until: datetime
) -> None:
    pause(runtime, now, until, recipient=BSUID)
    choose(runtime, now + timedelta(hours=1), recipient=BOTH, topics__offers=False)
    assert [tell(runtime, until), tell(runtime, until)] == [1, 0]

    assert types_of(runtime) == [
        "paused", "identity_changed", "preferences.changed", "pause_ended",
    ]  # fmt: skip


class Died(BaseException):
    """As SIGKILL would end it."""


class DiesAfterCommit(RedisPreferences):
    def commit(self, *arguments: Any, **options: Any) -> dict[str, Any] | None:
        super().commit(*arguments, **options)
        raise Died


class DiesBeforeAppend(RedisFeed):
    def append(self, *arguments: Any) -> str:
        raise Died


class DiesAfterAppend(RedisFeed):
    def append(self, *arguments: Any) -> str:
        super().append(*arguments)
        raise Died


def schedules_that_die(runtime: Runtime) -> Iterator[Runtime]:
    kept = timedelta(days=30)
    yield replace(runtime, preferences=DiesAfterCommit(runtime.redis))
    yield replace(runtime, feed=DiesBeforeAppend(runtime.redis, kept=kept))
    yield replace(runtime, feed=DiesAfterAppend(runtime.redis, kept=kept))


@pytest.mark.parametrize("place", [0, 1, 2], ids=["committed", "not appended", "appended"])
def test_it_is_told_once_wherever_the_schedule_dies(
    runtime: Runtime, now: datetime, until: datetime, place: int
) -> None:
    pause(runtime, now, until)
    with pytest.raises(Died):
        tell(list(schedules_that_die(runtime))[place], until)

    tell(runtime, until + timedelta(seconds=1))
    tell(runtime, until + timedelta(seconds=2))

    assert types_of(runtime) == ["paused", "pause_ended"]
    assert not runtime.feed.due_pauses(until + timedelta(days=9), most=10)
