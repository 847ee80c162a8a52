"""A sender hands us a message: ask the gate, and pass it on or not (design 2.7).

The permission is decided here, after everything that was accepted before was written. A STOP that
is accepted later than this moment does not reach a message that is already on its way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.outgoing import Outgoing, OutgoingKind, Passage, RelayedAnswer
from app.domain.permission import ALLOWED, Permission, Purpose
from app.ports import Clock, SendError
from app.usecases.check import Checker, Question, check
from app.usecases.give_back import give_back


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
    """What became of it; `answer` is None where the permission refused and nothing left."""

    permission: Permission
    answer: RelayedAnswer | None = None


@dataclass(frozen=True, slots=True)
class Forwarder:
    """What forwarding needs, put together once by the runtime."""

    checker: Checker
    relay: MessageRelay
    topic_of: Callable[[Outgoing, str | None], str | None]
    clock: Clock


def forward(
    outgoing: Outgoing, body: bytes, *, phone_number_id: str | None, forwarder: Forwarder
) -> Forwarded:
    """Pass the bytes on if the person may be sent this, once; never otherwise.

    Raises:
        StoreError: nobody knows whether it may be sent; it was not sent.
        SendError: it was allowed and never left.
        UnknownOutcomeError: it was allowed and left, and nobody can say what became of it.
    """
    permission = _ask(outgoing, phone_number_id, forwarder)
    if not permission.allowed:
        return Forwarded(permission)
    try:
        answer = forwarder.relay.pass_on(body, phone_number_id=phone_number_id)
    except SendError:
        _give_back(permission, forwarder)
        raise
    if answer.passage is Passage.REFUSED:
        _give_back(permission, forwarder)
    return Forwarded(permission, answer)


def _give_back(permission: Permission, forwarder: Forwarder) -> None:
    """Free the place under a cap of a message that was certainly not sent."""
    if permission.reservation:
        give_back([permission.reservation], caps=forwarder.checker.caps, now=forwarder.clock())


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
