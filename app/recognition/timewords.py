"""Read the [time] section of a language file into roles. Pure."""

from collections.abc import Mapping

from app.recognition.errors import LexiconError
from app.recognition.timeroles import UNIT_DAYS, TimeWords
from app.recognition.words import Words

PLAIN_ROLES = (
    "until", "for", "past", "every", "next", "after", "glue", "counter", "article",
    "half", "open", "while", "day_mark", "month_mark",
)  # fmt: skip
RELATIVE = (
    "today", "tomorrow", "day_after_tomorrow", "weekend", "this_week", "this_month", "this_year",
    "next_week", "next_month", "next_year",
)  # fmt: skip
SINGLE = {
    "day_or_mark": ("day_mark", "day"),
    **{name: ("unit", name) for name in UNIT_DAYS},
    **{name: ("relative", name) for name in RELATIVE},
}
INDEXED = {"weekdays": ("weekday", 0), "months": ("month", 1)}
TABLES = {"numbers": "number", "fixed": "fixed", "calendar": "calendar"}


def list_time_words(section: Mapping[str, object], code: str) -> dict[str, tuple[str, str]]:
    """Return every time word with its role; raises LexiconError for what it does not know."""
    roles: dict[str, tuple[str, str]] = {}
    # A word of two roles ("hari", day, in "hari senin") is a unit first: see `is_before`.
    for name, value in sorted(section.items(), key=lambda item: item[0] == "glue"):
        if name not in {"month_first", "number_after"}:
            _read_entry(roles, name, value, code)
    return roles


def _read_entry(roles: dict[str, tuple[str, str]], name: str, value: object, code: str) -> None:
    if name in PLAIN_ROLES:
        _add(roles, value, (name, "1" if name == "article" else ""))
    elif name in SINGLE:
        _add(roles, value, SINGLE[name])
    elif name in INDEXED and isinstance(value, list):
        role, first = INDEXED[name]
        for index, words in enumerate(value, start=first):
            _add(roles, words, (role, str(index)))
    elif name == "counting" and isinstance(value, list):
        for number, words in enumerate(value, start=1):
            _add(roles, str(words).split("|"), ("number", str(number)))
    elif name in TABLES and isinstance(value, Mapping):
        for key, words in value.items():
            _add(roles, words, (TABLES[name], str(key)))
    else:
        raise LexiconError(f"{code}: [time] has no {name!r}")


def _add(roles: dict[str, tuple[str, str]], words: object, role: tuple[str, str]) -> None:
    for word in words if isinstance(words, list) else [words]:
        # "w" is weeks after a number only: "stop w the texts".
        short = role[0] == "unit" and len(str(word)) == 1 and str(word).isascii()
        roles.setdefault(str(word), ("short_unit", role[1]) if short else role)


def read_time_words(
    roles: Mapping[str, tuple[str, str]], words: Words, *, month_first: bool, number_after: bool
) -> TimeWords:
    """Return the roles by the keys under which the words arrive."""
    table: dict[str, tuple[str, str]] = {}
    for word, role in roles.items():
        for key in words.forms(word):
            table.setdefault(key, role)
    return TimeWords(table, month_first, number_after)
