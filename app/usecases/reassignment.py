"""Somebody declares that a phone number is another person's now."""

import uuid
from datetime import datetime

from app.domain.events import Act, Event, Source, event_id_of
from app.domain.preferences import Outcome
from app.domain.recipients import Recipient, recipient_of_identity
from app.usecases.apply import Applier, finish
from app.usecases.forget import owners_of


class NotANumberError(ValueError):
    """It has no phone number; a BSUID is never anybody else's."""


def declare_reassigned(
    recipient: Recipient,
    *,
    source: Source,
    actor: str,
    reason: str,
    via: str,
    applier: Applier,
    now: datetime,
) -> Outcome:
    """Let the new owner of a number start from nothing.

    Raises:
        NotANumberError: it is a BSUID alone.
        StoreError: it may or may not have been accepted; it is safe to ask again.
    """
    if recipient.wa_id is None:
        raise NotANumberError
    # With the BSUID it has now: whoever finishes this finds no link any more.
    owners = owners_of(applier.preferences.load(recipient.root), applier.preferences)
    bsuid = recipient_of_identity(owners[-1]).bsuid if owners else None
    event = Event(
        id=event_id_of("reassigned", uuid.uuid4().hex),
        recipient=Recipient(wa_id=recipient.wa_id, bsuid=bsuid),
        source=source,
        occurred_at=now,
        received_at=now,
        act=Act.REASSIGN,
        proof={"actor": actor, "via": via, "reason": reason},
    )
    applier.inbox.accept([event], now=now)
    return finish(event, applier=applier, now=now)
