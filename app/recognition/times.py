"""Durations and dates that people write, as days from today. Pure; today is an argument."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

UNIT_DAYS = {"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}
TIME = "\x00time"
"""Stands for a whole time expression in a list of words."""

_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})(?:[./-](\d{1,4}))?")
_SATURDAY, _WEEK, _DECEMBER, _MAX_DIGITS = 5, 7, 12, 6
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Span:
    """A time expression. `kind` says how much it proves.

    "length" and "until" make a pause out of a STOP. "weak" ("a week" without "for") does so only
    together with a word that itself means pause. "while" is a pause of unsaid length, "open" has
    no end ("until further notice"), "other" ("since Monday", "every day") says nothing.
    """

    kind: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The time vocabulary of one language: word to (role, value)."""

    roles: Mapping[str, tuple[str, str]]
    month_first: bool = False
    number_after: bool = False

    def role(self, word: str) -> tuple[str, str]:
        """Return what a word does in a time expression; digits are numbers."""
        if word.isdecimal():
            return ("number", word[:_MAX_DIGITS])
        if _DATE.fullmatch(word):
            return ("date", word)
        return self.roles.get(word, ("", ""))


def find_times(
    words: Sequence[str], vocabulary: TimeWords, today: date | None
) -> tuple[list[str], list[Span]]:
    """Replace every time expression by TIME; return the words and what the expressions say."""
    roles = [vocabulary.role(word) for word in words]
    result: list[str] = []
    spans: list[Span] = []
    index = 0
    while index < len(words):
        end, span = (0, None)
        if roles[index][0]:
            end, span = _read_span(roles, index, vocabulary, today)
        if span is None:
            result.append(words[index])
            index += 1
        else:
            result.append(TIME)
            spans.append(span)
            index = end
    return result, spans


def _read_span(
    roles: Sequence[tuple[str, str]], start: int, vocabulary: TimeWords, today: date | None
) -> tuple[int, Span | None]:
    """Read one expression: words before it ("until the"), its core, words after it ("ago")."""
    index, around = start, set()
    while _is_before(roles, index, vocabulary):
        around.add(roles[index][0])
        index += 1
    core = _read_core(roles, index, around, vocabulary, today)
    if core is None:
        return start, None
    end, span = core
    index, after = end, set()
    while index < len(roles) and roles[index][0] in _AFTER:
        after.add(roles[index][0])
        index += 1
        if roles[index - 1][0] != "glue":
            end, around = index, around | after
    if "until" in after or "for" in after:
        again = _read_core(roles, _skip(roles, start, vocabulary), around, vocabulary, today)
        span = again[1] if again else span
    if around & {"past", "every"}:
        span = Span("other")
    return end, span


_BEFORE = frozenset({"until", "for", "past", "every", "next", "after", "glue"})
_AFTER = frozenset({"until", "for", "past", "every", "after", "glue"})


def _is_before(roles: Sequence[tuple[str, str]], index: int, vocabulary: TimeWords) -> bool:
    """Tell whether a word leads up to the core; so does a unit before a date ("hari senin")."""
    if index >= len(roles):
        return False
    if roles[index][0] == "unit" and not vocabulary.number_after:
        following = roles[index + 1][0] if index + 1 < len(roles) else ""
        led_to = index > 0 and roles[index - 1][0] == "until"
        return following in {"month", "weekday"} or (led_to and following == "number")
    return roles[index][0] in _BEFORE


def _skip(roles: Sequence[tuple[str, str]], index: int, vocabulary: TimeWords) -> int:
    while _is_before(roles, index, vocabulary):
        index += 1
    return index


def _read_core(
    roles: Sequence[tuple[str, str]],
    index: int,
    around: set[str],
    vocabulary: TimeWords,
    today: date | None,
) -> tuple[int, Span] | None:
    """Read the heart of an expression; None when there is none at `index`."""
    kind, value = roles[index] if index < len(roles) else ("", "")
    if kind in {"open", "while"}:
        return index + 1, Span(kind)
    if kind == "fixed":
        return index + 1, Span("length", int(value))
    if kind in {"number", "article", "unit", "date"}:
        amount = _read_amount(roles, index, around, number_after=vocabulary.number_after)
        if amount is not None:
            return amount
    found = _read_date(roles, index, around, vocabulary)
    if found is None:
        return None
    end, when = found
    if today is None:
        days = None
    else:
        days = _days_until(when, today, through="until" not in around)
        days += 1 if "after" in around and when[0] not in _PERIODS else 0
    weak = "until" not in around and "after" not in around and when[0] not in _PERIODS
    return end, Span("weak" if weak else "until", days)


