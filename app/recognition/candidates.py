"""The first look: in which languages is a message worth reading? Pure, and cheap.

Most messages hold no word that any phrase or keyword needs; they end here.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from app.recognition.firstlook import STEM
from app.recognition.lexicon import Lexicon
from app.recognition.text import Text

MAX_LANGUAGES = 8
"""Most languages in which one message is read."""

FEW_LANGUAGES = 3
"""Up to so many languages are all read; more are ranked by the words they know."""

MAX_READ = 6000
"""Most characters that are read in all languages together: the time of hostile texts is bounded."""

MAX_RANKED = 200
"""Most words by which languages are ranked; of more, the first and the last half count."""

SHORT_MESSAGE = 8
"""Longest message in words whose worldwide keyword may stand among fillers of any language."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)

Found = dict[str, int]
"""Languages with the number of their words that were found."""


def find_languages(text: Text) -> list[str]:
    """Return the languages in which a message must be read, the likeliest first."""
    found: Found = {}
    lexicon, words = text.lexicon, text.words
    if not lexicon.triggers.keys().isdisjoint(words):
        _count_words(found, words, lexicon)
    if lexicon.stems:
        stems = {word[:STEM] for word in words}
        if not lexicon.stems.keys().isdisjoint(stems):
            _count(found, (lexicon.stems.get(stem, ()) for stem in stems))
    if not text.folded.isascii() and _UNSPACED.search(text.folded):
        _count_pieces(found, text.folded, lexicon)
    if not found:
        return []
    if len(words) <= SHORT_MESSAGE:
        _count(found, [_find_filler_languages(text)])
    if len(found) > FEW_LANGUAGES:
        found = {code: _count_known(text, code) for code in found}
    order = {code: index for index, code in enumerate(text.hints)}
    ranked = sorted(found, key=lambda code: (order.get(code, len(order)), -found[code], code))
    return ranked[: max(1, min(MAX_LANGUAGES, MAX_READ // len(text.folded)))]


def _count_known(text: Text, code: str) -> int:
    """Return how many words of the message a language knows: many share "stop" and "sms"."""
    known = text.lexicon.languages[code].words.parts
    words = text.words
    if len(words) > MAX_RANKED:
        words = [*words[: MAX_RANKED // 2], *words[-MAX_RANKED // 2 :]]
    return sum(map(known.__contains__, words))


def _count(found: Found, groups: Iterable[Iterable[str]]) -> None:
    for group in groups:
        for code in group:
            found[code] = found.get(code, 0) + 1


def _count_words(found: Found, words: Sequence[str], lexicon: Lexicon) -> None:
    distinct = set(words)
    for word in lexicon.triggers.keys() & distinct:
        for code, companions in lexicon.triggers[word]:
            if companions is None or not companions.isdisjoint(distinct):
                found[code] = found.get(code, 0) + 1


def _count_pieces(found: Found, folded: str, lexicon: Lexicon) -> None:
    """Look for the pieces of unspaced scripts, wherever spaces may stand."""
    dense = "".join(folded.split())
    starts = {dense[i : i + 2] for i in range(len(dense))}.union(dense)
    for first in lexicon.unspaced.keys() & starts:
        for piece, code, companions in lexicon.unspaced[first]:
            if _holds(dense, starts, piece) and (
                companions is None or any(_holds(dense, starts, other) for other in companions)
            ):
                found[code] = found.get(code, 0) + len(piece)


def _holds(dense: str, pairs: AbstractSet[str], piece: str) -> bool:
    """Tell whether the text holds a piece; `pairs` are all of its neighboring characters."""
    if len(piece) <= 2:  # noqa: PLR2004
        return piece in pairs
    return piece[:2] in pairs and piece[-2:] in pairs and piece in dense


def _find_filler_languages(text: Text) -> frozenset[str]:
    """Return the languages of the fillers around a word used worldwide: "stop bitte"."""
    lexicon = text.lexicon
    if lexicon.worldwide.isdisjoint(text.words):
        return frozenset()
    shared = [lexicon.filler_parts.get(w) for w in text.words if w not in lexicon.worldwide]
    if not shared or not all(shared):
        return frozenset()
    common = frozenset.intersection(*(codes for codes in shared if codes))
    return common.intersection(text.hints) or common & {"en"} or common
