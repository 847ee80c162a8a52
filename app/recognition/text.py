"""A message in the forms that the rungs of the ladder need, with what is known beside it."""

from datetime import date
from typing import NamedTuple

from app.recognition.lexicon import Lexicon
from app.recognition.normalize import fold_text, split_words, strip_accents


class Text(NamedTuple):
    """`folded` keeps accents, `plain` and `words` do not; `hints` are likely languages."""

    folded: str
    plain: str
    words: list[str]
    lexicon: Lexicon
    hints: tuple[str, ...]
    today: date | None

    @property
    def asks(self) -> bool:
        """True when there is a question mark."""
        return "?" in self.folded or "؟" in self.folded


def read_text(raw: str, lexicon: Lexicon, hints: tuple[str, ...], today: date | None) -> Text:
    """Bring a message into its forms."""
    folded = fold_text(raw)
    plain = strip_accents(folded)
    return Text(folded, plain, split_words(plain), lexicon, hints, today)