def _read_amount(
    roles: Sequence[tuple[str, str]], index: int, around: set[str], *, number_after: bool
) -> tuple[int, Span] | None:
    """Read "two weeks", "a month", "2-3 days", "the next week", and "wiki mbili" (weeks two)."""
    kind, value = roles[index]
    if kind == "unit" and number_after and index + 1 < len(roles):
        number_kind, number_value = roles[index + 1]
        if number_kind in {"number", "article"}:
            count = int(number_value)
            per_unit = UNIT_DAYS[value]
            return index + 2, Span("length", count * per_unit if per_unit else -(-count // 24))
    if kind == "unit":
        if "next" in around and value in {"week", "month", "year"} and "for" not in around:
            return None  # "next week" is a date, not a length
        strong = bool(around & {"for", "next"})
        return index + 1, Span("length" if strong else "weak", UNIT_DAYS[value] or 1)
    if kind == "date":
        value = value.replace("-", " ").split()[-1] if "-" in value else ""
        value = value if value.isdecimal() else ""
    unit = index + 1
    while unit < len(roles) and roles[unit][0] in {"counter", "next", "glue"} and unit < index + 3:
        unit += 1
    if not value or unit >= len(roles) or not _counts(roles[unit], around):
        return None
    number = int(value)
    if roles[unit] == ("unit", "year") and number >= _FIRST_YEAR:
        return None  # 2027年: a date
    per_unit = UNIT_DAYS[roles[unit][1] if roles[unit][0] == "unit" else "day"]
    days = number * per_unit if per_unit else -(-number // 24)
    strong = kind != "article" or bool(around & {"for", "next"})
    if unit + 1 < len(roles) and roles[unit + 1][0] == "half":
        days += per_unit // 2
        unit += 1
    return unit + 1, Span("length" if strong else "weak", days)


def _counts(role: tuple[str, str], around: set[str]) -> bool:
    """Tell whether a word counts; 3日 is three days, but after "until" it is the third."""
    return role[0] == "unit" or (role == ("day_mark", "day") and "until" not in around)


_PERIODS = frozenset({"today", "tomorrow", "weekend", "this_week", "this_month", "this_year"})

When = tuple[str, int, int, int]
"""Kind of date, then its numbers: day, month, year (0 when unsaid), or the weekday."""


def _read_date(
    roles: Sequence[tuple[str, str]], index: int, around: set[str], vocabulary: TimeWords
) -> tuple[int, When] | None:
    kind, value = roles[index] if index < len(roles) else ("", "")
    if kind in {"weekday", "relative"}:
        name = value if kind == "relative" else "weekday"
        return index + 1, (name, int(value) if kind == "weekday" else 0, 0, 0)
    if kind == "calendar":
        month, day = value.split("-")
        return index + 1, ("day", int(day), int(month), 0)
    if kind == "unit" and "next" in around and value in {"week", "month", "year"}:
        return index + 1, (f"next_{value}", 0, 0, 0)
    if kind == "date":
        digits = _read_digits(value, month_first=vocabulary.month_first)
        return (index + 1, digits) if digits else None
    if kind == "month":
        return _read_month(roles, index, int(value), vocabulary)
    if kind == "number" and int(value) >= _FIRST_YEAR and _is_year(roles, index + 1):
        year = min(int(value), _LAST_YEAR)
        again = _is_year(roles, index + 3)
        found = None if again else _read_date(roles, index + 2, around, vocabulary)
        if found is None or found[1][2] == 0:
            return index + 2, ("day", 1, 1, year)
        return found[0], (*found[1][:3], year)
    if kind == "number" and int(value) > 0:
        after = _skip(roles, index + 1, vocabulary)
        if after < len(roles) and roles[after][0] == "month" and int(value) <= 31:  # noqa: PLR2004
            end, when = _read_month(roles, after, int(roles[after][1]), vocabulary)
            return end, ("day", int(value), when[2], when[3])
        if after < len(roles) and roles[after][0] == "month_mark" and int(value) <= _DECEMBER:
            return _read_month(roles, after, int(value), vocabulary)
        if "until" in around and int(value) <= 31:  # noqa: PLR2004
            return _skip_day_mark(roles, index + 1), ("day", int(value), 0, 0)
    return None


def _is_year(roles: Sequence[tuple[str, str]], index: int) -> bool:
    return roles[index : index + 1] == [("unit", "year")]


def _skip_day_mark(roles: Sequence[tuple[str, str]], index: int) -> int:
    return index + 1 if index < len(roles) and roles[index][0] == "day_mark" else index


def _read_month(
    roles: Sequence[tuple[str, str]], index: int, month: int, vocabulary: TimeWords
) -> tuple[int, When]:
    """Read what follows a month: a day ("March 15"), a year, both or nothing."""
    end, day, year = index + 1, 1, 0
    for _ in range(2):
        after = _skip(roles, end, vocabulary)
        kind, value = roles[after] if after < len(roles) else ("", "")
        if kind != "number":
            break
        if _FIRST_YEAR <= int(value) <= _LAST_YEAR:
            year, end = int(value), after + 1
        elif 1 <= int(value) <= 31 and after == end:  # noqa: PLR2004
            day, end = int(value), _skip_day_mark(roles, after + 1)
        else:
            break
    return end, ("day", day, month, year)


def _read_digits(text: str, *, month_first: bool) -> When | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4] or 0)
    if first > 31:  # noqa: PLR2004
        return ("day", third or 1, second, first)
    if month_first and match[2] == "/":
        first, second = second, first
    if second > _DECEMBER:
        first, second = second, first
    year = third + 2000 if 0 < third < 100 else third  # noqa: PLR2004
    return ("day", first, second, year) if 1 <= second <= _DECEMBER and first else None


def _days_until(when: When, today: date, *, through: bool) -> int:
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
