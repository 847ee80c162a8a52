"""A date in words, without any library of locales."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How one language writes a date.

    `months` are twelve names, in the grammatical case that a date needs. `order` places {day},
    {month} and {year}. `first_day` replaces "1" where a language counts the first of a month
    differently. `year_offset` is added to the year: Thailand counts from the Buddha.
    """

    months: Sequence[str]
    order: str
    first_day: str = ""
    year_offset: int = 0


def write_date(day: date, style: DateStyle) -> str:
    """Return the date as a person would write it; a datetime counts by its own zone."""
    number = style.first_day if day.day == 1 and style.first_day else str(day.day)
    return (
        style.order.replace("{day}", number)
        .replace("{month}", style.months[day.month - 1])
        .replace("{year}", str(day.year + style.year_offset))
    )
