"""The second look: can a language read anything at all in a message? Pure.

It never says no where the reading would find something: it asks whether the words that are needed
are there, and the reading asks besides in which order.
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from app.recognition.candidates import find_languages
from app.recognition.firstlook import Sayable
from app.recognition.normalize import split_words
from app.recognition.reading import CORRECTED_WORDS
from app.recognition.text import Text

_REWRITTEN = re.compile(r"""["“„«「『>]|https?://|www\.|[^\W\d_]\.[^\W\d_]\.""")
"""Quotations, links and abbreviations, which the reading cuts out or joins."""

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
    if len(text.words) - sum(map(str.isdecimal, text.words)) <= CORRECTED_WORDS:
        fixes = language.spelling.correct_all(words)
        if fixes and language.needs.are_met({*words, *fixes.values()}):
            return True
    if _are_said(words, fixes, sayable):
        return True
    if _may_say_sentence(text.folded if strict else text.plain, words, fixes, sayable):
        return True
    return _REWRITTEN.search(text.folded) is not None


def _are_said(words: Iterable[str], fixes: Mapping[str, str], sayable: Sayable) -> bool:
    """Tell whether words are nothing but what may stand around and in a keyword."""
    return all(
        word in sayable.words or fixes.get(word) in sayable.words or word.isdecimal()
        for word in words
    )


def _may_say_sentence(
    written: str, words: AbstractSet[str], fixes: Mapping[str, str], sayable: Sayable
) -> bool:
    """Tell whether the first or the last of several sentences or clauses can be a keyword."""
    if sayable.worldwide.isdisjoint(words) and sayable.about.isdisjoint({*words, *fixes.values()}):
        return False
    sentences = [found for piece in _BREAKS.split(written) if (found := split_words(piece))]
    return len(sentences) > 1 and any(
        _are_said(sentence, fixes, sayable) for sentence in (sentences[0], sentences[-1])
    )
