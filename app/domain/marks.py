"""The mark in a prefilled sentence: which way in a START came from.

A link opens a chat with a draft such as "START · shop-receipt · de · flyer.print.spring": the word
of the person's language, the id of the source, the language of the wording that they read, and the
campaign. People edit drafts, and phones correct them, so the mark is read with patience. Who
forges one says where their own START came from, and nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.domain.sources import OptInSource

SEPARATOR = " · "
CAMPAIGN_FIELDS = ("source", "medium", "campaign", "content", "term")
"""In this order they stand in a sentence; the first words are those of `utm_…` parameters."""

# Longer texts are no edited drafts; looking through them would cost time and find chances.
LONGEST_SENTENCE = 300
_SHORTEST_START, _SHORTEST_END, _SHORTEST_TYPO = 3, 4, 6
# "Hello, START · shop-rec please": in more words than these a piece of an id is chance.
_MOST_WORDS_OF_DRAFT = 8
# Six digits are a date; more could be somebody's number, also where it is spread over the fields.
_MOST_DIGITS, _MOST_DIGITS_IN_ALL = 6, 8

_WORD = re.compile(r"[^\W_]+")
# Signs that nobody writes between words of a sentence, and a dash that stands alone.
_BREAK = re.compile(r"\s*[·•∙⋅・‧|]\s*|\s+[-–—]\s+")
_PIECE = re.compile(r"[\s·•∙⋅・‧|,;:–—-]*(\S+)")
_CAMPAIGN_VALUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_UNKNOWN_MARK = re.compile(r"[\w-]{1,40}(?:\s*[·•∙⋅・‧|]\s*\S{1,170}){0,2}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that was found: `source` is None where nobody knows it.

    `rests` are the words without the mark, the most complete first, for recognition. `aside` are
    all words beside the mark but those of the last rest. `is_clear` tells that it can hardly be
    chance: it was set apart, or has several words. `is_whole` tells that nothing of it is missing.
    """

    source: OptInSource | None
    rests: tuple[str, ...]
    is_clear: bool
    aside: tuple[str, ...] = ()
    is_whole: bool = True
    language: str | None = None
    campaign: Mapping[str, str] = field(default_factory=dict)


def write_sentence(
    source: OptInSource,
    start_word: str,
    *,
    language: str | None = None,
    campaign: Mapping[str, str] | None = None,
) -> str:
    """Return the draft that a link opens. `language` names the wording that stands beside it."""
    parts = [start_word, source.id]
    if language:
        parts.append(language)
    values = [(campaign or {}).get(name, "-") for name in CAMPAIGN_FIELDS]
    while len(values) > 1 and values[-1] == "-":
        values.pop()
    if values != ["-"]:
        # A dot tells a campaign from other words, so one value gets an empty one behind it.
        parts.append(".".join(values if len(values) > 1 else [*values, "-"]))
    return SEPARATOR.join(parts)


