"""The notation in which phrases are written, read into sequences of slots. Pure.

A phrase is written as people say it: `... stop {sending} [me] [any more] {messages}`.
`{name}` is any word of a class, `[…]` may be left out, `(a|b c)` is one of several, and `...` at
either end means that other words may stand there; without it the phrase is a whole clause.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_VARIANTS = 512
"""Most variants that the options of one line may multiply into."""

_APOSTROPHE = re.compile("['’-]")
_PIECES = re.compile(r"\.\.\.|\{[a-z_]+\}|[\[\]()|]|[^\s\[\](){}|]+")


class PatternError(ValueError):
    """A phrase is not written in the notation; the text says where."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a phrase: words as written, and names of classes any word of which fits."""

    words: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """One variant of a written phrase; `open_start` and `open_end` are its `...`."""

    slots: tuple[Slot, ...]
    open_start: bool
    open_end: bool


def read_phrase(line: str) -> list[Phrase]:
    """Return every variant of a written phrase; raises PatternError."""
    pieces = _PIECES.findall(line)
    if "".join(pieces) != "".join(line.split()):
        raise PatternError(f"{line!r}: a brace or a name in it cannot be read")
    open_start = bool(pieces) and pieces[0] == "..."
    open_end = len(pieces) > 1 and pieces[-1] == "..."
    body = pieces[open_start : len(pieces) - open_end]
    if "..." in body:
        raise PatternError(f"{line!r}: ... may stand only at the ends")
    stream = iter([*body, ""])
    variants = _read_choice(stream, "", line)
    if any(all(slot.optional for slot in variant) for variant in variants):
        raise PatternError(f"{line!r}: at least one word must be required")
    return [Phrase(variant, open_start, open_end) for variant in dict.fromkeys(variants)]


def _read_choice(pieces: Iterator[str], closing: str, line: str) -> list[tuple[Slot, ...]]:
    """Read alternatives up to the closing bracket."""
    choices: list[tuple[Slot, ...]] = []
    current: list[tuple[Slot, ...]] = [()]
    for piece in pieces:
        if piece == closing:
            return _merge([*choices, *current])
        if piece in {"", "]", ")"}:
            raise PatternError(f"{line!r}: brackets do not match")
        if piece == "|":
            choices, current = [*choices, *current], [()]
            continue
        items = _read_item(piece, pieces, line)
        current = [before + item for before in current for item in items]
        if len(current) + len(choices) > MAX_VARIANTS:
            raise PatternError(f"{line!r}: more than {MAX_VARIANTS} variants; write two lines")
    raise PatternError(f"{line!r}: brackets do not match")


def _merge(choices: list[tuple[Slot, ...]]) -> list[tuple[Slot, ...]]:
    """Make one slot of the alternatives that are single slots; it keeps variants few."""
    single = [c[0] for c in choices if len(c) == 1 and not c[0].optional]
    if len(single) < 2:  # noqa: PLR2004
        return choices
    words = tuple(word for slot in single for word in slot.words)
    classes = tuple(name for slot in single for name in slot.classes)
    others = [c for c in choices if len(c) != 1 or c[0].optional]
    return [(Slot(words, classes),), *others]


def _read_item(piece: str, pieces: Iterator[str], line: str) -> list[tuple[Slot, ...]]:
    if piece == "(":
        return _read_choice(pieces, ")", line)
    if piece == "[":
        choices = _read_choice(pieces, "]", line)
        skippable: list[tuple[Slot, ...]] = [
            (replace(choice[0], optional=True),) for choice in choices if len(choice) == 1
        ]
        longer = [choice for choice in choices if len(choice) != 1]
        return [*(skippable or [()]), *longer]
    if piece.startswith("{"):
        return [(Slot(classes=(piece[1:-1],)),)]
    parts = _APOSTROPHE.split(piece)
    if len(parts) > 1 and all(parts):  # "don't" is two words, and one when typed in a hurry
        return [tuple(Slot(words=(part,)) for part in parts), (Slot(words=("".join(parts),)),)]
    return [(Slot(words=(piece,)),)]
