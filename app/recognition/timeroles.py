"""The time words of a language and what each does in an expression. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNIT_DAYS = {"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}
MAX_DIGITS, FIRST_YEAR = 6, 2000
DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})(?:[./-](\d{1,4}))?")

Roles = Sequence[tuple[str, str]]
"""Role and value of each word of a clause; ("", "") for a word that is no time word."""

_NO_ROLE = ("", "")
_BEFORE = frozenset({"until", "for", "past", "every", "next", "after", "glue"})


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The time vocabulary of one language: word to (role, value)."""

    roles: Mapping[str, tuple[str, str]]
    month_first: bool = False
    number_after: bool = False

    def are_absent(self, words: Sequence[str]) -> bool:
        """Tell whether none of the words does anything."""
        return self.roles.keys().isdisjoint(words) and not any(
            word[:1].isdecimal() for word in words
        )

    def role(self, word: str) -> tuple[str, str]:
        """Return what a word does in a time expression; digits are numbers."""
        if word[:1].isdecimal():
            if word.isdecimal():
                return ("number", word[:MAX_DIGITS])
            if DATE.fullmatch(word):
                return ("date", word)
        return self.roles.get(word, _NO_ROLE)


def is_before(roles: Roles, index: int, vocabulary: TimeWords) -> bool:
    """Tell whether a word leads up to the core; so does a unit before a date ("hari senin")."""
    if index >= len(roles):
        return False
    if roles[index][0] == "unit" and not vocabulary.number_after:
        following = roles[index + 1][0] if index + 1 < len(roles) else ""
        led_to = index > 0 and roles[index - 1][0] == "until"
        return following in {"month", "weekday"} or (led_to and following == "number")
    return roles[index][0] in _BEFORE


def skip_before(roles: Roles, index: int, vocabulary: TimeWords) -> int:
    """Return where the core of an expression begins."""
    while is_before(roles, index, vocabulary):
        index += 1
    return index