def read_campaign(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what may be kept of `utm_…` parameters: short tokens that can name nobody."""
    found: dict[str, str] = {}
    for name in CAMPAIGN_FIELDS:
        value = _clean_value(parameters.get(f"utm_{name}", ""))
        if value and _count_digits(*found.values(), value) <= _MOST_DIGITS_IN_ALL:
            found[name] = value
    return found


def find_marks(text: str, sources: Sequence[OptInSource]) -> Iterator[Mark]:
    """Yield what may be a mark, the surest first. Total: any text in."""
    text = unicodedata.normalize("NFKC", text[: LONGEST_SENTENCE + 1])
    if len(text) > LONGEST_SENTENCE:
        return
    words = [(one.start(), one.end(), one[0].casefold()) for one in _WORD.finditer(text)]
    index = _index_of(tuple(source.id for source in sources))
    by_id = {source.id: source for source in sources}
    exact = _find_exact(words, index)
    if exact:
        source_id, first, last = exact
        yield _mark_of(text, words, by_id[source_id], first, last)
        return
    for source_id, first in _find_cut(words, index):
        yield _mark_of(text, words, by_id[source_id], first, len(words) - 1, is_whole=False)
    head, between, tail = _split_at_break(text)
    if between and head.strip() and _UNKNOWN_MARK.fullmatch(tail.strip()):
        yield Mark(None, (head,), is_clear=True, aside=(tail,))


@dataclass(frozen=True, slots=True)
class _Index:
    """Ids without hyphens, and every beginning of one: most words of a message begin none."""

    ids: Mapping[str, str]
    beginnings: frozenset[str]


@lru_cache(maxsize=8)
def _index_of(ids: tuple[str, ...]) -> _Index:
    joined = {one.replace("-", ""): one for one in ids}
    beginnings = {one[:length] for one in joined for length in range(1, len(one) + 1)}
    return _Index(joined, frozenset(beginnings))


def _find_exact(words: list[tuple[int, int, str]], index: _Index) -> tuple[str, int, int] | None:
    """Return the longest id that stands in the text, however its words are joined."""
    found: tuple[int, str, int, int] | None = None
    for first in range(len(words)):
        joined = ""
        for last in range(first, len(words)):
            joined += words[last][2]
            if joined not in index.beginnings:
                break
            if joined in index.ids and (found is None or len(joined) >= found[0]):
                found = (len(joined), index.ids[joined], first, last)
    return found[1:] if found else None


def _find_cut(words: list[tuple[int, int, str]], index: _Index) -> Iterator[tuple[str, int]]:
    """Yield ids that the end of the text is a piece of, or a letter away from, if only one is."""
    if len(words) > _MOST_WORDS_OF_DRAFT:
        return
    for first in range(1, len(words)):
        joined = "".join(word for _, _, word in words[first:])
        fitting = [one for one in index.ids if _is_piece(joined, one)]
        if len(fitting) == 1:
            yield index.ids[fitting[0]], first


def _is_piece(joined: str, whole: str) -> bool:
    return (
        (len(joined) >= _SHORTEST_START and whole.startswith(joined))
        or (len(joined) >= _SHORTEST_END and whole.endswith(joined))
        or (len(whole) >= _SHORTEST_TYPO and _is_one_off(joined, whole))
    )


def _is_one_off(one: str, other: str) -> bool:
    """Tell whether a letter was added, left out, changed, or swapped with its neighbor."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one == other[1:]
        or one[1:] == other
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


def _mark_of(
    text: str,
    words: list[tuple[int, int, str]],
    source: OptInSource,
    first: int,
    last: int,
    *,
    is_whole: bool = True,
) -> Mark:
    start, end = words[first][0], words[last][1]
    head, tail = text[:start], text[end:]
    set_apart = _BREAK.search(head[-3:]) is not None
    language, campaign, tail = _read_tail(tail, source)
    head = _strip_break(head)
    rest = f"{head} {tail}".strip()
    before, line = _split_last_line(head)
    return Mark(
        source,
        tuple(dict.fromkeys(one for one in (rest, line) if one)),
        is_clear=set_apart or (is_whole and last > first),
        aside=tuple(one for one in (before, tail) if one),
        is_whole=is_whole,
        language=language,
        campaign=campaign,
    )


def _read_tail(tail: str, source: OptInSource) -> tuple[str | None, dict[str, str], str]:
    """Take language and campaign from behind a mark; return what is left of the words too."""
    language: str | None = None
    campaign: dict[str, str] = {}
    languages = {one.casefold(): one for one in source.wordings}
    while found := _PIECE.match(tail):
        piece = found[1].casefold()
        if language is None and not campaign and piece in languages:
            language = languages[piece]
        elif not campaign and "." in piece.strip(".") and (values := _read_values(piece)):
            campaign = values
        else:
            break
        tail = tail[found.end() :]
    return language, campaign, tail.strip()


def _read_values(piece: str) -> dict[str, str]:
    values = piece.split(".")
    if len(values) > len(CAMPAIGN_FIELDS):
        return {}
    cleaned = {
        name: clean
        for name, value in zip(CAMPAIGN_FIELDS, values, strict=False)
        if (clean := _clean_value(value))
    }
    # Something that was no campaign of ours, such as an address, is left where it stands.
    if _count_digits(*cleaned.values()) > _MOST_DIGITS_IN_ALL:
        return {}
    return cleaned if len(cleaned) == sum(value not in {"", "-"} for value in values) else {}


def _clean_value(value: str) -> str:
    value = value.casefold()
    is_short = _count_digits(value) <= _MOST_DIGITS
    return value if _CAMPAIGN_VALUE.fullmatch(value) and is_short else ""


def _count_digits(*values: str) -> int:
    return sum(character.isdecimal() for value in values for character in value)


def _split_at_break(text: str) -> tuple[str, str, str]:
    found = _BREAK.search(text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]


def _split_last_line(head: str) -> tuple[str, str]:
    """Return what stands before the last line or sentence, and that."""
    line = re.split(r"[\n.!?؟。！？]", head)[-1]
    return head.removesuffix(line).strip(), line.strip()


def _strip_break(head: str) -> str:
    return re.sub(r"[\s·•∙⋅・‧|:,;(–—-]+$", "", head)
