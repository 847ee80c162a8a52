"""Caps: how they are written, read, and replaced by a newer one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import Event, Source
from app.domain.frequency import (
    DAILY,
    MONTHLY,
    MOST,
    WEEKLY,
    Cap,
    Period,
    is_cap,
    parse_cap,
    register_of,
    topic_of,
)
from app.domain.holds import hold_scope
from app.domain.preferences import Preferences, apply_event
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123")


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("1/day", DAILY),
        ("1/week", WEEKLY),
        ("12/month", Cap(12, Period.MONTH)),
        ("99/day", Cap(MOST, Period.DAY)),
        ("weekly", WEEKLY),
        (" Weekly Digest ", WEEKLY),
        ("MONTHLY", MONTHLY),
        ("0/day", None),
        ("100/day", None),
        ("-1/day", None),
        ("1/year", None),
        ("1 / week", None),
        ("١/week", None),
        ("1/week\n", None),
        ("", None),
        ("any", None),
        (None, None),
        (1, None),
        (["1/day"], None),
    ],
)
def test_a_cap_is_read_as_it_is_written(text: object, cap: Cap | None) -> None:
    assert parse_cap(text) == cap


@given(st.integers(1, MOST), st.sampled_from(Period))
def test_what_is_written_is_read_back(most: int, period: Period) -> None:
    assert parse_cap(str(Cap(most, period))) == Cap(most, period)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert parse_cap(text) is None or isinstance(parse_cap(text), Cap)


def test_each_topic_has_a_register_and_so_has_everything() -> None:
    assert (register_of(None), register_of("offers")) == ("frequency", "frequency.offers")
    assert (topic_of("frequency"), topic_of("frequency.offers")) == (None, "offers")
    assert is_cap("frequency")
    assert is_cap("frequency.offers")
    assert not is_cap("topics.frequency")
    assert not is_cap("frequencyx")


def event(at: datetime, **settings: RegisterValue) -> Event:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return Event(f"{at:%H%M%S}".ljust(32, "0"), ADA, Source.BUTTON, at, at, named)


def test_a_newer_cap_replaces_an_older_one_even_if_it_allows_more() -> None:
    said = [
        event(NOON, frequency="1/week", frequency__offers="1/day"),
        event(NOON + timedelta(seconds=5), frequency="9/day"),
        event(NOON + timedelta(seconds=9), frequency__offers=None),
    ]

    for order in (said, said[::-1]):
        preferences = Preferences()
        for one in order:
            preferences = apply_event(preferences, one, NOON).after
        assert preferences.caps == {"": Cap(9, Period.DAY)}


def test_a_cap_holds_what_it_is_about() -> None:
    assert hold_scope(event(NOON, frequency__offers="1/week")) == "offers"
    assert hold_scope(event(NOON, frequency="1/week")) == "*"
    assert hold_scope(event(NOON, frequency=None)) is None
    assert hold_scope(event(NOON, channel="none")) == "*"


def test_a_change_that_expects_another_revision_is_refused() -> None:
    first = event(NOON, frequency="1/week")
    before = apply_event(Preferences(), first, NOON).after
    late = Event(
        "a" * 32, ADA, Source.API, NOON, NOON, {"messages": "opted_in"}, expected_revision=0
    )

    refused = apply_event(before, late, NOON)

    assert refused.outcome == "refused"
    assert refused.after == before
