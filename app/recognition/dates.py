"""Read the dates inside time expressions, in the order in which a language writes them. Pure."""

from app.recognition.timedays import When
from app.recognition.timeroles import DATE, FIRST_YEAR, Roles, TimeWords, skip_before

_LAST_YEAR, _MONTHS, _DAYS = 2199, 12, 31
_NEXT = frozenset({"week", "month", "year"})

Found = tuple[int, When] | None
"""Where the date ends, and the date."""


def read_date(roles: Roles, index: int, around: set[str], vocabulary: TimeWords) -> Found:
    """Read the date that begins at `index`; `around` holds the roles of the words before it."""
    kind, value = roles[index] if index < len(roles) else ("", "")
    if kind == "number":
        return _read_number(roles, index, around, vocabulary)
    if kind == "month":
        return _read_month(roles, index, int(value), vocabulary)
    when: When | None = None
    if kind == "weekday":
        when = ("weekday", int(value), 0, 0)
    elif kind == "relative":
        when = (value, 0, 0, 0)
    elif kind == "calendar":
        month, day = value.split("-")
        when = ("day", int(day), int(month), 0)
    elif kind == "unit" and "next" in around and value in _NEXT:
        when = (f"next_{value}", 0, 0, 0)
    elif kind == "date":
        when = _read_digits(value, month_first=vocabulary.month_first)
    return (index + 1, when) if when else None


def _read_number(roles: Roles, index: int, around: set[str], vocabulary: TimeWords) -> Found:
    """Read a year ("2027年1月"), a day with its month ("15 March"), or a bare day ("the 15th")."""
    value = int(roles[index][1])
    if value >= FIRST_YEAR and _is_year(roles, index + 1):
        return _read_year(roles, index, around, vocabulary)
    if value == 0:
        return None
    after = skip_before(roles, index + 1, vocabulary)
    kind, name = roles[after] if after < len(roles) else ("", "")
    if kind == "month" and value <= _DAYS:
        end, when = _read_month(roles, after, int(name), vocabulary)
        return end, ("day", value, when[2], when[3])
    if kind == "month_mark" and value <= _MONTHS:
        return _read_month(roles, after, value, vocabulary)
    if "until" in around and value <= _DAYS:
        return _skip_day_mark(roles, index + 1), ("day", value, 0, 0)
    return None


def _read_year(roles: Roles, index: int, around: set[str], vocabulary: TimeWords) -> Found:
    year = min(int(roles[index][1]), _LAST_YEAR)
    again = _is_year(roles, index + 3)
    found = None if again else read_date(roles, index + 2, around, vocabulary)
    if found is None or found[1][2] == 0:
        return index + 2, ("day", 1, 1, year)
    return found[0], (*found[1][:3], year)


def _is_year(roles: Roles, index: int) -> bool:
    return roles[index : index + 1] == [("unit", "year")]


def _skip_day_mark(roles: Roles, index: int) -> int:
    return index + 1 if index < len(roles) and roles[index][0] == "day_mark" else index


def _read_month(roles: Roles, index: int, month: int, vocabulary: TimeWords) -> tuple[int, When]:
    """Read what follows a month: a day ("March 15"), a year, both or nothing."""
    end, day, year = index + 1, 1, 0
    for _ in range(2):
        after = skip_before(roles, end, vocabulary)
        kind, value = roles[after] if after < len(roles) else ("", "")
        if kind != "number":
            break
        if FIRST_YEAR <= int(value) <= _LAST_YEAR:
            year, end = int(value), after + 1
        elif 1 <= int(value) <= _DAYS and after == end:
            day, end = int(value), _skip_day_mark(roles, after + 1)
        else:
            break
    return end, ("day", day, month, year)


def _read_digits(text: str, *, month_first: bool) -> When | None:
    """Read 15.03.2027, 3/15 and 2027-03-15; what is no date of any order is None."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4] or 0)
    if first > _DAYS:
        return ("day", third or 1, second, first) if 1 <= second <= _MONTHS else None
    if month_first and match[2] == "/":
        first, second = second, first
    if second > _MONTHS:
        first, second = second, first
    year = third + FIRST_YEAR if 0 < third < 100 else third  # noqa: PLR2004
    return ("day", first, second, year) if 1 <= second <= _MONTHS and first else None
