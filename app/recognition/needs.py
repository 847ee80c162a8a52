"""What the words of a message must hold before any phrase of a language can be in it. Pure.

Each phrase is the row of its required places, one bit each, side by side in one integer with a
spare bit behind every row. The words of a message fill places, in whatever order they come; adding
one to the first bit of every row then carries into the spare bit of exactly the rows that are full.
So one addition rules out nearly all messages in which a phrase has one word and not the next.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from app.recognition.anchors import find_rare
from app.recognition.automaton import Place
from app.recognition.timeroles import TimeWords
from app.recognition.times import TIME

_CORES = frozenset({
    "open", "while", "fixed", "number", "unit", "short_unit", "date", "month", "weekday",
    "relative", "calendar", "day_mark",
})  # fmt: skip
"""Roles of which every time expression has at least one, or digits."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The required places of all phrases of a language; built by `build_needs`.

    `single` maps a word to the places that it fills. `joint` maps one of several words that belong
    together to the others and the places that all of them fill. `digits` are what a number fills.
    """

    single: Mapping[str, int]
    joint: Mapping[str, tuple[tuple[frozenset[str], int], ...]]
    digits: int
    starts: int
    spares: int

    def are_met(self, words: AbstractSet[str]) -> bool:
        """Tell whether the words fill all places of some phrase."""
        single, joint = self.single, self.joint
        filled = 0
        for word in words:
            if word in single:
                filled |= single[word]
            elif word.isdecimal():
                filled |= self.digits
            if word in joint:
                for others, places in joint[word]:
                    if others <= words:
                        filled |= places
        return (filled + self.starts) & self.spares != 0


def build_needs(
    phrases: Iterable[Sequence[Place]], times: TimeWords, *, common: Container[str], spaced: bool
) -> Needs:
    """Build from the places of each phrase; rows that are alike become one."""
    clock = frozenset(word for word, (role, _) in times.roles.items() if role in _CORES)
    rows: dict[frozenset[frozenset[str]], None] = {}
    for places in phrases:
        needed = [p.words for p in places if not (p.optional or "*" in "".join(p.words))]
        rows[frozenset(map(frozenset, needed))] = None
    masks: dict[str, int] = {}
    starts = spares = position = 0
    for row in rows:
        starts |= 1 << position
        for words in row:
            for word in words:
                masks[word] = masks.get(word, 0) | 1 << position
            position += 1
        spares |= 1 << position
        position += 1
    digits = masks.pop(TIME, 0)
    for word in clock | {word for word in masks if word.isdecimal()} if digits else ():
        masks[word] = masks.get(word, 0) | digits
    return Needs(
        {word: mask for word, mask in masks.items() if " " not in word},
        _join(masks, common, spaced=spaced),
        digits,
        starts,
        spares,
    )


def _join(
    masks: Mapping[str, int], common: Container[str], *, spaced: bool
) -> dict[str, tuple[tuple[frozenset[str], int], ...]]:
    """Return the masks of words that belong together by the one that ordinary messages lack."""
    joint: dict[str, dict[frozenset[str], int]] = {}
    for key, mask in masks.items():
        parts = frozenset(key.split(" "))
        if len(parts) > 1 or " " in key:
            first = find_rare(key, common, spaced=spaced) or max(sorted(parts), key=len)
            table = joint.setdefault(first, {})
            table[parts] = table.get(parts, 0) | mask
    return {
        first: tuple((parts - {first}, mask) for parts, mask in table.items())
        for first, table in joint.items()
    }
