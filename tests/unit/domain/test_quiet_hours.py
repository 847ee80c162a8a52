"""Quiet hours by the clock on the wall: nights, weekdays, holidays, and clocks that change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Category, Policy, Topic
from app.domain.permission import Permission, Purpose, Reason, may_send
from app.domain.preferences import Preferences
from app.domain.quiet_hours import SEARCHED, Quiet, find_quiet, moment_of, rules_for
from app.domain.quiet_rules import QuietRule

BERLIN, LONDON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
NEW_YORK, HONOLULU = ZoneInfo("America/New_York"), ZoneInfo("Pacific/Honolulu")
KOLKATA, LORD_HOWE = ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe")
MARKETING = frozenset({Category.MARKETING.value})
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def rule(begin: float, end: float, **changes: object) -> QuietRule:
    """Return a rule by hours of the day."""
    made = QuietRule(MARKETING, round(begin * 60), round(end * 60))
    return replace(made, **changes)  # type: ignore[arg-type]


NIGHT = rule(20, 32)
SUNDAY = rule(0, 24, weekdays=frozenset({6}), holidays=True)
FRIDAY_NIGHT = rule(22, 31, weekdays=frozenset({4}))
# Good Friday, Easter Sunday is no holiday of the table, Easter Monday.
EASTER = {date(2026, 4, 3), date(2026, 4, 6)}


def at(text: str, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def quiet(rules: list[QuietRule], now: datetime, *zones: ZoneInfo) -> Quiet | None:
    return find_quiet(rules, zones=zones or (BERLIN,), is_holiday=EASTER.__contains__, now=now)


CASES = [
    pytest.param([NIGHT], "2026-06-10 19:59", None, id="before the night"),
    pytest.param([NIGHT], "2026-06-10 20:00", "2026-06-11 08:00", id="the night begins"),
    pytest.param([NIGHT], "2026-06-11 00:00", "2026-06-11 08:00", id="midnight"),
    pytest.param([NIGHT], "2026-06-11 07:59", "2026-06-11 08:00", id="early"),
    pytest.param([NIGHT], "2026-06-11 08:00", None, id="the night is over"),
    pytest.param([rule(12, 14)], "2026-06-11 13:00", "2026-06-11 14:00", id="noon"),
    pytest.param([], "2026-06-11 03:00", None, id="no rule"),
    pytest.param([FRIDAY_NIGHT], "2026-06-12 21:59", None, id="Friday evening"),
    pytest.param([FRIDAY_NIGHT], "2026-06-13 06:00", "2026-06-13 07:00", id="it is Friday's"),
    pytest.param([FRIDAY_NIGHT], "2026-06-12 06:00", None, id="not Thursday's"),
    pytest.param([SUNDAY], "2026-06-14 12:00", "2026-06-15 00:00", id="Sunday"),
    pytest.param([SUNDAY], "2026-06-13 23:59", None, id="Saturday"),
    pytest.param(
        [SUNDAY, NIGHT], "2026-06-13 21:00", "2026-06-15 08:00", id="night, Sunday, night"
    ),
    pytest.param([SUNDAY], "2026-04-03 10:00", "2026-04-04 00:00", id="Good Friday"),
    pytest.param([SUNDAY], "2026-04-05 10:00", "2026-04-07 00:00", id="Sunday and a holiday"),
    pytest.param([SUNDAY, NIGHT], "2026-04-02 22:00", "2026-04-04 08:00", id="into a holiday"),
    pytest.param(
        [replace(SUNDAY, holidays=False)], "2026-04-06 10:00", None, id="holidays not asked for"
    ),
    pytest.param(
        [rule(18, 30, weekdays=frozenset(), holidays=True)],
        "2026-04-07 05:00",
        "2026-04-07 06:00",
        id="the night after a holiday",
    ),
    # 29 March 2026: 02:00 → 03:00. 25 October 2026: 03:00 → 02:00.
    pytest.param([NIGHT], "2026-03-28 22:00", "2026-03-29 08:00", id="the shorter night"),
    pytest.param([NIGHT], "2026-10-24 22:00", "2026-10-25 08:00", id="the longer night"),
    pytest.param([rule(22, 26.5)], "2026-03-29 01:59", "2026-03-29 03:00", id="ends in the gap"),
    pytest.param([rule(2.5, 6)], "2026-03-29 01:59", None, id="before it begins in the gap"),
    pytest.param([rule(2.5, 6)], "2026-03-29 03:00", "2026-03-29 06:00", id="begins in the gap"),
]


@pytest.mark.parametrize(("rules", "now", "until"), CASES)
def test_quiet_hours_of_one_zone(rules: list[QuietRule], now: str, until: str | None) -> None:
    assert quiet(rules, at(now, BERLIN)) == (Quiet(at(until, BERLIN)) if until else None)


def test_an_hour_that_comes_twice_is_quiet_both_times() -> None:
    until_half_past, from_half_past = [rule(22, 26.5)], [rule(2.5, 6)]
    second = at("2026-10-25 02:30", BERLIN, fold=1)

    assert quiet(until_half_past, at("2026-10-25 02:29", BERLIN)) == Quiet(second)
    assert quiet(until_half_past, at("2026-10-25 02:45", BERLIN)) == Quiet(second)
    assert quiet(until_half_past, second) is None
    assert quiet(from_half_past, at("2026-10-25 02:15", BERLIN)) is None
    assert quiet(from_half_past, at("2026-10-25 02:15", BERLIN, fold=1)) == Quiet(
        at("2026-10-25 06:00", BERLIN)
    )


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-06-10 19:59", None, id="day in both"),
        pytest.param("2026-06-10 20:00", "2026-06-11 14:00", id="night in New York"),
        # 08:00 in New York is 02:00 in Honolulu.
        pytest.param("2026-06-11 09:00", "2026-06-11 14:00", id="still night in Honolulu"),
        pytest.param("2026-06-11 14:00", None, id="morning in Honolulu"),
    ],
)
def test_a_country_is_quiet_while_any_of_its_zones_is(now: str, until: str | None) -> None:
    found = quiet([NIGHT], at(now, NEW_YORK), NEW_YORK, HONOLULU)

    assert found == (Quiet(at(until, NEW_YORK)) if until else None)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "latest", "moment"),
    [
        pytest.param("2026-06-10", 8, KOLKATA, False, "2026-06-10T02:30", id="half hours"),
        pytest.param("2026-03-29", 2.25, BERLIN, False, "2026-03-29T01:00", id="gap, begin"),
        pytest.param("2026-03-29", 2.25, BERLIN, True, "2026-03-29T01:00", id="gap, end"),
        pytest.param("2026-03-29", 1.5, LONDON, True, "2026-03-29T01:00", id="gap, London"),
        pytest.param("2026-10-25", 2, BERLIN, False, "2026-10-25T00:00", id="twice, first"),
        pytest.param("2026-10-25", 2, BERLIN, True, "2026-10-25T01:00", id="twice, last"),
        pytest.param("2026-10-24", 26, BERLIN, True, "2026-10-25T01:00", id="of the day before"),
        # Lord Howe moves its clocks by half an hour.
        pytest.param("2026-10-04", 2.25, LORD_HOWE, True, "2026-10-03T15:30", id="a short gap"),
    ],
)
def test_when_a_clock_shows_a_time(
    day: str, hour: float, zone: ZoneInfo, latest: bool, moment: str
) -> None:
    found = moment_of(date.fromisoformat(day), round(hour * 60), zone, latest=latest)

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_hours_that_never_end_say_no_time() -> None:
    assert quiet([rule(0, 24)], NOW) == Quiet(None)
    assert quiet([rule(8, 32)], NOW) == Quiet(None)
    assert quiet([rule(0, 12), rule(12, 24)], NOW) == Quiet(None)


RULES = st.lists(
    st.builds(
        lambda begin, length, weekdays, holidays: QuietRule(
            MARKETING, begin, begin + length, weekdays=weekdays, holidays=holidays
        ),
        st.integers(0, 1439),
        st.integers(1, 1440),
        st.frozensets(st.integers(0, 6)),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
ZONES = st.sampled_from([BERLIN, LONDON, NEW_YORK, HONOLULU, KOLKATA, LORD_HOWE])
# Around the changes of the clocks and far from them.
MOMENTS = st.one_of(
    st.sampled_from(
        [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
    ).flatmap(
        lambda start: st.integers(0, 3 * 1440).map(lambda one: start + timedelta(minutes=one))
    ),
    st.integers(0, 400 * 1440).map(lambda one: NOW + timedelta(minutes=one)),
)


@given(RULES, st.lists(ZONES, min_size=1, max_size=3), MOMENTS)
def test_until_is_the_first_moment_that_is_not_quiet(
    rules: list[QuietRule], zones: list[ZoneInfo], now: datetime
) -> None:
    found = quiet(rules, now, *zones)

    if found is None or found.until is None:
        return
    assert now < found.until <= now + SEARCHED
    assert quiet(rules, found.until, *zones) is None
    # Quiet all the way, with no gap that somebody could have been written to in.
    step = (found.until - now) / 7
    for moment in (*(now + step * one for one in range(7)), found.until - timedelta(minutes=1)):
        if moment >= now:
            assert quiet(rules, moment, *zones) == found


def says_the_wall(rules: list[QuietRule], zone: ZoneInfo, now: datetime) -> bool:
    """Say by the face of the clock alone whether it is quiet; another way than the code's."""
    wall = now.astimezone(zone)
    today, minute = wall.date(), wall.hour * 60 + wall.minute

    def is_of(one: QuietRule, day: date) -> bool:
        return day.weekday() in one.weekdays or (one.holidays and day in EASTER)

    return any(
        (is_of(one, today) and one.begin <= minute < one.end)
        or (is_of(one, today - timedelta(days=1)) and minute + 1440 < one.end)
        for one in rules
    )


