"""Order and repetition do not matter, and only START lifts STOP."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Policy
from app.domain.channels import Channel
from app.domain.commands import ANSWERED, Command, settings_of
from app.domain.events import (
    Event,
    Source,
    event_from_json,
    event_id_of,
    event_to_json,
    settle_clock,
)
from app.domain.preferences import Outcome, Preferences, apply_event, join
from app.domain.preferences_json import preferences_from_json, preferences_to_json
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.domain.times import to_milliseconds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123")
POLICY = Policy()


def event(
    command: Command,
    at: datetime = NOON,
    *,
    topic: str | None = None,
    days: int | None = None,
    source: Source = Source.KEYWORD,
    event_id: str | None = None,
    settings: dict[str, str | bool | int | None] | None = None,
) -> Event:
    chosen = settings_of(command, topic=topic, days=days, occurred_at=at, policy=POLICY)
    return Event(
        id=event_id or event_id_of(command, str(topic), str(days), at.isoformat()),
        recipient=ADA,
        source=source,
        occurred_at=at,
        received_at=at,
        settings=chosen if settings is None else settings,
        command=command,
        topic=topic,
    )


def apply_all(events: list[Event], preferences: Preferences | None = None) -> Preferences:
    current = preferences or Preferences()
    for one in events:
        current = apply_event(current, one, one.received_at).after
    return current


def values(preferences: Preferences) -> dict[str, object]:
    return {name: (one.value, one.stamp) for name, one in preferences.registers.items()}


commands = st.sampled_from(
    [
        (Command.STOP, None),
        (Command.STOP, "offers"),
        (Command.STOP, "marketing"),
        (Command.START, None),
        (Command.START, "offers"),
        (Command.START, "marketing"),
        (Command.PAUSE, None),
        (Command.RESUME, None),
        (Command.HELP, None),
        (Command.UNSURE, None),
    ],
)
platform = st.sampled_from(["stopped", "allowed"])
# What lists, words such as "weekly", forms and the API set beside the commands.
CHOICES: list[dict[str, RegisterValue]] = [
    {"frequency": "1/week", **ANSWERED},
    {"frequency": "9/day"},
    {"frequency": None, **ANSWERED},
    {"frequency.offers": "1/month"},
    {"frequency.offers": None},
    *({"channel": channel.value, **ANSWERED} for channel in Channel),
    {"topics.offers": False, "topics.news": False, "topics.orders": True, **ANSWERED},
    {"topics.marketing": False, "frequency": "1/week", "channel": "none"},
    {"messages": "opted_out", "topics.offers": True},
    dict(ANSWERED),
]
choices = st.sampled_from(CHOICES)


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    at = NOON + timedelta(milliseconds=draw(st.integers(0, 4_000)))
    event_id = f"{draw(st.integers(0, 2**64)):032x}"
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return Event(event_id, ADA, Source.PLATFORM, at, at, {"whatsapp_marketing": draw(platform)})
    if kind <= 3:
        source = draw(st.sampled_from([Source.BUTTON, Source.KEYWORD, Source.FLOW, Source.API]))
        return Event(event_id, ADA, source, at, at, draw(choices))
    command, topic = draw(commands)
    source = draw(st.sampled_from([Source.KEYWORD, Source.BUTTON, Source.API, Source.OPERATOR]))
    days = draw(st.integers(1, 5))
    return event(command, at, topic=topic, days=days, source=source, event_id=event_id)


@given(st.lists(any_event(), max_size=8, unique_by=lambda one: one.id), st.randoms())
def test_every_order_and_every_repetition_ends_the_same(
    events: list[Event], random: object
) -> None:
    expected = apply_all(events)
    shuffled = [*events, *events[::2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert values(apply_all(shuffled)) == values(expected)


@given(st.lists(any_event(), max_size=8, unique_by=lambda one: one.id), st.integers(0, 8))
def test_two_records_of_one_person_join_to_what_one_would_be(events: list[Event], cut: int) -> None:
    ours, theirs = apply_all(events[:cut]), apply_all(events[cut:])

    assert values(join(ours, theirs)) == values(apply_all(events))
    assert values(join(theirs, ours)) == values(join(ours, theirs))
    assert values(join(ours, ours)) == values(ours)


@given(st.lists(any_event(), max_size=8, unique_by=lambda one: one.id))
def test_only_start_lifts_stop(events: list[Event]) -> None:
    stopped = apply_all([event(Command.STOP, NOON + timedelta(seconds=1))])
    others = [one for one in events if one.settings.get("messages") != "opted_in"]

    assert apply_all(others, stopped).messages == "opted_out"


@given(st.lists(any_event(), max_size=8, unique_by=lambda one: one.id))
def test_a_repeated_event_changes_nothing(events: list[Event]) -> None:
    current = apply_all(events)

    for one in events:
        assert apply_event(current, one, NOON).outcome in {Outcome.STALE, Outcome.UNCHANGED}
        assert values(apply_event(current, one, NOON).after) == values(current)


def test_stop_wins_over_start_with_the_same_second() -> None:
    stop, start = event(Command.STOP), event(Command.START)

    for order in itertools.permutations([stop, start]):
        assert apply_all(list(order)).messages == "opted_out"


def test_a_later_start_lifts_stop_and_pause_and_leaves_topics_that_were_turned_off() -> None:
    said = [
        event(Command.STOP),
        event(Command.PAUSE, NOON + timedelta(seconds=1)),
        event(Command.STOP, NOON + timedelta(seconds=2), topic="offers"),
        event(Command.START, NOON + timedelta(seconds=3)),
    ]

    preferences = apply_all(said)

    assert preferences.messages == "opted_in"
    assert preferences.paused_until(NOON + timedelta(seconds=4)) is None
    assert preferences.topic_choice("offers", "marketing") is False


def test_start_of_a_topic_does_not_lift_stop() -> None:
    preferences = apply_all(
        [event(Command.STOP), event(Command.START, NOON + timedelta(hours=1), topic="offers")]
    )

    assert preferences.messages == "opted_out"
    assert preferences.topic_choice("offers", "marketing") is True


def test_a_pause_ends_by_time_and_counts_from_the_persons_moment() -> None:
    preferences = apply_all([event(Command.PAUSE, days=7)])
    end = NOON + timedelta(days=7)

    assert preferences.paused_until(end - timedelta(milliseconds=1)) == end
    assert preferences.paused_until(end) is None


@pytest.mark.parametrize(("asked", "given_days"), [(None, 30), (1, 1), (0, 30), (999, 365)])
def test_a_pause_lasts_within_the_bounds(asked: int | None, given_days: int) -> None:
    settings = settings_of(Command.PAUSE, topic=None, days=asked, occurred_at=NOON, policy=POLICY)

    assert settings["paused_until"] == to_milliseconds(NOON + timedelta(days=given_days))


def test_the_latest_word_decides_between_a_topic_and_its_category() -> None:
    off = event(Command.STOP, topic="marketing")
    on = event(Command.START, NOON + timedelta(seconds=5), topic="offers")

    preferences = apply_all([on, off])

    assert preferences.topic_choice("offers", "marketing") is True
    assert preferences.topic_choice("news", "marketing") is False
    assert preferences.topic_choice("orders", "utility") is None


def test_outcomes_tell_a_change_from_a_repetition_and_from_an_old_word() -> None:
    first = apply_event(Preferences(), event(Command.STOP), NOON)
    again = apply_event(first.after, event(Command.STOP, NOON + timedelta(seconds=9)), NOON)
    late = event(Command.START, NOON - timedelta(days=1), settings={"messages": "opted_in"})
    old = apply_event(first.after, late, NOON)
    asked = apply_event(first.after, event(Command.HELP), NOON)

    assert first.outcome is Outcome.APPLIED
    assert first.after.revision == 1
    assert first.after.updated_at == NOON
    assert again.outcome is Outcome.UNCHANGED
    assert again.after.revision == 1
    assert old.outcome is Outcome.STALE
    assert asked.outcome is Outcome.UNCHANGED


def test_a_pause_tapped_twice_is_one_change_and_a_longer_one_is_another() -> None:
    first = apply_all([event(Command.PAUSE, days=7)])
    again = apply_event(first, event(Command.PAUSE, NOON + timedelta(seconds=4), days=7), NOON)
    longer = apply_event(first, event(Command.PAUSE, NOON + timedelta(seconds=4), days=8), NOON)

    assert again.outcome is Outcome.UNCHANGED
    assert longer.outcome is Outcome.APPLIED


def test_the_language_of_a_late_word_is_kept_and_changes_nothing() -> None:
    spoken = event(Command.HELP, settings={"language": "pt"})

    transition = apply_event(Preferences(), spoken, NOON)

    assert transition.outcome is Outcome.UNCHANGED
    assert transition.after.value("language") == "pt"


def test_a_time_far_ahead_counts_as_the_time_we_received_it() -> None:
    assert settle_clock(NOON + timedelta(minutes=6), NOON) == NOON
    assert settle_clock(NOON + timedelta(minutes=5), NOON) == NOON + timedelta(minutes=5)
    assert settle_clock(NOON - timedelta(days=6), NOON) == NOON - timedelta(days=6)


def test_a_switch_of_whatsapps_own_never_lifts_a_stop() -> None:
    resume = Event("a" * 32, ADA, Source.PLATFORM, NOON, NOON, {"whatsapp_marketing": "allowed"})

    preferences = apply_all([event(Command.STOP, NOON - timedelta(days=1)), resume])

    assert preferences.messages == "opted_out"
    assert preferences.value("whatsapp_marketing") == "allowed"


@given(st.lists(any_event(), max_size=5))
def test_what_is_stored_is_read_back_the_same(events: list[Event]) -> None:
    preferences = apply_all(events)

    assert preferences_from_json(preferences_to_json(preferences)) == preferences
    for one in events:
        assert event_from_json(event_to_json(one)).settings == one.settings


def test_an_event_keeps_the_former_identity() -> None:
    moved = Event("a" * 32, ADA, Source.LINK, NOON, NOON, previous=Recipient(wa_id="447700900777"))

    assert event_from_json(event_to_json(moved)) == moved
