"""A tap or a YES of the person, by which a pending consent begins to count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.consent_ports import PendingConsents
from app.domain.business import Business
from app.domain.commands import Command
from app.domain.confirmations import ConfirmationState
from app.domain.events import Event, Source, event_id_of
from app.domain.inbound import InboundMessage, MessageKind
from app.domain.pending import (
    PendingConsent,
    may_confirm,
    narrow,
    proof_of_confirmed,
    read_confirm_tap,
    settings_of_confirmed,
)
from app.ports import Outbox, PreferenceRecords
from app.usecases.identities import root_of

VOID_RULE = "confirm_void"
"""The rule of a tap that came too late, or from somebody else: it is answered and does nothing."""

# In these the question has left us, or may have.
_ASKED = frozenset({ConfirmationState.SENDING, ConfirmationState.UNKNOWN, ConfirmationState.SENT})


@dataclass(frozen=True, slots=True)
class ConsentReader:
    """What reading a second yes needs. `is_yes` tells whether words are a bare YES."""

    consents: PendingConsents
    outbox: Outbox
    preferences: PreferenceRecords
    business: Business
    is_yes: Callable[[str], bool]


def read_second_yes(
    message: InboundMessage,
    reader: ConsentReader,
    *,
    country: str | None,
    occurred_at: datetime,
    now: datetime,
) -> Event | None:
    """Return the event of a tap or a YES; None for every other message, without asking the store.

    Raises:
        StoreError: nobody can say; the message must come again.
    """
    pending_id = read_confirm_tap(message.button_id)
    if pending_id:
        identity = root_of(message.recipient, reader.preferences)
        pending = reader.consents.find(pending_id)
        event = _confirm(
            pending,
            message,
            reader,
            identity=identity,
            country=country,
            occurred_at=occurred_at,
            now=now,
        )
        return event or _void(message, country=country, occurred_at=occurred_at, now=now)
    if message.kind is not MessageKind.TEXT or not reader.is_yes(message.text or ""):
        return None
    identity = root_of(message.recipient, reader.preferences)
    pending = reader.consents.find_asked(identity)
    if pending is None or not _may_answer(message, pending, reader):
        return None
    # With another question open, nobody can say which one a YES answers.
    if reader.preferences.load(identity).preferences.question_until() is not None:
        return None
    return _confirm(
        pending,
        message,
        reader,
        identity=identity,
        country=country,
        occurred_at=occurred_at,
        now=now,
    )


def _may_answer(message: InboundMessage, pending: PendingConsent, reader: ConsentReader) -> bool:
    """Tell whether words can be an answer to our question: it was sent, and they quote no other.

    Anybody can send a form with a number. Where our question never left, or did not arrive, a
    "yes" in a chat with the business is about something else.
    """
    found = reader.outbox.load(pending.id)
    if found is None or found[0].state not in _ASKED:
        return False
    if message.answers and message.answers != found[0].message_id:
        return False
    return reader.outbox.status_of(pending.id, "failed") is None


def _confirm(
    pending: PendingConsent | None,
    message: InboundMessage,
    reader: ConsentReader,
    *,
    identity: str,
    country: str | None,
    occurred_at: datetime,
    now: datetime,
) -> Event | None:
    source = reader.business.source(pending.source_id) if pending else None
    if pending is None or source is None or not may_confirm(pending, identity, occurred_at):
        return None
    is_tap = message.button_id is not None
    source = narrow(source, pending)
    return Event(
        id=event_id_of(message.id),
        recipient=message.recipient,
        source=Source.BUTTON if is_tap else Source.KEYWORD,
        # From the form on: a STOP that came after it stands, whatever is tapped later.
        occurred_at=pending.asked_at,
        received_at=now,
        settings={**settings_of_confirmed(source), "language": pending.wording.language},
        command=Command.START,
        language=pending.wording.language,
        phone_number_id=message.phone_number_id,
        proof={
            "message_id": message.id,
            "kind": message.kind.value,
            "button_id": message.button_id,
            "answers": message.answers,
            "country": country,
            "words": message.label if is_tap else message.text,
            "rule": "confirm",
            **proof_of_confirmed(pending, source, occurred_at),
        },
    )


def _void(
    message: InboundMessage, *, country: str | None, occurred_at: datetime, now: datetime
) -> Event:
    return Event(
        id=event_id_of(message.id),
        recipient=message.recipient,
        source=Source.BUTTON,
        occurred_at=occurred_at,
        received_at=now,
        phone_number_id=message.phone_number_id,
        proof={"message_id": message.id, "country": country, "rule": VOID_RULE},
    )
