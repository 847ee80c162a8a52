"""Choose the words by which a phrase is looked for before it is read. Pure."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.recognition.automaton import Place
from app.recognition.normalize import strip_accents
from app.recognition.times import TIME

Triggers = Mapping[str, frozenset[str] | None]
"""Word that a phrase cannot do without, to the words one of which must come with it."""


def add_trigger(
    table: dict[str, set[str] | None], word: str, companions: Iterable[str] | None
) -> None:
    """Add a trigger; None as companions means that the word is enough."""
    known = table.setdefault(word, set())
    if companions is None or known is None:
        table[word] = None
    else:
        known.update(companions)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Finds what the first look goes by; `seen` remembers places, which recur in many phrases."""

    common: frozenset[str]
    spaced: bool
    seen: dict[tuple[str, ...], tuple[tuple[float, int], frozenset[str]]]

    def choose(self, places: Sequence[Place]) -> list[tuple[str, frozenset[str] | None]]:
        """Return the words of the required place that ordinary messages are least likely to hold.

        Each comes with the words of the second such place, one of which must be there too.
        """
        required = [p for p in places if not p.optional and p.words and TIME not in p.words]
        ranked = sorted((self._rate(place) for place in required), key=lambda rated: rated[0])
        if not ranked:
            return []
        companions = ranked[1][1] if len(ranked) > 1 else None
        if companions is not None and any(word.endswith("*") for word in companions):
            companions = None
        if companions is not None:
            companions = frozenset(strip_accents(word) for word in companions)
        return [(word, companions) for word in sorted(ranked[0][1])]

    def _rate(self, place: Place) -> tuple[tuple[float, int], frozenset[str]]:
        """Return how frequent the words of a place are, and their rarest parts."""
        known = self.seen.get(place.words)
        if known is None:
            rare = [find_rare(w, self.common, spaced=self.spaced) for w in place.words]
            parts = frozenset(
                part or max(word.split(" "), key=len)
                for part, word in zip(rare, place.words, strict=True)
            )
            share = rare.count("") / len(rare)
            size = len(rare) if share < 1 else -max(map(len, parts))
            known = ((share, size), parts)
            self.seen[place.words] = known
        return known


def find_rare(word: str, common: Container[str], *, spaced: bool) -> str:
    """Return the part of a word that the first look goes by: the longest that is not frequent."""
    least = 2 if spaced else 0
    parts = [part for part in word.split(" ") if part not in common and len(part) > least]
    return max(parts, key=len, default="")
