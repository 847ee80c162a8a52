"""The first rung: a whole message that is a keyword, or a sign. Pure."""

from collections.abc import Sequence

from app.domain.commands import Command
from app.recognition.firstlook import Meaning
from app.recognition.lexicon import Lexicon
from app.recognition.normalize import split_words
from app.recognition.result import NONE, Certainty, Recognition
from app.recognition.text import Text

MAX_WORDS = 8
"""Longest keyword in words."""

SHARED_WIDELY = 4
"""A keyword of this many languages says nothing about which one the person speaks."""

_CHANGING = frozenset({Command.STOP, Command.START, Command.PAUSE, Command.RESUME})


def read_exact(text: Text) -> Recognition | None:
    """Return the reading of a keyword, or None when the whole message is none.

    It may be NONE too: a hint can say that the word is an ordinary one of the person's language.
    """
    if len(text.words) > MAX_WORDS:
        return None
    plain_key = " ".join(text.words)
    key = plain_key if text.plain == text.folded else " ".join(split_words(text.folded))
    meanings = text.lexicon.meanings(key, plain_key)
    if not meanings:
        return None
    found = resolve(meanings, text.hints, rule="keyword")
    if text.asks and found.command in _CHANGING:
        return unsure("question", found.language, universal=found.universal)
    return found


def resolve(meanings: Sequence[Meaning], hints: Sequence[str], *, rule: str) -> Recognition:
    """Choose among the meanings of one word; a collision that no hint settles is UNSURE."""
    for meaning in meanings:
        if meaning.universal:
            return Recognition(meaning.command, None, None, rule, meaning.language, universal=True)
    for hint in hints:
        for meaning in meanings:
            if meaning.language == hint:
                return _answer(meaning, rule)
    if len({meaning.command for meaning in meanings}) > 1:
        return unsure("collision", None)
    return _answer(meanings[0], rule, universal=len(meanings) >= SHARED_WIDELY)


def _answer(meaning: Meaning, rule: str, *, universal: bool = False) -> Recognition:
    if meaning.command is Command.NONE:
        return NONE
    if meaning.command is Command.UNSURE:
        return unsure("ask", meaning.language)
    return Recognition(meaning.command, None, None, rule, meaning.language, universal=universal)


def unsure(rule: str, language: str | None, *, universal: bool = False) -> Recognition:
    """Return the answer that asks the person."""
    return Recognition(
        Command.UNSURE,
        rule=rule,
        language=language,
        certainty=Certainty.UNSURE,
        universal=universal,
    )


def read_sign(raw: str, lexicon: Lexicon) -> Recognition:
    """Read a message without words: a stop sign, perhaps repeated."""
    signs = {c for c in raw[:64] if not c.isspace() and c not in "\ufe0f\u200d!."}
    command = lexicon.emoji.get(signs.pop()) if len(signs) == 1 else None
    if command is None:
        return NONE
    if command is Command.UNSURE:
        return unsure("emoji", None, universal=True)
    return Recognition(command, rule="emoji", universal=True)
