"""Keywords with one typing error, found without comparing with every keyword. Pure.

Each keyword is stored under every string that leaves out one of its letters (two for long ones),
the method of W. Garbe's symmetric delete spelling correction; a message finds its candidates by
leaving out its own letters, and `is_typo` decides. A word that is itself a word is never a
typing error, and one that could be the error of two different commands is asked about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.commands import Command
from app.recognition.edits import (
    TWO_EDITS_LENGTH,
    edit_distance,
    is_alphabetic,
    is_syllabic,
    is_typo,
    shorten,
    spell,
)

MIN_LENGTH, MAX_LENGTH = 4, 24
MIN_SYLLABIC = 7
"""Shortest Thai or Korean keyword in letters that is looked for behind a typing error."""


class _Meaning(Protocol):
    @property
    def command(self) -> Command: ...


class _Language(Protocol):
    @property
    def words(self) -> "_Words": ...


class _Words(Protocol):
    @property
    def vocabulary(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class TypoIndex:
    """Keywords by what a slip leaves of them.

    `deletes`: shortened keyword to keywords. `several`: keyword of several words without one of
    them, to keywords; `firsts` and `lasts` are the words at their ends. `known`: every word that is a word.
    """

    deletes: Mapping[str, tuple[str, ...]]
    several: Mapping[str, tuple[str, ...]]
    firsts: frozenset[str]
    lasts: frozenset[str]
    known: frozenset[str]

    def candidates(self, word: str) -> list[str]:
        """Return the keywords of which the word may be a misspelling, in sorted order."""
        if not MIN_LENGTH - 1 <= len(word) <= MAX_LENGTH or word in self.known:
            return []
        if word.isdecimal():
            return []
        if not is_alphabetic(word):
            return self._syllabic(spell(word))
        found: set[str] = set()
        for shorter in shorten(word, 2 if len(word) >= TWO_EDITS_LENGTH - 1 else 1):
            found.update(self.deletes.get(shorter, ()))
        return sorted(keyword for keyword in found if is_typo(word, keyword))

    def _syllabic(self, spelled: str) -> list[str]:
        if not MIN_SYLLABIC - 1 <= len(spelled) <= MAX_LENGTH or not is_syllabic(spelled):
            return []
        found = {k for s in shorten(spelled, 1) for k in self.deletes.get(s, ())}
        return sorted(key for key in found if edit_distance(spelled, spell(key)) == 1)

    def find_misspelt(self, words: Sequence[str]) -> list[str]:
        """Return keywords of several words of which exactly one is misspelt here."""
        if words[0] not in self.firsts and words[-1] not in self.lasts:
            return []  # one of the two must be right
        unknown = [place for place, word in enumerate(words) if word not in self.known]
        if len(unknown) != 1:
            return []
        place = unknown[0]
        rest = " ".join([*words[:place], "", *words[place + 1 :]])
        return [k for k in self.several.get(rest, ()) if is_typo(words[place], k.split()[place])]

    def candidates_of_several(self, words: str) -> list[str]:
        """Return keywords of several words that differ from these in one misspelt word."""
        found: set[str] = set()
        parts = words.split()
        for index in range(len(parts)):
            rest = " ".join([*parts[:index], "", *parts[index + 1 :]])
            for keyword in self.several.get(rest, ()):
                other = keyword.split()[index]
                if parts[index] not in self.known and is_typo(parts[index], other):
                    found.add(keyword)
                if sorted(parts[index]) == sorted(other) and parts[index][:1] == other[:1]:
                    found.add(keyword)
        return sorted(found)


def build_typo_index(
    plain: Mapping[str, Iterable[_Meaning]],
    accented: Mapping[str, Iterable[_Meaning]],
    languages: Iterable[_Language],
) -> TypoIndex:
    """Index the one-word keywords of alphabets; others have no typing errors of this kind."""
    deletes: dict[str, set[str]] = {}
    several: dict[str, set[str]] = {}
    known: set[str] = set()
    for table in (plain, accented):
        for key, meanings in table.items():
            known.add(key)
            words = {meaning.command for meaning in meanings} - {Command.NONE}
            if words and MIN_LENGTH <= len(key) <= MAX_LENGTH and is_alphabetic(key):
                for shorter in shorten(key, 2 if len(key) >= TWO_EDITS_LENGTH else 1):
                    deletes.setdefault(shorter, set()).add(key)
            elif words and is_syllabic(spelled := spell(key)):
                for shorter in shorten(spelled, 1) if len(spelled) >= MIN_SYLLABIC else ():
                    deletes.setdefault(shorter, set()).add(key)
            parts = key.split()
            for index in range(len(parts) if words and len(parts) > 1 else 0):
                rest = " ".join([*parts[:index], "", *parts[index + 1 :]])
                several.setdefault(rest, set()).add(key)
    for language in languages:
        known |= language.words.vocabulary
        known |= {part for word in language.words.vocabulary for part in word.split()}
    return TypoIndex(
        {k: tuple(sorted(v)) for k, v in deletes.items()},
        {k: tuple(sorted(v)) for k, v in several.items()},
        frozenset(key.split(" ", 1)[0] for keys in several.values() for key in keys),
        frozenset(key.rsplit(" ", 1)[-1] for keys in several.values() for key in keys),
        frozenset(known),
    )
