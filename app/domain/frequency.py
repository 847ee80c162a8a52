"""How often a person may be messaged: at most so many in a day, a week or a month.

A cap is the value of the register `frequency` (over everything) or `frequency.<topic>`, written
"1/week". A newer cap replaces an older one, whether it is looser or stricter.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

OVERALL = "frequency"
"""The register of the cap over everything."""

MOST = 99
"""The loosest cap; who allows more than this a day has no cap."""

_WRITTEN = re.compile(r"([1-9][0-9]?)/(day|week|month)")


class Period(StrEnum):
    """In what time the messages are counted."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` messages in each period."""

    most: int
    period: Period

    def __str__(self) -> str:
        return f"{self.most}/{self.period}"


DAILY, WEEKLY, MONTHLY = (Cap(1, period) for period in Period)

_WORDS = {
    "daily": DAILY,
    "weekly": WEEKLY,
    "monthly": MONTHLY,
    "daily digest": DAILY,
    "weekly digest": WEEKLY,
    "monthly digest": MONTHLY,
}


def parse_cap(text: object) -> Cap | None:
    """Read "3/week", or a word such as "weekly"; None for anything else."""
    if not isinstance(text, str):
        return None
    written = _WRITTEN.fullmatch(text)
    if written:
        return Cap(int(written[1]), Period(written[2]))
    return _WORDS.get(text.strip().casefold())


def register_of(topic: str | None) -> str:
    """Return the register of a topic's cap; None stands for everything."""
    return f"{OVERALL}.{topic}" if topic else OVERALL


def is_cap(register: str) -> bool:
    """Tell whether a register holds a cap."""
    return register.partition(".")[0] == OVERALL


def topic_of(register: str) -> str | None:
    """Return the topic whose cap a register holds; None for the cap over everything."""
    return register.partition(".")[2] or None
