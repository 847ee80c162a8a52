"""What an opt-in sets and proves, the same for every way in.

A yes by a marked START, by a tap, by a form or by an API call is the same event: `messages` on,
the topics of the source on, and evidence of what was shown, where, and in which campaign.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.preferences import OPT_IN_SOURCE
from app.domain.registers import RegisterValue
from app.domain.sources import OptInSource, Wording


def settings_of_opt_in(source: OptInSource) -> dict[str, RegisterValue]:
    """Return the registers that a yes through this source sets.

    It lifts STOP, turns on the topics of the source, also those that were turned off by name
    before, and speaks of no other topic. A pause stays: who begs for quiet and signs a paper at the
    till wants both.
    """
    return {
        "messages": "opted_in",
        **{f"topics.{topic}": True for topic in source.topics},
        OPT_IN_SOURCE: source.id,
    }


def proof_of_opt_in(
    source: OptInSource,
    wording: Wording | None,
    *,
    campaign: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what evidence keeps of a yes: the very words, not a reference to a file that changes.

    `wording` is what the person was shown, or what stood beside the code that they scanned.
    """
    proof: dict[str, Any] = {
        "opt_in_source": source.id,
        "opt_in_kind": source.kind.value,
        "opt_in_topics": list(source.topics),
        "business_name": source.business_name,
    }
    if wording:
        proof |= {
            "wording_id": wording.id,
            "wording_language": wording.language,
            "wording": wording.text,
        }
    if campaign:
        proof["campaign"] = dict(campaign)
    return proof
