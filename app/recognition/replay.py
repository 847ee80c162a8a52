"""What a change of words would have done to past messages: who would flip. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.recognition.lexicon import Lexicon
from app.recognition.recognizer import recognize
from app.recognition.result import Recognition


@dataclass(frozen=True, slots=True)
class Flip:
    """One message that is read differently; `line` counts from one."""

    line: int
    before: Recognition
    after: Recognition


def replay(
    rows: Iterable[Mapping[str, Any]], before: Lexicon, after: Lexicon
) -> Iterator[Flip | None]:
    """Read each row (`text`, and `country` and `language` if known) with both lexicons.

    Yields one item a row, None where nothing changes, so that a caller can show how far it is.
    """
    for line, row in enumerate(rows, start=1):
        hints = {"country": row.get("country"), "language": row.get("language")}
        text = str(row.get("text", ""))
        old, new = recognize(text, before, **hints), recognize(text, after, **hints)
        is_same = (old.command, old.topic, old.days) == (new.command, new.topic, new.days)
        yield None if is_same else Flip(line, old, new)