@given(RULES, st.sampled_from([KOLKATA, HONOLULU]), MOMENTS)
def test_without_changes_of_the_clock_it_is_what_the_wall_says(
    rules: list[QuietRule], zone: ZoneInfo, now: datetime
) -> None:
    assert (quiet(rules, now, zone) is not None) == says_the_wall(rules, zone, now)


@given(RULES, ZONES, MOMENTS)
def test_whenever_the_wall_says_quiet_it_is(
    rules: list[QuietRule], zone: ZoneInfo, now: datetime
) -> None:
    if says_the_wall(rules, zone, now):
        assert quiet(rules, now, zone) is not None


OFFERS = Topic("offers", Category.MARKETING)


def test_rules_are_about_countries_categories_and_what_is_not_essential() -> None:
    everywhere, german = NIGHT, replace(SUNDAY, countries=frozenset({"DE"}))
    codes = replace(NIGHT, categories=frozenset({"authentication"}), essential=True)

    def find(country: str | None, topic: Topic) -> list[QuietRule]:
        return rules_for((everywhere, german, codes), country, topic)

    assert find("DE", OFFERS) == [everywhere, german]
    assert find("FR", OFFERS) == [everywhere]
    assert find(None, OFFERS) == [everywhere]
    assert find("DE", replace(OFFERS, essential=True)) == []
    assert find("DE", Topic("orders", Category.UTILITY)) == []
    assert find("DE", Topic("codes", Category.AUTHENTICATION, essential=True)) == [codes]


def test_the_gate_refuses_with_the_time_and_lets_replies_through() -> None:
    until = NOW + timedelta(hours=8)

    def ask(purpose: Purpose, messages: str = "opted_in") -> Permission:
        return may_send(
            Preferences(),
            Topic("orders", Category.UTILITY),
            channel="whatsapp",
            purpose=purpose,
            now=NOW,
            last_message_at=NOW - timedelta(hours=1),
            policy=Policy(),
            quiet=Quiet(until),
        )

    assert ask(Purpose.BUSINESS) == Permission(
        allowed=False, reason=Reason.QUIET_HOURS, until=until
    )
    assert ask(Purpose.REPLY).allowed
