"""Somebody asks, on a person's behalf, that the person be forgotten."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.domain.events import Act, Event, Source, event_id_of
from app.domain.preferences import Outcome
from app.domain.recipients import Recipient, identity_of_bsuid, recipient_of_identity
from app.usecases.apply import Applier, finish
from app.usecases.forget import identities_of


@dataclass(frozen=True, slots=True)
class Erasure:
    """What forgetting gave: `addresses` are the ids whose data went; none for a stranger.

    `is_suppressed` tells whether the person had forbidden anything, which still stands.
    """

    addresses: tuple[str, ...]
    is_suppressed: bool


def ask_to_forget(
    recipient: Recipient,
    *,
    source: Source,
    actor: str,
    reason: str,
    via: str,
    applier: Applier,
    now: datetime,
) -> Erasure:
    """Forget one person under every id that is known to be theirs.

    Raises:
        StoreError: it may or may not have been accepted; it is safe to ask again.
    """
    identities = identities_of(recipient, applier.preferences)
    known = [one for one in applier.preferences.load_many(identities) if one.is_known]
    event = Event(
        id=event_id_of("forget", uuid.uuid4().hex),
        recipient=_whole(identities, recipient),
        source=source,
        occurred_at=now,
        received_at=now,
        act=Act.FORGET,
        proof={"actor": actor, "via": via, "reason": reason},
    )
    applier.inbox.accept([event], now=now)
    outcome = finish(event, applier=applier, now=now)
    remains = applier.preferences.load(identities[0]).forgotten
    return Erasure(
        addresses=tuple(_address_of(one.identity) for one in known)
        if outcome is Outcome.APPLIED
        else (),
        is_suppressed=bool(remains and remains.registers),
    )


def _whole(identities: list[str], asked: Recipient) -> Recipient:
    """Return the person with both ids: whoever finishes this finds no link between them any more."""
    root = recipient_of_identity(identities[0])
    bsuids = [one for one in identities if one.startswith(identity_of_bsuid(""))]
    bsuid = asked.bsuid or (recipient_of_identity(bsuids[0]).bsuid if bsuids else None)
    return Recipient(wa_id=root.wa_id, bsuid=bsuid or root.bsuid)


def _address_of(identity: str) -> str:
    recipient = recipient_of_identity(identity)
    return recipient.wa_id or recipient.bsuid or ""
