"""Count the days from today to a date. Pure."""

from datetime import date, timedelta

When = tuple[str, int, int, int]
"""Kind of date, then its numbers: day, month, year (0 when unsaid), or the weekday."""

PERIODS = frozenset({"today", "tomorrow", "weekend", "this_week", "this_month", "this_year"})
"""Dates that are stretches of time: "no messages this week" says how long by itself."""

_SATURDAY, _WEEK = 5, 7


def days_until(when: When, today: date, *, through: bool) -> int:
    """Days from today to a date; `through` counts the period itself ("no messages this week")."""
    kind, day, month, year = when
    next_monday = _WEEK - today.weekday()
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    if kind == "weekday":
        return (day - today.weekday()) % _WEEK or _WEEK
    if kind == "weekend":
        return next_monday if through else ((_SATURDAY - today.weekday()) % _WEEK or _WEEK)
    simple = {
        "today": 1,
        "tomorrow": 2 if through else 1,
        "day_after_tomorrow": 2,
        "this_week": next_monday,
        "next_week": next_monday + (_WEEK if through else 0),
        "this_month": (next_month - today).days,
        "next_month": (next_month - today).days + (30 if through else 0),
        "this_year": (date(today.year + 1, 1, 1) - today).days,
        "next_year": (date(today.year + 1, 1, 1) - today).days,
    }
    if kind in simple:
        return simple[kind]
    if month == 0:
        return (_safe_date(today.year, today.month, day, today) - today).days
    if year == 0:
        target = _clip(today.year, month, day)
        return ((target if target > today else _clip(today.year + 1, month, day)) - today).days
    return (_clip(year, month, day) - today).days


def _safe_date(year: int, month: int, day: int, today: date) -> date:
    """The next day of the month with that number."""
    target = _clip(year, month, day)
    if target > today:
        return target
    return _clip(year + month // 12, month % 12 + 1, day)


def _clip(year: int, month: int, day: int) -> date:
    """A date, with the day moved back to the end of a shorter month."""
    first = date(max(1, min(year, 9000)), month, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day, last.day))
