"""A notification arrives: understand it, and make what it asks effective before we answer.

Reading on: the events accepted here are applied in apply.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.events import Event, Source, event_id_of, settle_clock
from app.domain.holds import hold_scope
from app.domain.inbound import (
    IdentityChange,
    InboundMessage,
    MarketingSwitch,
    Notification,
    Signup,
    StatusUpdate,
)
from app.ports import CountryFinder, Inbox
from app.usecases.arrivals import event_of_signup, follow_ad
from app.usecases.confirm_consent import ConsentReader, read_second_yes
from app.usecases.understand import Reader, understand

# Not "played": it says no more than "delivered" does, and comes for voice messages alone.
_STATUSES_OF_USE = frozenset({"sent", "delivered", "read", "failed"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What we answer 360dialog, and what we count."""

    received: int
    commands: int
    ignored: int
    counts: Counter[str] = field(default_factory=Counter)
    event_ids: tuple[str, ...] = ()
    # When each accepted command was written, and whether a hold stands for it now.
    written: tuple[tuple[datetime, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """What receiving needs, put together once by the runtime."""

    inbox: Inbox
    reader: Reader
    country_of: CountryFinder
    consents: ConsentReader


def receive(notification: Notification, *, receiver: Receiver, now: datetime) -> Receipt:
    """Accept all that a notification asks; when this returns, its restrictions stand.

    Raises:
        StoreError: Redis did not take it; 360dialog must send it again.
    """
    counts: Counter[str] = Counter(f"ignored.{one.reason}" for one in notification.ignored)
    counts["problem"] += len(notification.problems)
    events: dict[str, Event] = {}
    messages: list[InboundMessage] = []
    statuses: list[StatusUpdate] = []
    for item in notification.items:
        match item:
            case InboundMessage():
                messages.append(item)
                event = _event_of_message(item, receiver, counts, now)
                event = follow_ad(
                    event, item, receiver.consents.consents, receiver.consents.business
                )
            case Signup():
                event = event_of_signup(item, receiver.consents.business, now)
            case MarketingSwitch():
                event = event_of_switch(item, now)
            case IdentityChange():
                event = _event_of_change(item, now)
            case StatusUpdate():
                event = None
                if item.status in _STATUSES_OF_USE:
                    statuses.append(item)
        if event is None:
            counts[f"ordinary.{type(item).__name__}"] += 1
        else:
            counts[f"command.{event.command or event.source.value}"] += 1
            events[event.id] = event
    unlinked = receiver.inbox.accept(
        tuple(events.values()), messages=messages, statuses=statuses, now=now
    )
    _link(unlinked, known=events.values(), receiver=receiver, now=now)
    received = len(notification.items) + len(notification.ignored) + len(notification.problems)
    return Receipt(
        received=received,
        commands=len(events),
        ignored=received - len(events),
        counts=counts,
        event_ids=tuple(events),
        written=tuple(
            (event.occurred_at, hold_scope(event) is not None)
            for event in events.values()
            # A second yes counts from the first one, and was not written then.
            if "confirmed_at" not in event.proof
        ),
    )


def _event_of_message(
    message: InboundMessage, receiver: Receiver, counts: Counter[str], now: datetime
) -> Event | None:
    occurred_at = settle_clock(message.occurred_at, now)
    country = receiver.country_of(message.recipient)
    found = understand(message, receiver.reader, country=country, occurred_at=occurred_at)
    if found is None:
        return read_second_yes(
            message, receiver.consents, country=country, occurred_at=occurred_at, now=now
        )
    counts["flow.ignored_field"] += found.ignored
    settings = dict(found.settings)
    if found.language:
        settings["language"] = found.language
    return Event(
        id=event_id_of(message.id),
        recipient=message.recipient,
        source=found.source,
        occurred_at=occurred_at,
        received_at=now,
        settings=settings,
        command=found.command,
        topic=found.topic,
        language=found.language,
        phone_number_id=message.phone_number_id,
        proof={
            "message_id": message.id,
            "kind": message.kind.value,
            "button_id": message.button_id,
            "answers": message.answers,
            "country": country,
            **found.proof,
        },
    )


def event_of_switch(switch: MarketingSwitch, now: datetime) -> Event:
    """Return the event of WhatsApp's own switch, wherever it was seen."""
    return Event(
        id=event_id_of("switch", switch.key),
        recipient=switch.recipient,
        source=Source.PLATFORM,
        occurred_at=settle_clock(switch.occurred_at, now),
        received_at=now,
        settings={"whatsapp_marketing": switch.value},
        phone_number_id=switch.phone_number_id,
        proof={"evidence": switch.evidence},
    )


def _event_of_change(change: IdentityChange, now: datetime) -> Event:
    return Event(
        id=event_id_of("identity", change.key),
        recipient=change.current,
        source=Source.LINK,
        occurred_at=settle_clock(change.occurred_at, now),
        received_at=now,
        previous=change.previous,
        phone_number_id=change.phone_number_id,
        proof={"evidence": change.evidence},
    )


def _link(
    unlinked: Iterable[InboundMessage],
    *,
    known: Iterable[Event],
    receiver: Receiver,
    now: datetime,
) -> None:
    """Tell the worker that a phone number and a BSUID were seen together for the first time.

    A command does so itself. This costs a second round trip, once in the life of a pair.
    """
    told = {event.recipient for event in known}
    events = {
        message.recipient: Event(
            id=event_id_of("link", message.id),
            recipient=message.recipient,
            source=Source.LINK,
            occurred_at=settle_clock(message.occurred_at, now),
            received_at=now,
            proof={"evidence": "message", "message_id": message.id},
        )
        for message in unlinked
        if message.recipient not in told
    }
    if events:
        receiver.inbox.accept(tuple(events.values()), now=now)
