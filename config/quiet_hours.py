"""[[quiet_hours]] of business.toml: when the business begins no message."""

import re
from collections.abc import Mapping
from typing import Any

from app.domain.business import Category
from app.domain.quiet_rules import EVERY_DAY, MINUTES_OF_DAY, QuietRule

_ENTRIES = ("countries", "categories", "weekdays", "from", "until", "holidays", "essential")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_quiet_hours(entries: Any, problems: list[str]) -> tuple[QuietRule, ...]:
    """Read the tables; what is wrong is added to `problems`, each with its position."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        problems.append("quiet_hours: each stands under a line [[quiet_hours]]")
        return ()
    return tuple(
        _read(entry, f"quiet_hours {position}", problems)
        for position, entry in enumerate(entries, start=1)
    )


def _read(entry: Mapping[str, Any], where: str, problems: list[str]) -> QuietRule:
    unknown = sorted(set(entry) - set(_ENTRIES))
    if unknown:
        problems.append(f"{where}: unknown entries {', '.join(unknown)}")
    categories = _names(
        entry, "categories", tuple(Category), where, problems, default=[Category.MARKETING]
    )
    weekdays = _names(entry, "weekdays", _WEEKDAYS, where, problems, default=list(_WEEKDAYS))
    begin, end = (_minute(entry.get(name), name, where, problems) for name in ("from", "until"))
    begin %= MINUTES_OF_DAY
    rule = QuietRule(
        categories=frozenset(categories),
        begin=begin,
        # What ends no later than it begins lasts until the next day.
        end=end if end > begin else end + MINUTES_OF_DAY,
        countries=_countries(entry.get("countries", []), where, problems),
        weekdays=frozenset(_WEEKDAYS.index(day) for day in weekdays) & EVERY_DAY,
        holidays=_flag(entry, "holidays", where, problems),
        essential=_flag(entry, "essential", where, problems),
    )
    if not rule.weekdays and not rule.holidays:
        problems.append(f"{where}: it has neither weekdays nor holidays, so it is never quiet")
    return rule


def _names(
    entry: Mapping[str, Any],
    name: str,
    known: tuple[str, ...],
    where: str,
    problems: list[str],
    *,
    default: list[Any],
) -> list[str]:
    found = entry.get(name, default)
    if isinstance(found, list) and all(isinstance(one, str) and one in known for one in found):
        return found
    problems.append(f"{where}: {name} is a list of {', '.join(known)}")
    return []


def _minute(text: Any, name: str, where: str, problems: list[str]) -> int:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        problems.append(f'{where}: `{name}` is a time of the local clock such as "20:00"')
        return 0
    return int(found[1]) * 60 + int(found[2]) if found[1] else MINUTES_OF_DAY


def _countries(found: Any, where: str, problems: list[str]) -> frozenset[str]:
    if isinstance(found, list) and all(
        isinstance(one, str) and _COUNTRY.fullmatch(one) for one in found
    ):
        return frozenset(found)
    problems.append(f"{where}: countries is a list of two capital letters each, such as DE")
    return frozenset()


def _flag(entry: Mapping[str, Any], name: str, where: str, problems: list[str]) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        problems.append(f"{where}: {name} is true or false")
    return value is True
