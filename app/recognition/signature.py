"""Leave a name under a short message out: "stop, thanks, Priya", "abmelden lg Heike". Pure."""

from collections.abc import Sequence

from app.recognition.lexicon import Lexicon
from app.recognition.normalize import split_words
from app.recognition.text import Text

MAX_WORDS = 16
"""Longest message in which a signature is looked for; in longer ones a name does no harm."""

MAX_NAME = 2
"""Most words of a name."""


def unsign(text: Text) -> Text | None:
    """Return the message without the name that follows "thanks" or "regards"; None without one."""
    words = text.words
    if not 2 < len(words) <= MAX_WORDS:  # noqa: PLR2004
        return None
    if words[-2] not in text.lexicon.closings and words[-3] not in text.lexicon.closings:
        return None
    for size in range(1, MAX_NAME + 1):
        closing, name = words[-size - 1], words[-size:]
        codes = text.lexicon.closings.get(closing)
        if codes and len(words) > size + 1 and _is_name(name, codes, text.lexicon):
            return _cut(text, size)
    return None


def _is_name(words: Sequence[str], codes: frozenset[str], lexicon: Lexicon) -> bool:
    known = [lexicon.languages[code].words.parts for code in codes]
    return not any(w.isdecimal() or any(w in parts for parts in known) for w in words)


def _cut(text: Text, size: int) -> Text:
    closing = split_words(text.folded)[-size - 1]
    folded = text.folded[: text.folded.rindex(closing) + len(closing)]
    plain_closing = text.words[-size - 1]
    plain = text.plain[: text.plain.rindex(plain_closing) + len(plain_closing)]
    return text._replace(folded=folded, plain=plain, words=text.words[:-size])
