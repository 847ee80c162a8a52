"""The life of one confirmation, as pure steps (design 2.6).

    PENDING → SENDING → SENT
                 ├─→ PENDING   it certainly did not leave: try again later
                 ├─→ UNKNOWN   nobody answered: wait for a status with our tracker, then once more
                 └─→ FAILED    it can not be sent
    PENDING → SKIPPED          nothing should be sent any more

360dialog has no idempotency key. So a second sending happens only from UNKNOWN, once, and after
waiting for the status that would tell that the first arrived.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.pending import ASK_CONSENT
from app.domain.preferences import Preferences
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.domain.times import SERVICE_WINDOW, from_milliseconds, to_milliseconds

# Longer than a request to 360dialog can take, so that a lease ends only when its worker is gone.
SENDING_LEASE = timedelta(seconds=20)
# Statuses come within a second or two; this is for a slow day.
STATUS_WAIT = timedelta(seconds=30)
# A confirmation that is this late is sent only if it is still true.
LATE = timedelta(seconds=30)
_ID = re.compile(r"[0-9a-f]{32}")
RETRY_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the two waits last; a rehearsal of failures makes them shorter."""

    sending_lease: timedelta = SENDING_LEASE
    status_wait: timedelta = STATUS_WAIT


USUAL_TIMING = Timing()


class ConfirmationState(StrEnum):
    """Where a confirmation stands."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen."""
        return self in {self.SENT, self.FAILED, self.SKIPPED}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What one person is to be told about one change.

    `identity` is the record that changed, `settings` the registers that the change set (to see
    whether it is still true), `details` what the text needs beside its kind.
    """

    id: str
    identity: str
    recipient: Recipient
    kind: str
    language: str
    occurred_at: datetime
    created_at: datetime
    phone_number_id: str | None = None
    settings: Mapping[str, RegisterValue] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    state: ConfirmationState = ConfirmationState.PENDING
    not_before: datetime | None = None
    attempts: int = 0
    sent_again: bool = False
    message_id: str | None = None
    reason: str | None = None
    # What was sent, kept before it is sent: a worker that dies then must not leave it unknown.
    text: str | None = None

    @property
    def tracker(self) -> str:
        """What 360dialog gives back with each status of the message."""
        return f"heed:{self.id}"


def confirmation_id_of(tracker: str) -> str | None:
    """Return the id in a tracker of ours; None where somebody else's system made it."""
    prefix, _, confirmation_id = tracker.partition(":")
    is_ours = prefix == "heed" and _ID.fullmatch(confirmation_id)
    return confirmation_id if is_ours else None


def take(confirmation: Confirmation, now: datetime, timing: Timing = USUAL_TIMING) -> Confirmation:
    """Return the confirmation as a worker that looks at it now must leave it.

    SENDING in the result means: send it now. Everything else: leave it until `not_before`.
    """
    if confirmation.state.is_final or _is_early(confirmation, now):
        return confirmation
    if confirmation.state is ConfirmationState.SENDING:
        # Its worker is gone, in the middle of the request: nobody knows.
        return doubt(confirmation, now, timing)
    if confirmation.state is ConfirmationState.UNKNOWN:
        if confirmation.sent_again:
            return fail(confirmation, "unknown_outcome")
        confirmation = replace(confirmation, sent_again=True)
    return replace(
        confirmation,
        state=ConfirmationState.SENDING,
        attempts=confirmation.attempts + 1,
        not_before=now + timing.sending_lease,
    )


def reason_to_skip(
    confirmation: Confirmation, preferences: Preferences, now: datetime
) -> str | None:
    """Return why a confirmation should not be sent any more, or None."""
    # The number is somebody else's now, who must not read what the former owner was told.
    if to_milliseconds(confirmation.occurred_at) <= preferences.fresh_since:
        return "superseded"
    if confirmation.kind == ASK_CONSENT:
        return _reason_not_to_ask(confirmation, preferences, now)
    # The window counts from the person's last message, which is the change itself unless they
    # made it on their page.
    window_from = confirmation.details.get("window_from")
    opened_at = from_milliseconds(window_from) if window_from else confirmation.occurred_at
    if now >= opened_at + SERVICE_WINDOW:
        return "window_closed"
    is_late = now >= confirmation.created_at + LATE
    if is_late and any(
        preferences.value(name) != value for name, value in confirmation.settings.items()
    ):
        return "superseded"
    return None


