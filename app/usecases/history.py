"""What happened to one person, in order, with the proof that nothing was edited."""

from dataclasses import dataclass
from typing import Any

from app.domain.evidence import check_chain
from app.domain.recipients import Recipient, identity_of_bsuid, identity_of_wa_id
from app.ports import PreferenceRecords


@dataclass(frozen=True, slots=True)
class History:
    """All evidence of a person by time, and the state of each chain that it comes from."""

    entries: list[dict[str, Any]]
    chains: list[dict[str, Any]]


def history(recipient: Recipient, *, preferences: PreferenceRecords) -> History:
    """Return the evidence under every id that is known to be this person's."""
    record = preferences.load(recipient.root)
    if record.preferences.linked_to:
        record = preferences.load(identity_of_wa_id(record.preferences.linked_to))
    linked = [identity_of_bsuid(bsuid) for bsuid in record.preferences.bsuids]
    chains = {
        identity: preferences.chain_of(identity)
        for identity in dict.fromkeys([record.identity, *linked, recipient.root])
    }
    return History(
        entries=sorted(
            (entry for chain, _ in chains.values() for entry in chain),
            key=lambda entry: entry["at"],
        ),
        chains=[
            _describe(identity, chain, head) for identity, (chain, head) in chains.items() if chain
        ],
    )


def _describe(identity: str, chain: list[dict[str, Any]], head: str) -> dict[str, Any]:
    state = check_chain(chain, head=head)
    return {
        "identity": identity,
        "length": len(chain),
        "intact": state.broken_at is None,
        "head": head,
    }
