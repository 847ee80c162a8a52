"""A sender hands us a message: ask the gate, and pass it on or not (design 2.7).

The permission is decided here, after everything that was accepted before was written. A STOP that
is accepted later than this moment does not reach a message that is already on its way.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.events import event_id_of
from app.domain.inbound import MarketingSwitch
from app.domain.outgoing import Outgoing, OutgoingKind, Passage, RelayedAnswer
from app.domain.permission import ALLOWED, Permission, Purpose
from app.domain.recipients import Recipient
from app.ports import Clock, Inbox, SendError
from app.usecases.check import Checker, Question, check
from app.usecases.give_back import give_back
from app.usecases.receive import event_of_switch


class MessageRelay(Protocol):
    """Passes a sender's own request on to 360dialog."""

    def pass_on(self, body: bytes, *, phone_number_id: str | None) -> RelayedAnswer:
        """Send one request, once.

        Raises:
            SendError: it never left.
            UnknownOutcomeError: it left, and nobody can say what became of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What became of it.

    `answer` is None where nothing left: the permission refused, or `error` says what went wrong.
    """

    permission: Permission
    answer: RelayedAnswer | None = None
    error: SendError | None = None

    @property
    def was_surely_not_sent(self) -> bool:
        """Tell whether it was allowed, and did not reach the person all the same."""
        is_refused = self.answer is not None and self.answer.passage is Passage.REFUSED
        return is_refused or self.error is not None


@dataclass(frozen=True, slots=True)
class Forwarder:
    """What forwarding needs, put together once by the runtime."""

    checker: Checker
    inbox: Inbox
    relay: MessageRelay
    topic_of: Callable[[Outgoing, str | None], str | None]
    clock: Clock


def forward(
    outgoing: Outgoing, body: bytes, *, phone_number_id: str | None, forwarder: Forwarder
) -> Forwarded:
    """Pass the bytes on if the person may be sent this, once; never otherwise.

    Afterwards comes `follow_up`.

    Raises:
        StoreError: nobody knows whether it may be sent; it was not sent.
        UnknownOutcomeError: it was allowed and left, and nobody can say what became of it.
    """
    permission = _ask(outgoing, phone_number_id, forwarder)
    if not permission.allowed:
        return Forwarded(permission)
    try:
        answer = forwarder.relay.pass_on(body, phone_number_id=phone_number_id)
    except SendError as error:
        return Forwarded(permission, error=error)
    return Forwarded(permission, answer)


def follow_up(
    outgoing: Outgoing, forwarded: Forwarded, *, phone_number_id: str | None, forwarder: Forwarder
) -> None:
    """Keep what an answer says of the person, and free the place of what was surely not sent.

    Raises:
        StoreError: a part of it is not done. The sender is answered all the same: the place ends
            with its cap's period, and WhatsApp says again who stopped.
    """
    now = forwarder.clock()
    if forwarded.answer and forwarded.answer.has_stopped_marketing and outgoing.recipient:
        _record_stop(outgoing.recipient, phone_number_id, forwarder, now)
    reservation = forwarded.permission.reservation
    if reservation and forwarded.was_surely_not_sent:
        give_back([reservation], caps=forwarder.checker.caps, now=now)


def _record_stop(
    recipient: Recipient, phone_number_id: str | None, forwarder: Forwarder, now: datetime
) -> None:
    """Keep that WhatsApp's own switch is off, as a status that says so does."""
    view = forwarder.checker.preferences.view_many([recipient])[0]
    # Whoever goes on sending what WhatsApp counts as marketing must not fill the evidence.
    if view.preferences.value("whatsapp_marketing") == "stopped":
        return
    switch = MarketingSwitch(
        key=event_id_of("answer", uuid.uuid4().hex),
        recipient=recipient,
        value="stopped",
        occurred_at=now,
        evidence="answer 131050",
        phone_number_id=phone_number_id,
    )
    forwarder.inbox.accept([event_of_switch(switch, now)], now=now)


def _ask(outgoing: Outgoing, phone_number_id: str | None, forwarder: Forwarder) -> Permission:
    if outgoing.recipient is None or outgoing.kind is OutgoingKind.SIGNAL:
        return ALLOWED
    # Whoever wrote within 24 hours may be answered in free words. A template is the business's
    # own, whenever it comes; and so are free words that nobody asked for.
    is_free = outgoing.kind is OutgoingKind.FREE_FORM
    question = Question(
        topic=forwarder.topic_of(outgoing, phone_number_id),
        purpose=Purpose.REPLY if is_free else Purpose.BUSINESS,
    )
    return check(
        [outgoing.recipient],
        question,
        checker=forwarder.checker,
        now=forwarder.clock(),
        reserve=True,
    )[0]
