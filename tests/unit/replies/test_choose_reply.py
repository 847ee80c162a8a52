"""Exactly one reply per change, and silence for what changed nothing (design 2.6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.business import Policy
from app.domain.commands import Command, settings_of
from app.domain.events import Event, Source
from app.domain.preferences import Outcome, Preferences, Transition, apply_event
from app.domain.recipients import Recipient
from app.domain.replies import ReplyKind, choose_reply

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123")


def event_of(
    command: str,
    topic: str | None = None,
    *,
    minute: int = 0,
    source: Source = Source.KEYWORD,
) -> Event:
    at = NOON + timedelta(minutes=minute)
    wanted = Command(command)
    return Event(
        id=f"{command}-{topic}-{minute}",
        recipient=ADA,
        source=source,
        occurred_at=at,
        received_at=at,
        settings=settings_of(wanted, topic=topic, days=7, occurred_at=at, policy=Policy()),
        command=wanted,
        topic=topic,
    )


def preferences_after(*events: Event) -> Preferences:
    preferences = Preferences()
    for event in events:
        preferences = apply_event(preferences, event, NOON).after
    return preferences


def reply_to(event: Event, before: Preferences) -> ReplyKind | None:
    return choose_reply(event, apply_event(before, event, NOON))


NOBODY = Preferences()
STOPPED = preferences_after(event_of("STOP", minute=-60))
STARTED = preferences_after(event_of("START", minute=-60))
PAUSED = preferences_after(event_of("START", minute=-60), event_of("PAUSE", minute=-50))
OFFERS_OFF = preferences_after(
    event_of("START", minute=-60), event_of("STOP", "offers", minute=-50)
)
STOPPED_PAUSED = preferences_after(event_of("PAUSE", minute=-70), event_of("STOP", minute=-60))


@pytest.mark.parametrize(
    ("command", "topic", "before", "expected"),
    [
        pytest.param("STOP", None, NOBODY, "stop", id="stop by a stranger"),
        pytest.param("STOP", None, STARTED, "stop", id="stop by a subscriber"),
        pytest.param("STOP", None, PAUSED, "stop", id="stop during a pause"),
        pytest.param("STOP", None, STOPPED, None, id="second stop"),
        pytest.param("STOP", "offers", STARTED, "stop_topic", id="one topic off"),
        pytest.param("STOP", "marketing", STARTED, "stop_marketing", id="marketing off"),
        pytest.param("STOP", "offers", OFFERS_OFF, None, id="topic that is off already"),
        pytest.param("STOP", "offers", STOPPED, "still_stopped", id="topic off after stop"),
        pytest.param("START", None, NOBODY, "start", id="start by a stranger"),
        pytest.param("START", None, STOPPED, "start", id="start after stop"),
        pytest.param("START", None, STOPPED_PAUSED, "start", id="start after stop in a pause"),
        pytest.param("START", None, PAUSED, "start", id="start ends a pause"),
        pytest.param("START", None, STARTED, None, id="second start"),
        pytest.param("START", "offers", OFFERS_OFF, "start_topic", id="topic on"),
        pytest.param("START", "marketing", STARTED, "start_topic", id="marketing on"),
        pytest.param("START", "offers", STOPPED, "start_topic_stopped", id="topic on after stop"),
        pytest.param("PAUSE", None, STARTED, "pause", id="pause"),
        pytest.param("PAUSE", None, PAUSED, None, id="the same pause, tapped twice"),
        pytest.param("PAUSE", None, STOPPED, "still_stopped", id="pause after stop"),
        pytest.param("RESUME", None, PAUSED, "resume", id="resume"),
        pytest.param("RESUME", None, STARTED, None, id="resume without a pause"),
        pytest.param("RESUME", None, STOPPED, "still_stopped", id="resume after stop"),
        pytest.param("RESUME", None, STOPPED_PAUSED, "still_stopped", id="resume, stop in a pause"),
        pytest.param("HELP", None, NOBODY, "help", id="help"),
        pytest.param("HELP", None, STOPPED, "help", id="help after stop"),
        pytest.param("PREFERENCES", None, STARTED, "preferences", id="preferences"),
        pytest.param("PREFERENCES", None, STOPPED, "preferences", id="preferences after stop"),
        pytest.param("UNSURE", None, STARTED, "unsure", id="unsure"),
        pytest.param("UNSURE", None, STOPPED, None, id="unsure after stop"),
        pytest.param("NONE", None, STARTED, None, id="about something else"),
    ],
)
def test_one_reply_per_change(
    command: str, topic: str | None, before: Preferences, expected: str | None
) -> None:
    kind = reply_to(event_of(command, topic), before)

    assert kind == (ReplyKind(expected) if expected else None)


@pytest.mark.parametrize("command", [one.value for one in Command])
@pytest.mark.parametrize("topic", [None, "offers"])
def test_a_replayed_event_earns_no_reply(command: str, topic: str | None) -> None:
    transition = Transition(STARTED, STARTED, Outcome.REPLAYED)

    assert choose_reply(event_of(command, topic), transition) is None


@pytest.mark.parametrize("command", ["STOP", "START", "PAUSE", "RESUME"])
def test_an_event_older_than_what_stands_earns_no_reply(command: str) -> None:
    newer = preferences_after(event_of("STOP", minute=5), event_of("PAUSE", minute=5))

    event = event_of(command)
    transition = apply_event(newer, event, NOON)

    assert transition.outcome is Outcome.STALE
    assert choose_reply(event, transition) is None


@pytest.mark.parametrize("source", [Source.PLATFORM, Source.API, Source.OPERATOR, Source.LINK])
@pytest.mark.parametrize("command", ["STOP", "START", "HELP", "RESUME"])
def test_only_the_chat_is_answered(source: Source, command: str) -> None:
    assert reply_to(event_of(command, source=source), STOPPED_PAUSED) is None


def test_an_event_without_a_command_earns_no_reply() -> None:
    event = replace(event_of("HELP"), command=None, settings={"whatsapp_marketing": "stopped"})

    assert reply_to(event, STARTED) is None


def test_a_late_start_that_ends_a_pause_under_a_newer_stop_welcomes_nobody() -> None:
    before = preferences_after(event_of("PAUSE", minute=-5), event_of("STOP", minute=5))

    event = event_of("START")
    transition = apply_event(before, event, NOON)

    assert transition.outcome is Outcome.APPLIED
    assert transition.after.messages == "opted_out"
    assert choose_reply(event, transition) is None
