"""Quiet hours at the gate: by the country of the number, with the tables of clocks and holidays."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest

from app.calendars import has_holidays, is_country, is_holiday, zones_of
from app.countries import country_of
from app.domain.frequency import Cap, Period
from app.domain.permission import Permission, Reason
from app.domain.quiet_rules import QuietRule
from app.domain.recipients import parse_recipient
from app.gate import Gate
from app.runtime import Runtime
from app.usecases.check import STRICTEST_TOPIC
from app.usecases.quiet import QuietHours
from tests.meta.tree import ROOT

NIGHT = QuietRule(frozenset({"marketing", "utility"}), 20 * 60, 32 * 60)
HOLIDAYS = QuietRule(
    frozenset({"utility"}), 0, 1440, frozenset({"DE", "IN"}), frozenset({6}), holidays=True
)
GERMAN, INDIAN, AMERICAN = "+4915123456789", "+919876543210", "+12125550123"
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def ask(
    runtime: Runtime, recipient: str, now: datetime, *rules: QuietRule, topic: str = "orders"
) -> Permission:
    quiet = QuietHours(
        rules or (NIGHT,), country_of=country_of, zones_of=zones_of, is_holiday=is_holiday
    )
    gate = Gate(replace(runtime.checker, find_quiet=quiet), lambda: now)
    return gate.may_send(recipient, topic)


@pytest.mark.parametrize(
    ("recipient", "hour", "until"),
    [
        pytest.param(GERMAN, 12, None, id="14:00 in Germany"),
        pytest.param(GERMAN, 18, 30, id="20:00 in Germany"),
        pytest.param(INDIAN, 12, None, id="17:30 in India"),
        pytest.param(INDIAN, 14.5, 26.5, id="20:00 in India"),
        # Eleven time zones: morning in New York is deep night in Honolulu.
        pytest.param(AMERICAN, 14, 18, id="10:00 in New York, 04:00 in Honolulu"),
        pytest.param(AMERICAN, 18, None, id="08:00 in Honolulu, 14:00 in New York"),
        pytest.param("DE.1234567890", 18, 30, id="a BSUID tells the country"),
        pytest.param("+38344123456", 18, 30, id="20:00 in Kosovo, which ISO 3166 does not have"),
        pytest.param("+87077312345", 19, None, id="a satellite's number, by UTC"),
        pytest.param("+87077312345", 20, 32, id="a satellite's night, by UTC"),
    ],
)
def test_the_clock_is_the_persons(
    runtime: Runtime, recipient: str, hour: float, until: float | None
) -> None:
    midnight = NOON.replace(hour=0)

    permission = ask(runtime, recipient, midnight + timedelta(hours=hour))

    assert permission.until == (None if until is None else midnight + timedelta(hours=until))
    assert permission.reason == (None if until is None else Reason.QUIET_HOURS)


def test_holidays_are_those_of_the_country(runtime: Runtime) -> None:
    unity = datetime(2025, 10, 3, 10, tzinfo=UTC)

    assert ask(runtime, GERMAN, unity, HOLIDAYS).until == datetime(2025, 10, 3, 22, tzinfo=UTC)
    assert ask(runtime, INDIAN, unity, HOLIDAYS).allowed
    assert ask(runtime, INDIAN, unity - timedelta(days=1), HOLIDAYS).reason is Reason.QUIET_HOURS
    assert ask(runtime, AMERICAN, unity, HOLIDAYS).allowed


def test_exempt_is_what_no_rule_lists(runtime: Runtime) -> None:
    night = NOON.replace(hour=23)

    assert ask(runtime, GERMAN, night, topic="authentication").allowed
    assert not ask(
        runtime,
        GERMAN,
        night,
        replace(NIGHT, categories=frozenset({"authentication"})),
        topic="authentication",
    ).allowed


def test_until_is_told_to_the_minute_whatever_the_second(runtime: Runtime) -> None:
    late = datetime(2026, 6, 11, 5, 59, 59, 999_000, tzinfo=UTC)

    assert ask(runtime, GERMAN, late).until == late + timedelta(milliseconds=1)
    assert ask(runtime, GERMAN, late + timedelta(milliseconds=1)).allowed


def test_no_place_is_taken_while_it_is_quiet(runtime: Runtime) -> None:
    quiet = QuietHours((NIGHT,), country_of=country_of, zones_of=zones_of, is_holiday=is_holiday)
    policy = replace(runtime.business.policy, caps={"all": (Cap(1, Period.WEEK),)})
    business = replace(runtime.business, policy=policy)
    checker = replace(runtime.checker, find_quiet=quiet, business=business)
    by_night, by_day = Gate(checker, lambda: NOON.replace(hour=23)), Gate(checker, lambda: NOON)

    refused = by_night.may_send(GERMAN, "orders", reserve=True)
    assert (refused.reason, refused.reservation) == (Reason.QUIET_HOURS, None)
    taken = by_day.may_send(GERMAN, "orders", reserve=True)
    assert taken.reservation
    assert by_day.may_send(GERMAN, "orders", reserve=True).reason is Reason.CAP_REACHED
    assert by_day.give_back(taken)
    assert not by_day.give_back(refused)


def test_a_country_is_worked_out_once_a_minute() -> None:
    asked: Counter[str | None] = Counter()

    def count(country: str | None) -> Sequence[tzinfo]:
        asked[country] += 1
        return zones_of(country)

    quiet = QuietHours((NIGHT,), country_of=country_of, zones_of=count, is_holiday=is_holiday)
    for second in range(60):
        for recipient in (GERMAN, INDIAN):
            now = NOON + timedelta(seconds=second)
            assert quiet(parse_recipient(recipient), STRICTEST_TOPIC, now) is None

    assert asked == {"DE": 1, "IN": 1}


def test_the_tables_know_countries() -> None:
    assert [str(zone) for zone in zones_of("GB")] == ["Europe/London"]
    assert len(zones_of("US")) > 20
    assert [str(zone) for zone in zones_of(None)] == ["UTC"]
    assert [str(zone) for zone in zones_of("ZZ")] == ["UTC"]
    assert is_country("GB")
    assert not is_country("UK")
    assert has_holidays("DE")
    assert not has_holidays("ZZ")
    assert not is_holiday("ZZ", date(2026, 12, 25))
    assert not is_holiday(None, date(2026, 12, 25))
    assert is_holiday("DE", date(2026, 12, 25))


def test_nobody_pays_for_holidays_who_has_no_rule_with_them() -> None:
    program = (
        "import sys; from pathlib import Path; from app.gate import Gate\n"
        "gate = Gate.connect('redis://127.0.0.1:9', Path('config/business.toml'))\n"
        "assert 'holidays' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False)

    assert done.returncode == 0
