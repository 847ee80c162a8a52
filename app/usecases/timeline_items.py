"""The pieces of a told history: items, made of parts, with details behind them."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.console_texts import ConsoleLanguage

# More than this in a headline hides what matters; the details have all of it.
LONGEST_WORDS = 280


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence.

    `kind` "text" is ours; "words" are somebody's own, to be quoted; "name" is foreign and not
    quoted; "id" runs from left to right in every language.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of what stands behind an item; `kind` as in Part."""

    label: str
    value: str
    kind: str = "name"


@dataclass(slots=True)
class Item:
    """One thing that happened: who did what, what it changed, and what was answered.

    `actor` is person, team, system or platform.
    """

    at: datetime
    moment: str
    actor: str
    subject: list[Part]
    effects: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)


def write_plainly(item: Item, texts: ConsoleLanguage) -> str:
    """Return an item as one line of text."""
    subject = "".join(
        texts.text("timeline.quote", words=part.text) if part.kind == "words" else part.text
        for part in item.subject
    )
    comma, semicolon = (f"{texts.text(f'timeline.{name}')} " for name in ("comma", "semicolon"))
    line = f"{item.moment}: {subject}"
    if item.effects:
        line += f" {texts.text('timeline.arrow')} {comma.join(item.effects)}"
    return f"{line}{semicolon}{comma.join(item.answers)}" if item.answers else line


def quote_words(text: object) -> Part:
    """Return somebody's own words on one line, clipped."""
    words = " ".join(str(text if text is not None else "").split())
    if len(words) > LONGEST_WORDS:
        words = f"{words[: LONGEST_WORDS - 1]}…"
    return Part("words", words or "…")
