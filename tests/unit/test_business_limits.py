"""Caps and quiet hours of business.toml."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.frequency import Cap, Period
from config.business import load_business
from config.settings import SettingsError

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
