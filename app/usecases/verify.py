"""Walk over the evidence of everybody and find what was edited, cut off or put in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.evidence import ChainState, check_chain
from app.domain.records import ChainStart
from app.ports import EvidenceChains

# Nearly every chain is shorter, and is read in one round trip together with others.
_SHORT = 64

Remembered = Callable[[str], tuple[int, str] | None]


@dataclass(frozen=True, slots=True)
class Verified:
    """One chain, and what reading it showed; `share` tells how far the whole walk has come."""

    identity: str
    state: ChainState
    share: float


def verify_all(chains: EvidenceChains, *, remembered: Remembered) -> Iterator[Verified | float]:
    """Yield each chain with its state, and the share of the walk after each step.

    `remembered` gives the length and head of an identity's chain at an earlier walk, or None.
    """
    for identities, share in chains.scan():
        for start in chains.first_entries(identities, most=_SHORT):
            state = _verify(start, chains, remembered(start.identity))
            if state:
                yield Verified(start.identity, state, share)
        yield share


def _verify(
    start: ChainStart, chains: EvidenceChains, known: tuple[int, str] | None
) -> ChainState | None:
    """Return the state of a chain; None when it was forgotten meanwhile."""
    if start.length == len(start.entries):
        state = check_chain(start.entries, head=start.head, remembered=known)
        if state.broken_at is None:
            return state
    # It is long, or somebody wrote while we read: look again, with its end as of one moment.
    length, head = chains.end_of(start.identity)
    state = check_chain(chains.entries(start.identity, length), head=head, remembered=known)
    if state.broken_at is not None and chains.end_of(start.identity)[0] == 0:
        return None
    return state
