"""Somebody on the team changes preferences on a person's behalf, once for each form.

It takes the same way as a person's own word, through the inbox, and is applied at once.
"""

from collections.abc import Mapping
from datetime import datetime

from app.domain.events import Event, Source, event_id_of
from app.domain.preferences import Outcome
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.usecases.apply import Applier, finish

VIA = "console"


def operate(
    recipient: Recipient,
    settings: Mapping[str, RegisterValue],
    *,
    key: str,
    actor: str,
    reason: str,
    asked_how: str | None = None,
    applier: Applier,
    now: datetime,
) -> Outcome:
    """Set registers with evidence of who did it and why; effective when this returns.

    The same `key` is the same change: a form that is sent twice, or again after an error, changes
    once. `asked_how` is how the person asked for what permits messages again.

    Raises:
        StoreError: it may or may not have been accepted; it is safe to send the form again.
    """
    proof = {"actor": actor, "via": VIA, "reason": reason}
    if asked_how:
        proof["asked_how"] = asked_how
    event = Event(
        id=event_id_of("operate", key),
        recipient=recipient,
        source=Source.OPERATOR,
        occurred_at=now,
        received_at=now,
        settings=settings,
        proof=proof,
    )
    # In the inbox first: if we fail from here on, the sweeper finishes it.
    applier.inbox.accept([event], now=now)
    return finish(event, applier=applier, now=now)
