"""Count figures from the evidence of everybody, a few people at a time; and read them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from app.domain.figures import KEPT_DAYS, count_chain, day_to_json, new_tally, sum_up
from app.domain.times import to_text
from app.ports import EvidenceChains

# Nearly every chain is shorter, and is read in one round trip together with others.
_SHORT = 64
# How old figures may be before they are counted again.
EVERY = timedelta(hours=6)


class Figures(Protocol):
    """Where counts are kept. Each method may raise the store's error."""

    def replace(self, days: Mapping[date, Mapping[str, Any]], *, counted_at: datetime) -> None:
        """Put a new count in the place of the old one, in one step."""
        ...

    def counted_at(self) -> datetime | None:
        """Return when the figures were counted, or None when they never were."""
        ...

    def load(self, days: list[date]) -> dict[date, dict[str, Any]]:
        """Return the counts of days."""
        ...


def count_figures(
    chains: EvidenceChains, figures: Figures, *, clock: Callable[[], datetime]
) -> Iterator[float]:
    """Count everything anew, and yield after each step which share is done.

    Nothing changes before the last step, so a count that is broken off leaves the one before.
    Memory grows with days, ways, topics and languages, and not with people.
    """
    now, tally = clock(), new_tally()
    for identities, share in chains.scan():
        # While Redis makes its table larger a scan may give somebody twice; to remember everybody
        # would cost more than figures that are a little too high until the next count.
        for start in chains.first_entries(list(dict.fromkeys(identities)), most=_SHORT):
            is_whole = start.length == len(start.entries)
            entries = start.entries if is_whole else chains.entries(start.identity, start.length)
            # A chain that somebody has damaged must not end the count of all others;
            # `flask evidence verify` names it.
            with suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
                count_chain(entries, tally, now=now)
        yield share
    figures.replace({day: day_to_json(found) for day, found in tally.items()}, counted_at=now)
    yield 1.0


def read_figures(figures: Figures, first: date, last: date, *, now: datetime) -> dict[str, Any]:
    """Return the figures of a period, both days within."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    counted_at = figures.counted_at()
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "counted_at": to_text(counted_at) if counted_at else None,
        **sum_up(figures.load(days), today=(counted_at or now).date()),
    }


def earliest_day(now: datetime) -> date:
    """Return the first day that figures can be of."""
    return now.date() - timedelta(days=KEPT_DAYS)
