"""A developer's system or a person on the team changes preferences on somebody's behalf.

It takes the same way as a person's own word, through the inbox, and is applied at once.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.commands import Command
from app.domain.events import Event, Source, event_id_of
from app.domain.preferences import Outcome
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.usecases.apply import Applier, finish


def change(
    recipient: Recipient,
    settings: Mapping[str, RegisterValue],
    *,
    source: Source,
    actor: str,
    reason: str,
    via: str,
    applier: Applier,
    now: datetime,
    command: Command | None = None,
    language: str | None = None,
    phone_number_id: str | None = None,
    proof: Mapping[str, Any] | None = None,
    change_id: str | None = None,
    expected_revision: int | None = None,
    occurred_at: datetime | None = None,
) -> Outcome:
    """Set registers with evidence of who did it and why; effective when this returns.

    `actor` is who decided, as the caller says; `via` is the token or console that we know.
    `proof` is further evidence, such as the wording that the person saw. `command`, `language`
    and `phone_number_id` matter where the change is to be confirmed in the chat. `change_id` names
    the change, so that asking again is not a second one. With `expected_revision` the outcome is
    REFUSED when the record has changed since, and nothing is set. `occurred_at` is when the person
    said so, where that was not just now.

    Raises:
        StoreError: it may or may not have been accepted; it is safe to ask again.
    """
    event = Event(
        id=event_id_of("change", change_id or uuid.uuid4().hex),
        recipient=recipient,
        source=source,
        occurred_at=occurred_at or now,
        received_at=now,
        settings=settings,
        command=command,
        language=language,
        phone_number_id=phone_number_id,
        expected_revision=expected_revision,
        proof={**(proof or {}), "actor": actor, "via": via, "reason": reason},
    )
    # In the inbox first: if we fail from here on, the sweeper finishes it.
    applier.inbox.accept([event], now=now)
    return finish(event, applier=applier, now=now)
