"""Find all phrases of a language in a clause at once, in one pass over its words. Pure.

This is the bit-parallel Shift-And automaton with optional places of G. Navarro and M. Raffinot,
"Flexible Pattern Matching in Strings" (2002), chapter 4, over words instead of letters: bit i says
that the words so far end at place i of some phrase. A step is a handful of operations on one
integer, whatever the number of phrases, so time is linear in the words and nothing backtracks.
Filler words and numbers leave the bits where they are, so they may stand inside a phrase.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

STRONG_PLACES = 3
"""A phrase with so many required places is also heard when other words stand between them."""


@dataclass(frozen=True, slots=True)
class Place:
    """The words that fit one place of a phrase; a word ending in `*` fits by its beginning."""

    words: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Automaton:
    """All phrases of one language in one integer; built by `build_automaton`."""

    masks: Mapping[str, int]
    stems: Mapping[str, int]
    stem_lengths: tuple[int, ...]
    starts_whole: int
    starts_anywhere: int
    starts_silencing: int
    optional: int
    before_optional: int
    last_optional: int
    ends_open: int
    ends_closed: int
    ends_strong: int
    tails: int
    owners: Mapping[int, int]

    def mask(self, word: str) -> int:
        """Return the places that a word fits."""
        mask = self.masks.get(word, 0)
        for length in self.stem_lengths:
            if len(word) >= length:
                mask |= self.stems.get(word[:length], 0)
        return mask

    def close(self, state: int) -> int:
        """Pass over optional places."""
        ends = state | self.last_optional
        return state | (self.optional & ~((ends - self.before_optional) ^ ends))

    def find(
        self,
        words: Sequence[str],
        *,
        fillers: frozenset[str],
        blockers: frozenset[str],
        connectives: frozenset[str],
        loose: frozenset[str] = frozenset(),
        mask: int = -1,
    ) -> tuple[list[int], list[int]]:
        """Return the numbers of the phrases that a clause contains, and of those at its end.

        A phrase may not begin after a blocker (a negation, a question word, "if") until a
        connective begins a new clause, save those that silence others: "don't text the driver".
        """
        if not self.stems and self.masks.keys().isdisjoint(words):
            return [], []
        found = 0
        fresh = self.close(self.starts_whole | self.starts_anywhere)
        anywhere = self.close(self.starts_anywhere)
        silencing = self.close(self.starts_silencing)
        state, blocked = fresh, False
        for word in words:
            joint = word in connectives
            if joint:
                found |= state & self.ends_closed
                state |= fresh
                blocked = False
            step = (state << 1) & (self.mask(word) if self.stems else self.masks.get(word, 0))
            found |= step & self.ends_open
            if word in fillers or joint or word.isdecimal():
                step |= state
            elif word in loose:
                step |= state & ~self.tails  # between the places, not behind them
            elif word in blockers:
                blocked = True
            state = silencing if blocked else anywhere
            if step:
                state = self.close(step | state)
                found |= state & self.ends_open
        last = state & (self.ends_closed | self.ends_open)
        return self._numbers((found | last) & mask), self._numbers(last & mask)

    def find_loosely(
        self,
        words: Sequence[str],
        *,
        fillers: frozenset[str],
        blockers: frozenset[str],
        connectives: frozenset[str],
        strong: bool,
    ) -> list[int]:
        """Return phrases whose words come in order, others between; `strong`: of several places.

        Blockers never stand between: "stop asking why you never send me messages".
        """
        found, _ = self.find(
            words,
            fillers=fillers,
            blockers=blockers,
            connectives=connectives,
            loose=frozenset(words) - blockers,
            mask=self.ends_strong if strong else -1,
        )
        return found

    def _numbers(self, found: int) -> list[int]:
        numbers = set()
        while found:
            bit = found & -found
            numbers.add(self.owners[bit.bit_length() - 1])
            found ^= bit
        return sorted(numbers)


def _is_strong(places: Sequence[Place]) -> bool:
    """Tell whether a phrase says enough: three places, two of them with a choice of words."""
    required = [place for place in places if not place.optional]
    return len(required) >= STRONG_PLACES and sum(len(p.words) > 1 for p in required) > 1


def build_automaton(
    phrases: Iterable[tuple[int, Sequence[Place], bool, bool]], *, never: Container[int] = ()
) -> Automaton:
    """Build from (number, places, open start, open end); numbers may repeat for variants.

    `never` are the numbers of the phrases that silence others.
    """
    masks: dict[str, int] = {}
    stems: dict[str, int] = {}
    silencing = 0
    whole = anywhere = optional = before = last = ends_open = ends_closed = ends_strong = tails = 0
    owners: dict[int, int] = {}
    position = 0
    for number, places, open_start, open_end in phrases:
        start = 1 << position
        whole |= 0 if open_start else start
        anywhere |= start if open_start else 0
        silencing |= start if open_start and number in never else 0
        for index, place in enumerate(places):
            position += 1
            bit = 1 << position
            for word in place.words:
                table, key = (stems, word[:-1]) if word.endswith("*") else (masks, word)
                table[key] = table.get(key, 0) | bit
            if place.optional:
                optional |= bit
                if index == 0 or not places[index - 1].optional:
                    before |= bit >> 1
                if index + 1 == len(places) or not places[index + 1].optional:
                    last |= bit
        ends_open |= (1 << position) if open_end else 0
        ends_closed |= 0 if open_end else (1 << position)
        last_required = max((i for i, p in enumerate(places) if not p.optional), default=0)
        for back in range(len(places) - last_required):
            tails |= 1 << (position - back)
        ends_strong |= (1 << position) if _is_strong(places) else 0
        owners[position] = number
        position += 1
    return Automaton(
        masks=masks,
        stems=stems,
        stem_lengths=tuple(sorted({len(stem) for stem in stems})),
        starts_whole=whole,
        starts_anywhere=anywhere,
        starts_silencing=silencing,
        optional=optional,
        before_optional=before,
        last_optional=last,
        ends_open=ends_open,
        ends_closed=ends_closed,
        ends_strong=ends_strong,
        tails=tails,
        owners=owners,
    )
