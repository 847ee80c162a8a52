"""A worker sends one confirmation through 360dialog, exactly once as far as anybody can.

State first, confirmation second: nothing here changes preferences, and nothing waits for it.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.domain import confirmations as steps
from app.domain.business import Business
from app.domain.confirmations import USUAL_TIMING, Confirmation, ConfirmationState, Timing
from app.domain.pending import ASK_CONSENT
from app.domain.replies import Reply
from app.domain.reply_choice import ReplyKind
from app.domain.reply_texts import Replies
from app.domain.times import from_milliseconds, to_milliseconds
from app.ports import (
    Clock,
    MessageSender,
    Outbox,
    PermanentSendError,
    PreferenceRecords,
    SendError,
    ThrottledError,
    UnknownOutcomeError,
)
from app.usecases.answers import write_reply

_BUSY_AGAIN = timedelta(seconds=1)
_MOST_CONFLICTS = 20
_UNSETTLED = frozenset({ConfirmationState.SENDING, ConfirmationState.UNKNOWN})
# Any of these proves that 360dialog had accepted the message; the first that is known is enough.
_PROOFS = ("sent", "delivered", "read", "failed")


class BodyBuilder(Protocol):
    """Puts a reply into the wire format of the messages API."""

    def __call__(self, reply: Reply, confirmation: Confirmation) -> Mapping[str, Any]:
        """Return the request body."""
        ...


class Observer(Protocol):
    """Is told once of each confirmation what became of it."""

    def settled(self, confirmation: Confirmation) -> None:
        """Hear that a confirmation is sent, failed or skipped."""
        ...

    def reported(self, confirmation: Confirmation, status: str, at: datetime) -> None:
        """Hear what 360dialog reported, and when that was at the phone."""
        ...


@dataclass(frozen=True, slots=True)
class Confirmer:
    """What confirming needs, put together once by the runtime."""

    outbox: Outbox
    preferences: PreferenceRecords
    sender: MessageSender
    build_body: BodyBuilder
    business: Business
    replies: Replies
    # The address of the person's own page; None where nobody said at which address we are reached.
    link_page: Callable[[Confirmation], str | None]
    clock: Clock
    observer: Observer
    timing: Timing = USUAL_TIMING


def confirm(confirmation_id: str, *, confirmer: Confirmer) -> Confirmation | None:
    """Send a confirmation, and before it those of the same person that are due and older.

    Returns the confirmation as it stands afterwards; None when it is not known.
    """
    outbox = confirmer.outbox
    found = outbox.load(confirmation_id)
    if found is None:
        return None
    confirmation, _ = found
    holder = uuid.uuid4().hex
    # One worker at a time sends to a person: answers keep the order of the changes.
    if not outbox.lease(confirmation.identity, holder, confirmer.timing.sending_lease):
        outbox.postpone(confirmation_id, confirmer.clock() + _BUSY_AGAIN)
        return confirmation
    try:
        for older in _until(confirmation_id, outbox.pending_of(confirmation.identity)):
            confirm_one(older, confirmer=confirmer)
        return confirm_one(confirmation_id, confirmer=confirmer)
    finally:
        outbox.release(confirmation.identity, holder)


def _until(confirmation_id: str, pending: list[str]) -> list[str]:
    return pending[: pending.index(confirmation_id)] if confirmation_id in pending else []


def confirm_one(confirmation_id: str, *, confirmer: Confirmer) -> Confirmation | None:
    """Take one step with one confirmation: send it, put it off, or see that it is settled."""
    outbox, now = confirmer.outbox, confirmer.clock()
    found = outbox.load(confirmation_id)
    if found is None:
        return None
    before, version = found
    settled = _settle_by_status(before, version, confirmer)
    if settled:
        return settled
    taken = steps.take(before, now, confirmer.timing)
    if taken is not before and not outbox.save(taken, version):
        return before  # a status or another worker was first; the sweeper looks again
    if taken is not before and taken.state is ConfirmationState.SENDING:
        return _settle(_send(taken, version + 1, confirmer), confirmer)
    return _settle(taken, confirmer)


def _send(taken: Confirmation, version: int, confirmer: Confirmer) -> Confirmation:
    """Send what is ours to send now, and save what came of it."""
    now = confirmer.clock()
    preferences = confirmer.preferences.load(taken.identity).preferences
    refusal = steps.reason_to_skip(taken, preferences, now)
    is_first = taken.attempts == 1
    # What a form asks was counted when it was asked, and is no answer to anybody's words.
    if not refusal and is_first and taken.kind != ASK_CONSENT:
        to_tap, policy = bool(taken.details.get("tapped")), confirmer.business.policy
        sent_this_hour = confirmer.outbox.count_reply(taken.identity, to_tap=to_tap)
        if sent_this_hour > (policy.taps_per_hour if to_tap else policy.replies_per_hour):
            refusal = "too_many_replies"
    if refusal:
        return _save_result(steps.skip(taken, refusal), version, confirmer)
    reply = write_reply(
        taken, preferences, business=confirmer.business, replies=confirmer.replies, now=now
    )
    ready = replace(taken, text=reply.text)
    if not confirmer.outbox.save(ready, version):
        return taken  # somebody else has it; the sweeper looks again
    after = _call(
        ready, confirmer.build_body(_with_link(reply, ready, confirmer), ready), confirmer
    )
    return _save_result(after, version + 1, confirmer)


def _with_link(reply: Reply, confirmation: Confirmation, confirmer: Confirmer) -> Reply:
    """Add the person's own page to an answer to PREFERENCES.

    Only to what is sent: whoever has the link can change what the person chose, so evidence, which
    more people may read, keeps the words without it.
    """
    if confirmation.kind != ReplyKind.PREFERENCES:
        return reply
    address = confirmer.link_page(confirmation)
    return replace(reply, text=f"{reply.text}\n\n{address}") if address else reply


def _call(ready: Confirmation, body: Mapping[str, Any], confirmer: Confirmer) -> Confirmation:
    """Make the request, and take its outcome by its policy."""
    try:
        message_id = confirmer.sender.send(body, phone_number_id=ready.phone_number_id)
    except UnknownOutcomeError:
        return steps.doubt(ready, confirmer.clock(), confirmer.timing)
    except PermanentSendError as error:
        return steps.fail(ready, f"refused_{error.code}")
    except ThrottledError as error:
        reason, seconds = f"throttled_{error.code}", error.retry_after
        return steps.retry(ready, confirmer.clock(), reason=reason, after_seconds=seconds)
    except SendError as error:
        return steps.retry(ready, confirmer.clock(), reason=f"transient_{error.code}")
    return steps.succeed(ready, message_id)


def _save_result(after: Confirmation, version: int, confirmer: Confirmer) -> Confirmation:
    """Save what the sending gave, unless a status has told us better meanwhile."""
    for _ in range(_MOST_CONFLICTS):
        if confirmer.outbox.save(after, version):
            return after
        found = confirmer.outbox.load(after.id)
        if found is None or found[0].state.is_final:
            return found[0] if found else after
        version = found[1]
    return after


def _settle(confirmation: Confirmation, confirmer: Confirmer) -> Confirmation:
    """Keep the evidence of a settled confirmation; tell the sweeper when to look at another."""
    if confirmation.state.is_final:
        keep_evidence(confirmation, confirmer)
        confirmer.outbox.close(confirmation)
    elif confirmation.not_before:
        confirmer.outbox.postpone(confirmation.id, confirmation.not_before)
    return confirmation


def keep_evidence(confirmation: Confirmation, confirmer: Confirmer) -> None:
    """Add to the person's chain what was answered, once."""
    is_new = _append(
        confirmation.identity,
        f"{confirmation.id}.answer",
        {
            "kind": "confirmation",
            "at": to_milliseconds(confirmer.clock()),
            "event": confirmation.id,
            "state": confirmation.state.value,
            "reason": confirmation.reason,
            "reply": confirmation.kind,
            "language": confirmation.language,
            "text": confirmation.text,
            "message_id": confirmation.message_id,
        },
        confirmer,
    )
    if is_new:
        confirmer.observer.settled(confirmation)


