"""What a business says of its quiet hours."""

from dataclasses import dataclass

MINUTES_OF_DAY = 24 * 60
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class QuietRule:
    """One `[[quiet_hours]]` of business.toml.

    No `countries` stands for all. `weekdays` count from Monday, 0. `begin` and `end` are minutes
    after midnight of such a day; `end` is later than `begin`, so it may lie on the next day.
    `holidays` makes a public holiday a day like those; `essential` includes essential topics.
    """

    categories: frozenset[str]
    begin: int
    end: int
    countries: frozenset[str] = frozenset()
    weekdays: frozenset[int] = EVERY_DAY
    holidays: bool = False
    essential: bool = False
