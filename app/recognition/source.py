"""A language file as plain data, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.recognition.errors import LexiconError
from app.recognition.timewords import list_time_words

SECTIONS = frozenset({
    "language", "name", "english_name", "direction", "spaces", "accents", "review", "sources",
    "keywords", "words", "classes", "phrases", "topics", "time",
})  # fmt: skip
KEYWORD_GROUPS = ("stop", "start", "pause", "resume", "help", "preferences", "ask")
WORD_GROUPS = (
    "filler", "gap", "negation", "question", "question_end", "connective", "request", "closing", "ordinary", "other_words", "common",
)  # fmt: skip

Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """What a language file says. `times` maps a word to its role in time expressions."""

    code: str
    name: str
    english_name: str
    direction: str
    spaced: bool
    strict: bool
    review: str
    sources: tuple[str, ...]
    keywords: Groups
    words: Groups
    classes: Groups
    phrases: Groups
    topics: Groups
    times: Mapping[str, tuple[str, str]]
    month_first: bool
    number_after: bool

    @property
    def has_phrases(self) -> bool:
        """False for a file that has only keywords so far."""
        return bool(self.phrases)


def read_source(stem: str, content: Mapping[str, Any]) -> Source:
    """Check the parsed content of a file; raises LexiconError."""
    unknown = content.keys() - SECTIONS
    if unknown:
        raise LexiconError(f"{stem}: unknown section {min(unknown)!r}")
    code = content.get("language")
    if code != stem:
        raise LexiconError(f"{stem}: language = {code!r} must be the name of the file")
    time = content.get("time", {})
    if not isinstance(time, Mapping):
        raise LexiconError(f"{stem}: [time] must be a table")
    return Source(
        code=stem,
        name=_text(content, "name", stem),
        english_name=_text(content, "english_name", stem),
        direction=_choice(content, "direction", stem, ("ltr", "rtl")),
        spaced=content.get("spaces", True) is not False,
        strict=_choice(content, "accents", stem, ("optional", "meaningful")) == "meaningful",
        review=_text(content, "review", stem),
        sources=_words(content.get("sources", []), f"{stem}: sources"),
        keywords=_groups(content, "keywords", stem, KEYWORD_GROUPS),
        words=_groups(content, "words", stem, WORD_GROUPS),
        classes=_groups(content, "classes", stem),
        phrases=_groups(content, "phrases", stem),
        topics=_groups(content, "topics", stem),
        times=list_time_words(time, stem),
        month_first=time.get("month_first") is True,
        number_after=time.get("number_after") is True,
    )


def _text(content: Mapping[str, Any], name: str, stem: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise LexiconError(f"{stem}: {name} must be a text")
    return value


def _choice(content: Mapping[str, Any], name: str, stem: str, allowed: tuple[str, ...]) -> str:
    value = content.get(name, allowed[0])
    if value not in allowed:
        raise LexiconError(f"{stem}: {name} must be one of {', '.join(allowed)}")
    return str(value)


def _groups(
    content: Mapping[str, Any], section: str, stem: str, allowed: tuple[str, ...] | None = None
) -> Groups:
    table = content.get(section, {})
    if not isinstance(table, Mapping):
        raise LexiconError(f"{stem}: [{section}] must be a table")
    for name in table:
        if allowed is not None and name not in allowed:
            raise LexiconError(f"{stem}: [{section}] has no {name!r}; it has {', '.join(allowed)}")
    return {name: _words(words, f"{stem}: [{section}] {name}") for name, words in table.items()}


def _words(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise LexiconError(f"{place} must be a list of texts")
    return tuple(value)
