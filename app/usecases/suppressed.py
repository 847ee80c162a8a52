"""Everybody who must not be sent everything now: complete, also where the feed is trimmed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.domain.business import Business, Topic
from app.domain.changes import addresses_of, addresses_of_identity
from app.domain.events import Event
from app.domain.holds import hold_scope
from app.domain.permission import ALL_TOPICS, Reason
from app.domain.recipients import recipient_of_identity
from app.domain.restrictions import ALL, Restriction, restrictions_of
from app.ports import PreferenceRecords


class WaitingEvents(Protocol):
    """The inbox, as something to look through. May raise the store's error."""

    def scan(self, cursor: int, *, most: int) -> tuple[int, list[Event]]:
        """Return some of the events that wait, and a cursor for more; 0 is the end."""
        ...


class RestrictedPeople(Protocol):
    """The index of people whose record restricts anything. May raise the store's error."""

    def restricted(self, after: tuple[int, str], *, most: int) -> list[tuple[int, str]]:
        """Return the next ones, in the order in which it was applied."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read: in the inbox first, then among the people.

    In this order nobody slips through: an event leaves the inbox after the index has the person.
    """

    in_inbox: int | None = 0
    among_people: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One person, and what forbids messages to them."""

    recipient: str
    addresses: tuple[str, ...]
    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True)
class Lister:
    """What listing needs."""

    inbox: WaitingEvents
    index: RestrictedPeople
    preferences: PreferenceRecords
    business: Business


def list_suppressed(
    place: Place, *, lister: Lister, topic: Topic | None, now: datetime, most: int
) -> tuple[list[Suppressed], Place | None]:
    """Return the next people, and the place to go on from; None is the end.

    With a topic, only those who must not be sent that. Somebody may come twice, where a new
    restriction of theirs is still to be applied; then both count.
    """
    if place.in_inbox is not None:
        cursor, events = lister.inbox.scan(place.in_inbox, most=most)
        rows = [row for event in events if (row := _row_of_event(event))]
        next_place = replace(place, in_inbox=cursor or None)
        return list(_about(topic, rows)), next_place
    found = lister.index.restricted(place.among_people, most=most)
    views = lister.preferences.view_many([recipient_of_identity(one) for _, one in found])
    rows = [
        Suppressed(
            recipient=_address_of(view.identity),
            addresses=tuple(addresses_of(view.identity, view.preferences)),
            restrictions=restrictions_of(view.preferences, business=lister.business, now=now),
        )
        for view in views
    ]
    after = replace(place, among_people=found[-1]) if len(found) == most else None
    return list(_about(topic, rows)), after


def _about(topic: Topic | None, rows: list[Suppressed]) -> Iterator[Suppressed]:
    for row in rows:
        standing = tuple(one for one in row.restrictions if topic is None or one.forbids(topic))
        if standing:
            yield replace(row, restrictions=standing)


def _row_of_event(event: Event) -> Suppressed | None:
    scope = hold_scope(event)
    if scope is None:
        return None
    held = Restriction(ALL if scope == ALL_TOPICS else scope, Reason.HELD, since=event.occurred_at)
    addresses = tuple(
        text for one in event.recipient.identities for text in addresses_of_identity(one)
    )
    return Suppressed(addresses[0], addresses, (held,))


def _address_of(identity: str) -> str:
    recipient = recipient_of_identity(identity)
    return recipient.wa_id or recipient.bsuid or ""
