"""The tables of the first look: which words make a message worth reading, and in what. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.commands import Command
from app.recognition.anchors import add_trigger, find_rare
from app.recognition.language import Language
from app.recognition.normalize import strip_accents

STEM = 4
"""Characters by which words with a `*` are found in the first pass."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a keyword means in one language; NONE marks an ordinary word of that language."""

    language: str
    command: Command
    universal: bool = False


Keywords = Mapping[str, tuple[Meaning, ...]]


Pieces = Mapping[str, tuple[tuple[str, str, frozenset[str] | None], ...]]
"""First two characters to the pieces of unspaced text that start the longer look, each with its
language and the pieces one of which must come with it."""

Starts = Mapping[str, tuple[tuple[str, frozenset[str] | None], ...]]
"""Word that starts the longer look, to languages with the words that must come with it."""


def build_triggers(
    languages: Mapping[str, Language], plain: Keywords, accented: Keywords
) -> tuple[Starts, dict[str, frozenset[str]], Pieces]:
    """Return what starts the longer look: words, beginnings of words, and unspaced pieces."""
    words: dict[str, dict[str, set[str] | None]] = {}
    stems: dict[str, set[str]] = {}
    pieces: dict[str, dict[str, set[str] | None]] = {}
    triggers = [
        (word, companions, code)
        for code, language in languages.items()
        for word, companions in language.triggers.items()
    ]
    count = len(triggers)
    triggers += _keyword_triggers(languages, plain, accented)
    for number, (word, companions, code) in enumerate(triggers):
        # A Latin word inside unspaced text ("唔好再send") is a piece of it; a keyword is a word.
        if not languages[code].words.spaced and not (number >= count and word.isascii()):
            together = companions and {_join_piece(other) for other in companions}
            add_trigger(pieces.setdefault(code, {}), _join_piece(word), together)
        elif word.endswith("*"):
            stems.setdefault(strip_accents(word)[:-1][:STEM], set()).add(code)
        else:
            add_trigger(words.setdefault(code, {}), strip_accents(word), companions)
    starts: dict[str, dict[str, frozenset[str] | None]] = {}
    for code, table in words.items():
        for word, together in table.items():
            entry = None if together is None else frozenset(together)
            starts.setdefault(word, {})[code] = entry
    return (
        {word: tuple(entries.items()) for word, entries in starts.items()},
        {k: frozenset(v) for k, v in stems.items()},
        _group_pieces(pieces),
    )


def _join_piece(word: str) -> str:
    return word.rstrip("*").replace(" ", "")


def _group_pieces(pieces: Mapping[str, Mapping[str, set[str] | None]]) -> Pieces:
    """Return the pieces by their first two characters, in a fixed order."""
    groups: dict[str, list[tuple[str, str, frozenset[str] | None]]] = {}
    for code, table in sorted(pieces.items()):
        for piece, together in sorted(table.items()):
            entry = None if together is None else frozenset(together)
            groups.setdefault(piece[:2], []).append((piece, code, entry))
    return {first: tuple(entries) for first, entries in groups.items()}


def _keyword_triggers(
    languages: Mapping[str, Language], plain: Keywords, accented: Keywords
) -> list[tuple[str, frozenset[str] | None, str]]:
    found: list[tuple[str, frozenset[str] | None, str]] = []
    for key, meaning in ((k, m) for t in (plain, accented) for k, ms in t.items() for m in ms):
        language = languages.get(meaning.language)
        if language is None or meaning.command is Command.NONE:
            continue
        if not language.words.spaced and not key.isascii():
            found.append((key, None, language.code))
            continue
        parts = sorted(strip_accents(key).split(" "), key=len, reverse=True)
        first = find_rare(strip_accents(key), language.common, spaced=True) or parts[0]
        others = [part for part in parts if part != first]
        found.append((first, frozenset(others[:1]) if others else None, language.code))
    return found


@dataclass(frozen=True, slots=True)
class Sayable:
    """Words among which a keyword of one language may stand, whole messages and sentences.

    `words` has every word that a message may hold which is nothing but a keyword, its fillers, a
    topic and a time; `idle` are those of them that are in no keyword.
    """

    words: frozenset[str]
    idle: frozenset[str]


def build_sayable(
    languages: Mapping[str, Language],
    plain: Keywords,
    accented: Keywords,
    topic_names: Mapping[str, str],
) -> dict[str, Sayable]:
    """Return the sayable words of each language."""
    keys: dict[str, set[str]] = {code: set() for code in languages}
    worldwide: set[str] = set()
    for key, meaning in ((k, m) for t in (plain, accented) for k, ms in t.items() for m in ms):
        if meaning.universal:
            worldwide.add(key)
        elif meaning.command is not Command.NONE and meaning.language in keys:
            keys[meaning.language].add(key)
    everywhere = _split(worldwide | topic_names.keys())
    return {
        code: Sayable(
            everywhere
            | _split(keys[code] | language.gaps | language.messages | language.times.roles.keys()),
            language.fillers - everywhere - _split(keys[code]),
        )
        for code, language in languages.items()
    }


def _split(keys: Iterable[str]) -> frozenset[str]:
    parts = {part for key in keys for part in key.split(" ")}
    return frozenset(parts | {strip_accents(part) for part in parts})
