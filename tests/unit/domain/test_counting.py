"""Counting against caps: which hold, when there is a place again, and that none is exceeded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Category, Policy, Topic
from app.domain.caps import (
    DURATIONS,
    RETURNABLE,
    Reservation,
    Window,
    free_at,
    is_returnable,
    reservation_id,
    scopes_of,
    windows_of,
)
from app.domain.frequency import Cap, Period
from app.domain.permission import Permission, Purpose, Reason, may_send
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.times import from_milliseconds, to_milliseconds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFERS = Topic("offers", Category.MARKETING)
ORDERS = Topic("orders", Category.UTILITY)
WEEKLY = Cap(1, Period.WEEK)
DAILY = Cap(2, Period.DAY)


def ago(hours: float) -> int:
    return to_milliseconds(NOW - timedelta(hours=hours))


def test_the_caps_of_everything_of_the_category_and_of_the_topic_hold_together() -> None:
    caps = {"": DAILY, "marketing": WEEKLY, "offers": DAILY, "news": WEEKLY}
    policy = Policy(caps={"all": (WEEKLY,), "marketing": (DAILY, WEEKLY), "utility": (DAILY,)})

    assert windows_of(caps, OFFERS, policy) == (
        Window("all", DAILY),
        Window("all", WEEKLY),
        Window("marketing", WEEKLY),
        Window("marketing", DAILY),
        Window("offers", DAILY),
    )
    assert windows_of({}, ORDERS, policy) == (Window("all", WEEKLY), Window("utility", DAILY))
    assert windows_of({}, OFFERS, Policy()) == ()


def test_a_message_of_a_category_alone_is_counted_once_in_it() -> None:
    assert scopes_of(Topic("marketing", Category.MARKETING)) == ("all", "marketing")


@pytest.mark.parametrize(
    "topic",
    [
        replace(ORDERS, essential=True),
        Topic("codes", Category.AUTHENTICATION),
        Topic("authentication", Category.AUTHENTICATION),
    ],
    ids=lambda topic: topic.id,
)
def test_essential_topics_and_authentication_fit_into_no_cap(topic: Topic) -> None:
    assert windows_of({"": WEEKLY}, topic, Policy(caps={"all": (WEEKLY,)})) == ()


@pytest.mark.parametrize(
    ("cap", "hours", "wait"),
    [
        pytest.param(WEEKLY, [], None, id="nothing yet"),
        pytest.param(WEEKLY, [167], 1, id="an hour short of a week"),
        pytest.param(WEEKLY, [168], None, id="a week to the moment"),
        pytest.param(DAILY, [1], None, id="one of two"),
        pytest.param(DAILY, [1, 3], 21, id="the older leaves first"),
        pytest.param(DAILY, [3, 1], 21, id="in any order"),
        pytest.param(DAILY, [1, 2, 3, 4], 22, id="a cap that was lowered"),
        pytest.param(Cap(1, Period.MONTH), [31 * 24 - 1], 1, id="the longest month"),
        pytest.param(WEEKLY, [-1], 169, id="another machine's clock is ahead"),
    ],
)
def test_when_there_is_a_place_again(cap: Cap, hours: list[float], wait: int | None) -> None:
    until = free_at([Window("all", cap)], {"all": [ago(one) for one in hours]}, NOW)

    assert until == (None if wait is None else NOW + wait * HOUR)


def test_the_fullest_window_says_when() -> None:
    windows = [Window("all", DAILY), Window("offers", WEEKLY)]

    assert free_at(windows, {"all": [ago(1), ago(2)], "offers": [ago(48)]}, NOW) == NOW + 120 * HOUR
    assert free_at(windows, {"all": [ago(1), ago(2)]}, NOW) == NOW + 22 * HOUR
    assert free_at(windows, {"news": [ago(1)] * 9}, NOW) is None


CAPS = st.builds(Cap, st.integers(1, 4), st.sampled_from(Period))
WINDOWS = st.lists(
    st.builds(Window, st.sampled_from(["all", "offers", "news"]), CAPS), min_size=1, max_size=4
)
STEPS = st.lists(st.integers(0, 40 * 3_600_000), max_size=40)


@given(WINDOWS, STEPS)
def test_whoever_sends_only_into_a_free_place_exceeds_no_cap(
    windows: list[Window], steps: list[int]
) -> None:
    at, sent = 0, {scope: list[int]() for scope in ("all", "offers", "news")}
    for step in steps:
        at += step
        if free_at(windows, sent, from_milliseconds(at)) is None:
            for scope in {window.scope for window in windows}:
                sent[scope].append(at)

    for window in windows:
        for start in sent[window.scope]:
            end = start + window.milliseconds
            assert sum(start <= one < end for one in sent[window.scope]) <= window.cap.most


@given(WINDOWS, st.lists(st.integers(-90 * 24 * 3_600_000, 60_000), max_size=12))
def test_until_is_the_first_moment_with_a_place(windows: list[Window], ages: list[int]) -> None:
    moments = [to_milliseconds(NOW) + age for age in ages]
    sent = {"all": moments, "offers": moments[::2], "news": moments[1::2]}

    until = free_at(windows, sent, NOW)

    if until is not None:
        assert until > NOW
        assert free_at(windows, sent, until) is None
        assert free_at(windows, sent, until - timedelta(milliseconds=1)) is not None


def test_no_calendar_period_is_longer_than_its_window() -> None:
    assert DURATIONS[Period.MONTH] >= timedelta(days=31)
    assert DURATIONS[Period.WEEK] >= timedelta(days=7)


def ask(caps: dict[str, str], sent: dict[str, list[int]], **question: object) -> Permission:
    registers = {"messages": "opted_in", **caps}
    return may_send(
        Preferences({name: Register(one, Stamp(1, False, "x")) for name, one in registers.items()}),
        OFFERS,
        channel="whatsapp",
        purpose=Purpose(str(question.get("purpose", "business"))),
        now=NOW,
        last_message_at=NOW - HOUR,
        policy=Policy(),
        sent=sent,
    )


def test_the_gate_refuses_with_the_time_and_lets_replies_through() -> None:
    caps, sent = {"frequency": "1/day"}, {"all": [ago(1)]}

    assert ask(caps, sent) == Permission(
        allowed=False, reason=Reason.CAP_REACHED, until=NOW + 23 * HOUR
    )
    assert ask(caps, sent, purpose="reply").allowed
    assert ask(caps, {}).allowed
    assert ask({"frequency.news": "1/day"}, sent).allowed
    assert ask({**caps, "messages": "opted_out"}, sent).reason is Reason.OPTED_OUT


def test_a_place_is_given_back_within_a_day_and_a_made_up_text_never() -> None:
    ours = reservation_id(NOW, "abc-def")

    assert is_returnable(ours, NOW + RETURNABLE - timedelta(seconds=1))
    assert not is_returnable(ours, NOW + RETURNABLE)
    for text in (
        "",
        "-",
        "x-y",
        "1",
        "-1-a",
        "f" * 60 + "-a",
        f"{ago(1):x}-",
        f"{ago(1):x}-\ud800",
        f"\u0661{ago(1):x}-a",
    ):
        assert not is_returnable(text, NOW)


def test_a_reservation_names_nobody_when_it_is_printed() -> None:
    assert "4477" not in repr(Reservation("wa.447700900123", "1-x", ("all",)))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert is_returnable(text, NOW) in {True, False}
