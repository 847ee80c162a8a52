"""Caps and quiet hours of business.toml, and what of them cannot be meant."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.frequency import Cap, Period
from app.domain.quiet_rules import QuietRule
from config.business import load_business
from config.business_check import judge_business
from config.settings import ROOT, SettingsError

LEAST = 'name = "Shop"\n[[topics]]\nid = "offers"\ncategory = "marketing"\n'
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def save(text: str) -> Path:
        path = tmp_path / "business.toml"
        path.write_text(LEAST + text, encoding="utf-8")
        return path

    return save


def problems_of(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_business(path)
    return caught.value.problems


def test_caps_for_everybody_are_read(write: Write) -> None:
    text = '[policy.caps]\nall = "weekly"\nmarketing = ["1/day", "3/week"]\noffers = "9/month"\n'

    assert load_business(write(text)).policy.caps == {
        "all": (Cap(1, Period.WEEK),),
        "marketing": (Cap(1, Period.DAY), Cap(3, Period.WEEK)),
        "offers": (Cap(9, Period.MONTH),),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[policy]\ncaps = "1/day"', "must be a table"),
        ('[policy.caps]\nparties = "1/day"', "caps for parties"),
        ('[policy.caps]\nall = "1/year"', "caps for all must be"),
        ("[policy.caps]\nall = 3", "caps for all must be"),
        ('[policy.caps]\nall = ["1/day", "100/week"]', "caps for all must be"),
        ("[policy.caps]\nall = []", "caps for all must be"),
    ],
)
def test_caps_that_make_no_sense_are_reported(write: Write, text: str, problem: str) -> None:
    [found] = problems_of(write(text))

    assert problem in found


NIGHT = '[[quiet_hours]]\nfrom = "21:30"\nuntil = "08:00"\n'
SUNDAY = """
[[quiet_hours]]
countries = ["DE", "AT"]
categories = ["marketing", "utility"]
weekdays = ["sun"]
holidays = true
essential = true
from = "00:00"
until = "24:00"
"""


def test_quiet_hours_are_read(write: Write) -> None:
    assert load_business(write(NIGHT + SUNDAY)).quiet_hours == (
        QuietRule(frozenset({"marketing"}), 21 * 60 + 30, 32 * 60),
        QuietRule(
            frozenset({"marketing", "utility"}),
            0,
            24 * 60,
            countries=frozenset({"DE", "AT"}),
            weekdays=frozenset({6}),
            holidays=True,
            essential=True,
        ),
    )


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("00:00", "24:00", (0, 1440)),
        ("00:00", "00:00", (0, 1440)),
        ("24:00", "06:00", (0, 360)),
        ("08:00", "08:00", (480, 1920)),
        ("08:00", "07:59", (480, 1919)),
        ("08:00", "24:00", (480, 1440)),
    ],
)
def test_an_end_no_later_than_the_beginning_is_of_the_next_day(
    write: Write, begin: str, end: str, minutes: tuple[int, int]
) -> None:
    text = f'[[quiet_hours]]\nfrom = "{begin}"\nuntil = "{end}"\n'

    [rule] = load_business(write(text)).quiet_hours

    assert (rule.begin, rule.end) == minutes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("quiet_hours = 1", "[[quiet_hours]]"),
        ("[quiet_hours]\nfrom = 1", "[[quiet_hours]]"),
        ('[[quiet_hours]]\nfrom = "21:00"', "`until` is a time"),
        (NIGHT.replace("21:30", "9pm"), "`from` is a time"),
        (NIGHT.replace("21:30", "25:00"), "`from` is a time"),
        (f"{NIGHT}to = 1", "unknown entries to"),
        (f'{NIGHT}weekdays = ["sunday"]', "weekdays is a list of mon"),
        (f'{NIGHT}weekdays = "sun"', "weekdays is a list of mon"),
        (f"{NIGHT}weekdays = []", "never quiet"),
        (f'{NIGHT}categories = ["offers"]', "categories is a list of marketing"),
        (f'{NIGHT}countries = ["Germany"]', "two capital letters"),
        (f'{NIGHT}countries = "DE"', "two capital letters"),
        (f'{NIGHT}holidays = "yes"', "holidays is true or false"),
        (f"{NIGHT}essential = 1", "essential is true or false"),
    ],
)
def test_quiet_hours_that_make_no_sense_are_reported(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = tmp_path / "business.toml"
    path.write_text(f'name = "Shop"\n{text}\n', encoding="utf-8")

    found = problems_of(path)

    assert any(problem in one for one in found), found


def test_all_problems_are_reported_at_once(write: Write) -> None:
    text = f"{NIGHT.replace('21:30', 'x')}holidays = 1\n{NIGHT}weekdays = [7]\n[policy.caps]\nx = 1"

    assert [one.partition(":")[0] for one in problems_of(write(text))] == [
        "policy",
        "policy",
        "quiet_hours 1",
        "quiet_hours 1",
        "quiet_hours 2",
        "quiet_hours 2",
    ]


MORNING = '[[quiet_hours]]\nfrom = "00:00"\nuntil = "12:00"\n'
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('[policy]\nno_way_back = ["UK"]', "no_way_back of business.toml names UK"),
        (f'{NIGHT}countries = ["DE", "ZZ"]', "quiet_hours of business.toml names ZZ"),
        ('[policy.caps]\nauthentication = "1/day"', "for authentication, which no cap holds back"),
        ('[policy.caps]\nrecalls = "1/day"', "for recalls, which no cap holds back"),
        ('[policy.caps]\nall = ["1/day", "7/week"]', "7/week for all, which nobody can reach"),
        (
            '[policy.caps]\nall = "2/week"\noffers = "3/day"',
            "3/day for offers, which nobody can reach: all has 2/week",
        ),
        ('[policy.caps]\nall = "2/week"\nmarketing = "2/week"', "2/week for marketing"),
        ('[policy.caps]\nmarketing = "1/week"\noffers = "5/month"', "5/month for offers"),
        ('[[quiet_hours]]\nfrom = "08:00"\nuntil = "08:00"', "marketing may not be sent to any"),
        (
            f'{MORNING}countries = ["FR"]\n[[quiet_hours]]\nfrom = "12:00"\nuntil = "24:00"',
            "marketing may not be sent to FR",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(write: Write, text: str, seen: str) -> None:
    recalls = '[[topics]]\nid = "recalls"\ncategory = "utility"\nessential = true\n'

    [finding] = judge_business(load_business(write(recalls + text)), NOW)

    assert seen in finding.seen
    assert finding.level != "ok"


@pytest.mark.parametrize(
    "text",
    [
        "",
        NIGHT,
        SUNDAY,
        '[policy.caps]\nall = ["2/day", "7/week"]\nmarketing = ["1/day", "20/month"]',
        '[policy.caps]\nmarketing = "1/week"\nutility = "1/week"\noffers = "4/month"',
    ],
)
def test_what_can_be_meant_is_well(write: Write, text: str) -> None:
    assert {one.level.value for one in judge_business(load_business(write(text)), NOW)} == {"ok"}


def test_the_examples_of_business_toml_are_sound(tmp_path: Path) -> None:
    """Take the signs of a comment from its examples, as a reader would."""
    text = (ROOT / "config" / "business.toml").read_text(encoding="utf-8")
    examples = ("# [[quiet", "# countries =", "# weekdays =", "# holidays =", "# from", "# until")
    lines = [
        line.removeprefix("# ") if line.startswith((*examples, "# caps =")) else line
        for line in text.splitlines()
    ]
    path = tmp_path / "business.toml"
    path.write_text("\n".join(lines), encoding="utf-8")

    business = load_business(path)

    assert len(business.quiet_hours) == 2
    assert set(business.policy.caps) == {"marketing", "all"}
    assert {one.level.value for one in judge_business(business, NOW)} == {"ok"}
