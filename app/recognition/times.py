"""Durations and dates that people write, as days from today. Pure; today is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.recognition.dates import read_date
from app.recognition.timedays import PERIODS, days_until
from app.recognition.timeroles import (
    FIRST_YEAR,
    UNIT_DAYS,
    Roles,
    TimeWords,
    is_before,
    skip_before,
)

TIME = "\x00time"
"""Stands for a whole time expression in a list of words."""

_AFTER = frozenset({"until", "for", "past", "every", "after", "glue"})


@dataclass(frozen=True, slots=True)
class Span:
    """A time expression. `kind` says how much it proves.

    "length" and "until" make a pause out of a STOP. "weak" ("a week" without "for") does so only
    together with a word that itself means pause. "while" is a pause of unsaid length, "open" has
    no end ("until further notice"), "other" ("since Monday", "every day") says nothing.
    """

    kind: str
    days: int | None = None


def find_times(
    words: Sequence[str], vocabulary: TimeWords, today: date | None
) -> tuple[list[str], list[Span]]:
    """Replace every time expression by TIME; return the words and what the expressions say."""
    if vocabulary.are_absent(words):
        return list(words), []
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
    roles: Roles, start: int, vocabulary: TimeWords, today: date | None
) -> tuple[int, Span | None]:
    """Read one expression: words before it ("until the"), its core, words after it ("ago")."""
    index, around = start, set()
    while is_before(roles, index, vocabulary):
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
        again = _read_core(roles, skip_before(roles, start, vocabulary), around, vocabulary, today)
        span = again[1] if again else span
    if around & {"past", "every"}:
        span = Span("other")
    return end, span


def _read_core(
    roles: Roles,
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
    found = read_date(roles, index, around, vocabulary)
    if found is None:
        return None
    end, when = found
    if today is None:
        days = None
    else:
        days = days_until(when, today, through="until" not in around)
        days += 1 if "after" in around and when[0] not in PERIODS else 0
    weak = "until" not in around and "after" not in around and when[0] not in PERIODS
    return end, Span("weak" if weak else "until", days)


def _read_amount(
    roles: Roles, index: int, around: set[str], *, number_after: bool
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
    if roles[unit] == ("unit", "year") and number >= FIRST_YEAR:
        return None  # 2027年: a date
    per_unit = UNIT_DAYS.get(roles[unit][1], 1)
    days = number * per_unit if per_unit else -(-number // 24)
    strong = kind != "article" or bool(around & {"for", "next"})
    if unit + 1 < len(roles) and roles[unit + 1][0] == "half":
        days += per_unit // 2
        unit += 1
    return unit + 1, Span("length" if strong else "weak", days)


def _counts(role: tuple[str, str], around: set[str]) -> bool:
    """Tell whether a word counts; 3日 is three days, but after "until" it is the third."""
    return role[0] in {"unit", "short_unit"} or (
        role == ("day_mark", "day") and "until" not in around
    )
