"""A yes that waits: somebody gave a number on a website, and only its owner can confirm it.

Anybody can type anybody's number into a form. So the form is half a consent; the other half is a
tap or a YES of the person on WhatsApp (double opt-in).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.commands import ANSWERED
from app.domain.opt_in import proof_of_opt_in, settings_of_opt_in
from app.domain.recipients import Recipient, identity_of_wa_id
from app.domain.registers import RegisterValue
from app.domain.sources import OptInSource, Wording
from app.domain.times import from_milliseconds, to_milliseconds, to_text

ASK_CONSENT = "ask_consent"
"""The kind of the message that asks; it stands in the outbox among the confirmations."""

_TAP = re.compile(r"heed:confirm:([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class PendingConsent:
    """What the form said, kept until it is confirmed or long over.

    `asked_at` is when the form was sent: a confirmed yes counts from then, so that every STOP since
    beats it. After `expires_at` no tap counts any more. `topics` are those that were asked about,
    whatever the source covers by the time of the tap.
    """

    id: str
    wa_id: str
    source_id: str
    wording: Wording
    topics: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime
    page: str = ""
    campaign: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipient(self) -> Recipient:
        """Whose number was given."""
        return Recipient(wa_id=self.wa_id)

    @property
    def identity(self) -> str:
        """The storage name of the number that was given."""
        return identity_of_wa_id(self.wa_id)

    @property
    def button_id(self) -> str:
        """What the button of the question sends back."""
        return f"heed:confirm:{self.id}"

    def __repr__(self) -> str:
        # It lands in tracebacks; those must not carry numbers.
        return f"PendingConsent({self.id})"


def read_confirm_tap(button_id: str | None) -> str | None:
    """Return the id of the pending consent that a button confirms, or None for another button."""
    found = _TAP.fullmatch(button_id or "")
    return found[1] if found else None


def may_confirm(pending: PendingConsent, identity: str, at: datetime) -> bool:
    """Tell whether this person may confirm it at this moment."""
    return pending.identity == identity and pending.asked_at <= at < pending.expires_at


def settings_of_confirmed(source: OptInSource) -> dict[str, RegisterValue]:
    """Return the registers of a yes that the person confirmed."""
    return {**settings_of_opt_in(source), **ANSWERED}


def narrow(source: OptInSource, pending: PendingConsent) -> OptInSource:
    """Return the source as it was asked about; what it covers since, nobody was shown."""
    kept = tuple(topic for topic in source.topics if topic in pending.topics)
    return replace(source, topics=kept)


def proof_of_confirmed(
    pending: PendingConsent, source: OptInSource, confirmed_at: datetime
) -> dict[str, Any]:
    """Return what evidence keeps of both halves."""
    return {
        **proof_of_opt_in(source, pending.wording, campaign=pending.campaign),
        "page": pending.page,
        "asked_at": to_text(pending.asked_at),
        "confirmed_at": to_text(confirmed_at),
        # The yes counts from the form; our answer may follow the tap.
        "window_from": to_milliseconds(confirmed_at),
    }


def pending_to_json(pending: PendingConsent) -> dict[str, Any]:
    """Return it as plain JSON values, for storage."""
    return {
        "wa_id": pending.wa_id,
        "source_id": pending.source_id,
        "wording": [pending.wording.language, pending.wording.text],
        "topics": list(pending.topics),
        "asked_at": to_milliseconds(pending.asked_at),
        "expires_at": to_milliseconds(pending.expires_at),
        "page": pending.page,
        "campaign": dict(pending.campaign),
    }


def pending_from_json(pending_id: str, record: Mapping[str, Any]) -> PendingConsent:
    """Read it back from `pending_to_json`."""
    return PendingConsent(
        id=pending_id,
        wa_id=record["wa_id"],
        source_id=record["source_id"],
        wording=Wording(*record["wording"]),
        topics=tuple(record["topics"]),
        asked_at=from_milliseconds(record["asked_at"]),
        expires_at=from_milliseconds(record["expires_at"]),
        page=record["page"],
        campaign=record["campaign"],
    )
