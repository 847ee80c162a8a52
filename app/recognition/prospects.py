"""The second look: can a language read anything at all in a message? Pure.

It never says no where the reading would find something: it asks whether the words that are needed
are there, and the reading asks besides in which order.
"""

import re
from collections.abc import Iterable, Mapping

from app.recognition.candidates import find_languages
from app.recognition.firstlook import Sayable
from app.recognition.normalize import split_words
from app.recognition.reading import CORRECTED_WORDS
from app.recognition.text import Text

_REWRITTEN = re.compile(r"""["“„«「『>]|https?://|www\.|[^\W\d_]\.[^\W\d_]\.""")
"""Quotations, links and abbreviations, which the reading cuts out or joins."""

_REWRITABLE = re.compile('["“„«「『>./]')
"""What each of these has, in one quick look."""

_ANY_BREAK = re.compile(r"[.!\n\r…。।॥۔‼?؟;,:()،؛、·—–-]")
_BREAKS = re.compile(r"[.!\n\r…。।॥۔‼?؟;,:()،؛、·—–]+|\s-+\s")
"""Whatever may end a sentence or a clause, and more."""


def find_prospects(text: Text) -> list[str]:
    """Return the languages in which a message is worth reading, the likeliest first."""
    return [code for code in find_languages(text) if may_say(text, code)]


def may_say(text: Text, code: str) -> bool:
    """Tell whether reading the message in this language can give anything but NONE."""
    language, sayable = text.lexicon.languages[code], text.lexicon.sayable[code]
    if not language.words.spaced:
        return True
    strict = language.words.strict
    words = set(split_words(text.folded) if strict else text.words)
    if language.needs.are_met(words):
        return True
    fixes: dict[str, str] = {}
    if len(words) <= CORRECTED_WORDS or _count_words(text) <= CORRECTED_WORDS:
        fixes = language.spelling.correct_all(words)
        if fixes and language.needs.are_met({*words, *fixes.values()}):
            return True
    if _are_said(words, fixes, sayable):
        return True
    if _may_say_sentence(text.folded if strict else text.plain, fixes, sayable):
        return True
    return bool(_REWRITABLE.search(text.folded) and _REWRITTEN.search(text.folded))


def _count_words(text: Text) -> int:
    """Return the least that the reading may count: a date is one word to it, and three here."""
    return len(text.words) - sum(map(str.isdecimal, text.words))


def _are_said(words: Iterable[str], fixes: Mapping[str, str], sayable: Sayable) -> bool:
    """Tell whether words can be a keyword and what may stand around it, and nothing else."""
    is_idle = True
    for word in words:
        if word in sayable.idle:
            continue
        is_idle = False
        if not (word in sayable.words or fixes.get(word) in sayable.words or word.isdecimal()):
            return False
    return not is_idle


def _may_say_sentence(written: str, fixes: Mapping[str, str], sayable: Sayable) -> bool:
    """Tell whether one of several sentences or clauses can be a keyword."""
    first = _ANY_BREAK.search(written)
    if first is None or first.end() == len(written):
        return False
    sentences = [found for piece in _BREAKS.split(written) if (found := split_words(piece))]
    return len(sentences) > 1 and any(_are_said(words, fixes, sayable) for words in sentences)
