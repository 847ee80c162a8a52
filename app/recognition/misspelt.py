"""The last rung: short messages whose keyword is stretched, spelled out, torn or misspelt. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.domain.commands import Command
from app.recognition.edits import is_alphabetic, is_doubled, spell
from app.recognition.exact import resolve, unsure
from app.recognition.firstlook import Meaning
from app.recognition.normalize import split_words, strip_accents
from app.recognition.result import NONE, Certainty, Recognition
from app.recognition.text import Text

MAX_WORDS, MAX_CHARACTERS = 20, 80
"""Longest message in which a typing error is looked for."""

MAX_TORN = 3
"""Most words, fillers aside, among which a torn or misspelt keyword is looked for."""

SHORT_KEYWORD, LONG_TORN = 4, 5
"""Keywords of up to four letters are too near to other words: only those used worldwide, or of a
hinted language, are looked for behind an error. Only restrictions are guessed without a hint."""

LOOKALIKES = str.maketrans("асеорхуѕіјтмкпвнԛԝαοεικνρτυχ", "aceopxysijtmknbhqwaoeikvptux")
"""Cyrillic and Greek letters that look like Latin ones, as in "ЅТОР"."""

SHORT_SYLLABIC = 8
"""The same for keywords of Thai and Korean, counted in letters."""

_GUESSED = frozenset({Command.STOP, Command.PAUSE})
_ANY_RUN = re.compile(r"(.)\1\1")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1+")

_DIGITS = (str.maketrans("013457", "oieast"), str.maketrans("013457", "oleast"))
_ANY_DIGIT = re.compile("[013457]")
_LEET = re.compile(r"(?<=[a-z])[013457](?=[a-z])|(?<=[a-z])[0134](?!\w)|(?<!\w)[0134](?=[a-z]{2})")
"""Digits among letters, as in "st0p" and "unsubscr1be"."""

MAX_SEVERAL = 8
"""Longest message in words that may be a keyword of several words, one of them misspelt."""

Read = Callable[[Text], Recognition]


def read_misspelt(text: Text, read: Read) -> Recognition:
    """Read a short message once it is repaired; `read` is the ladder without this rung."""
    if len(text.words) > MAX_WORDS or len(text.folded) > MAX_CHARACTERS:
        return NONE
    if _ANY_RUN.search(text.plain) and _LONG_RUN.search(text.plain):
        found = _read_stretched(text, read)
        if found is not NONE:
            return found
    if _ANY_DIGIT.search(text.plain) and _LEET.search(text.plain):
        found = _read_digits(text, read)
        if found is not NONE:
            return found
    content = _find_content(text)
    found = _read_content(text, content, read) if content else NONE
    if found is NONE and 1 < len(text.words) <= MAX_SEVERAL:
        found = _read_several(text)
    return found


def _read_several(text: Text) -> Recognition:
    """Read "lasst mich in rihe": a keyword of several words, one of them misspelt."""
    words, fillers = text.words, text.lexicon.fillers
    keywords = text.lexicon.typos.find_misspelt(words)
    if not keywords and (words[0] in fillers or words[-1] in fillers):
        first, last = 0, len(words)
        while first < last and words[first] in fillers:
            first += 1
        while last > first and words[last - 1] in fillers:
            last -= 1
        if first < last:
            keywords = text.lexicon.typos.find_misspelt(words[first:last])
    return _choose(text, _find_meanings(text, keywords)) if keywords else NONE


def _read_digits(text: Text, read: Read) -> Recognition:
    """Read "st0p" and "abme1den": digits struck for the letters that look like them."""
    for letters in _DIGITS:
        places = {match.start() for match in _LEET.finditer(text.folded)}
        unmasked = "".join(
            c.translate(letters) if place in places else c for place, c in enumerate(text.folded)
        )
        found = _read_repaired(text, unmasked, read, rule="lookalike")
        if found is not NONE:
            return found
    return NONE


def _read_content(text: Text, content: Sequence[str], read: Read) -> Recognition:
    compact = "".join(content)
    if len(content) > 1 and max(map(len, content)) == 1:
        return _read_repaired(text, compact, read, rule="spelled_out")
    if len(content) > 1 and " " in text.plain.strip():
        return _read_torn(text, content)
    latin = compact if compact.isascii() else compact.translate(LOOKALIKES)
    if latin != compact and latin in text.lexicon.plain:
        return _read_repaired(text, latin, read, rule="lookalike")
    return _read_typo(text, compact)


def _find_content(text: Text) -> list[str]:
    """Return the words that are no fillers, or nothing when there are too many."""
    fillers = text.lexicon.fillers
    content = [word for word in text.words if word not in fillers]
    if len(content) > MAX_TORN and (len(content[0]) > 1 or max(map(len, content)) > 1):
        return []
    if len(text.words) > MAX_TORN and max(map(len, text.words)) == 1:
        return text.words  # "s t o p"
    return content


def _read_stretched(text: Text, read: Read) -> Recognition:
    """Read "stoooop": runs of a letter become one, then two."""
    for replacement in (r"\1", r"\1\1"):
        found = _read_repaired(
            text, _LONG_RUN.sub(replacement, text.folded), read, rule="stretched"
        )
        if found is not NONE:
            return found
    return NONE


def _read_repaired(text: Text, folded: str, read: Read, *, rule: str) -> Recognition:
    plain = strip_accents(folded)
    found = read(text._replace(folded=folded, plain=plain, words=split_words(plain)))
    if found is NONE or found.command is Command.UNSURE:
        return found
    return replace(found, rule=rule, certainty=Certainty.LIKELY)


def _read_torn(text: Text, content: Sequence[str]) -> Recognition:
    """Read "un subscribe", which must then be exact, and "opt uot", one word misspelt."""
    compact = "".join(content)
    meanings = text.lexicon.meanings(compact, compact)
    if len(compact) < LONG_TORN:
        meanings = tuple(meaning for meaning in meanings if meaning.universal)
    elif not meanings:
        keywords = text.lexicon.typos.candidates_of_several(" ".join(content))
        meanings = _find_meanings(text, keywords)
    return _choose(text, meanings if len(compact) >= SHORT_KEYWORD else ())


def _read_typo(text: Text, word: str) -> Recognition:
    keywords = text.lexicon.typos.candidates(word)
    near = [
        keyword
        for keyword in keywords
        if len(spell(keyword)) <= _shortest(keyword)
        and not (len(text.words) == 1 and is_doubled(word, keyword))
    ]
    meanings = {
        meaning
        for keyword in keywords
        for meaning in text.lexicon.meanings(keyword, keyword)
        if meaning.universal
        or meaning.language in text.hints
        or (keyword not in near and meaning.command in _GUESSED)
    }
    return _choose(text, sorted(meanings, key=lambda m: (m.language, m.command.value)))


def _shortest(keyword: str) -> int:
    return SHORT_KEYWORD if is_alphabetic(keyword) else SHORT_SYLLABIC


def _find_meanings(text: Text, keywords: Iterable[str]) -> tuple[Meaning, ...]:
    return tuple(m for keyword in keywords for m in text.lexicon.meanings(keyword, keyword))


def _choose(text: Text, meanings: Sequence[Meaning]) -> Recognition:
    """Act only when everything that could be meant is one command, and nothing is asked."""
    commands = {meaning.command for meaning in meanings} - {Command.NONE, Command.UNSURE}
    worldwide = {meaning.command for meaning in meanings if meaning.universal}
    if len(worldwide) == 1:
        commands = worldwide
    if not commands:
        return NONE
    if len(commands) > 1 or text.asks:
        return unsure("typo", None)
    found = resolve([m for m in meanings if m.command in commands], text.hints, rule="typo")
    if found.command is Command.UNSURE:
        return found
    return replace(found, certainty=Certainty.LIKELY)