def record_delivery(confirmation_id: str, status: str, *, confirmer: Confirmer) -> None:
    """Take up a status that 360dialog reported of a confirmation of ours.

    A status proves that the message was accepted; so it settles a sending that nobody answered.
    """
    found = confirmer.outbox.load(confirmation_id)
    reported = confirmer.outbox.status_of(confirmation_id, status)
    if found is None or reported is None:
        return
    confirmation, version = found
    _settle_by_status(confirmation, version, confirmer)
    if status == "sent":
        return
    is_new = _append(
        confirmation.identity,
        f"{confirmation_id}.{status}",
        {
            "kind": "delivery",
            "at": reported["at"],
            "event": confirmation_id,
            "status": status,
            "message_id": reported["message_id"],
            "error_code": reported["error_code"],
        },
        confirmer,
    )
    if is_new:
        confirmer.observer.reported(confirmation, status, from_milliseconds(reported["at"]))


def _settle_by_status(
    confirmation: Confirmation, version: int, confirmer: Confirmer
) -> Confirmation | None:
    """Settle a sending of unknown outcome by a status that came; None when there is none.

    The statuses lie beside the confirmation since the webhook accepted them: the job that brings
    one may be lost, and then a second sending would be one too many.
    """
    if confirmation.state not in _UNSETTLED:
        return None
    for status in _PROOFS:
        reported = confirmer.outbox.status_of(confirmation.id, status)
        if reported:
            sent = steps.succeed(confirmation, reported["message_id"])
            return _settle(_save_result(sent, version, confirmer), confirmer)
    return None


def _append(identity: str, event_id: str, entry: Mapping[str, Any], confirmer: Confirmer) -> bool:
    """Add an entry to the person's chain; False when it is there already, or nobody's."""
    for _ in range(_MOST_CONFLICTS):
        record = confirmer.preferences.load(identity)
        if record.forgotten:
            return False  # nothing new is written of somebody who was forgotten meanwhile
        applied = {"outcome": "recorded"}
        answer = confirmer.preferences.commit(
            record, record.preferences, entry=entry, event_id=event_id, applied=applied
        )
        if answer:
            return not answer.get("replayed")
    return False