def _reason_not_to_ask(
    confirmation: Confirmation, preferences: Preferences, now: datetime
) -> str | None:
    """A template may go out at any time, but to nobody who has said stop meanwhile."""
    if preferences.messages == "opted_out" or preferences.question_until() is not None:
        return "stopped"
    if preferences.paused_until(now):
        return "paused"
    return "expired" if to_milliseconds(now) >= confirmation.details["expires_at"] else None


def succeed(confirmation: Confirmation, message_id: str) -> Confirmation:
    """360dialog accepted it."""
    return replace(
        confirmation,
        state=ConfirmationState.SENT,
        message_id=message_id,
        not_before=None,
        reason=None,
    )


def fail(confirmation: Confirmation, reason: str) -> Confirmation:
    """It can not be sent; `reason` is a short code for people on call."""
    return replace(confirmation, state=ConfirmationState.FAILED, reason=reason, not_before=None)


def skip(confirmation: Confirmation, reason: str) -> Confirmation:
    """Nothing is sent, on purpose."""
    return replace(confirmation, state=ConfirmationState.SKIPPED, reason=reason, not_before=None)


def doubt(confirmation: Confirmation, now: datetime, timing: Timing = USUAL_TIMING) -> Confirmation:
    """The request left and no answer came: wait for a status."""
    not_before = now + timing.status_wait
    return replace(confirmation, state=ConfirmationState.UNKNOWN, not_before=not_before)


def retry(
    confirmation: Confirmation, now: datetime, *, reason: str, after_seconds: float | None = None
) -> Confirmation:
    """It certainly did not leave: try again later, a bounded number of times."""
    if confirmation.attempts > len(RETRY_SECONDS):
        return fail(confirmation, reason)
    seconds = max(after_seconds or 0, RETRY_SECONDS[confirmation.attempts - 1])
    return replace(
        confirmation,
        state=ConfirmationState.PENDING,
        not_before=now + timedelta(seconds=seconds),
        reason=reason,
    )


def _is_early(confirmation: Confirmation, now: datetime) -> bool:
    return confirmation.not_before is not None and now < confirmation.not_before


def confirmation_to_json(confirmation: Confirmation) -> dict[str, Any]:
    """Return the confirmation as plain JSON values, for storage."""
    not_before = confirmation.not_before
    return {
        "id": confirmation.id,
        "identity": confirmation.identity,
        "wa_id": confirmation.recipient.wa_id,
        "bsuid": confirmation.recipient.bsuid,
        "kind": confirmation.kind,
        "language": confirmation.language,
        "occurred_at": to_milliseconds(confirmation.occurred_at),
        "created_at": to_milliseconds(confirmation.created_at),
        "phone_number_id": confirmation.phone_number_id,
        "settings": dict(confirmation.settings),
        "details": dict(confirmation.details),
        "state": confirmation.state.value,
        "not_before": to_milliseconds(not_before) if not_before else None,
        "attempts": confirmation.attempts,
        "sent_again": confirmation.sent_again,
        "message_id": confirmation.message_id,
        "reason": confirmation.reason,
        "text": confirmation.text,
    }


def confirmation_from_json(record: Mapping[str, Any]) -> Confirmation:
    """Read a confirmation back from `confirmation_to_json`."""
    fields = dict(record)
    not_before = fields.pop("not_before")
    return Confirmation(
        recipient=Recipient(wa_id=fields.pop("wa_id"), bsuid=fields.pop("bsuid")),
        occurred_at=from_milliseconds(fields.pop("occurred_at")),
        created_at=from_milliseconds(fields.pop("created_at")),
        state=ConfirmationState(fields.pop("state")),
        not_before=from_milliseconds(not_before) if not_before else None,
        **fields,
    )
