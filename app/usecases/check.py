"""Senders ask before they send (design 2.7)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.domain.business import Business, Category, Topic
from app.domain.caps import (
    Counted,
    Order,
    Reservation,
    Sent,
    Window,
    reservation_id,
    windows_of,
)
from app.domain.permission import NOTHING_SENT, Permission, Purpose, Reason, is_reply, may_send
from app.domain.quiet_hours import Quiet
from app.domain.recipients import Recipient, recipient_of_identity
from app.domain.records import RecipientView
from app.domain.times import to_milliseconds
from app.ports import PreferenceRecords

# A sender that does not say what it sends gets the strictest rule there is.
STRICTEST_TOPIC = Topic(id="marketing", category=Category.MARKETING, default=True)
_UNGUESSABLE_BYTES = 12


class UnknownTopicError(ValueError):
    """No topic of the business has this id; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a sender wants to do; `topic` is a topic's id, a category, or None for unknown."""

    topic: str | None = None
    channel: str = "whatsapp"
    purpose: Purpose = Purpose.BUSINESS


class QuietFinder(Protocol):
    """Tells whether it is quiet where a recipient is, for a message of a topic."""

    def __call__(self, recipient: Recipient, topic: Topic, now: datetime) -> Quiet | None:
        """Return the quiet hours that stand now, or None."""
        ...


class Caps(Protocol):
    """What was counted under frequency caps. Each method may raise the store's error."""

    def take(self, orders: Sequence[Order]) -> list[bool]:
        """Take a place for each order in all its windows, or in none."""
        ...

    def counted(self, asked: Sequence[Counted]) -> Sequence[Sent]:
        """Return for each person asked about when messages were counted, by scope."""
        ...

    def give_back(self, reservations: Sequence[Reservation]) -> list[bool]:
        """Free places that were taken; False where there is none (any more)."""
        ...


@dataclass(frozen=True, slots=True)
class Checker:
    """What checking needs, put together once by the runtime."""

    preferences: PreferenceRecords
    caps: Caps
    find_quiet: QuietFinder
    business: Business


def check(
    recipients: Sequence[Recipient],
    question: Question,
    *,
    checker: Checker,
    now: datetime,
    reserve: bool = False,
) -> list[Permission]:
    """Answer for each recipient, in the order asked.

    With `reserve` a message that is allowed takes its place under each cap that stands for it, and
    the permission has the reservation, for give_back.py if the message is not sent after all. A
    sender that does not reserve is told the truth of this moment, and is not counted.

    Raises:
        UnknownTopicError: the topic is not one of the business.
        StoreError: nobody knows; a sender must take it as no.
    """
    topic = find_topic(question.topic, checker.business)
    asked = [
        _Asked(view, topic, question, checker, now)
        for view in checker.preferences.view_many(recipients)
    ]
    permissions = [one.decide() for one in asked]
    capped = [
        place
        for place, permission in enumerate(permissions)
        if permission.allowed and asked[place].windows
    ]
    if reserve:
        capped = _reserve(asked, permissions, capped, checker)
    counted = checker.caps.counted([asked[place].counted for place in capped]) if capped else ()
    for place, sent in zip(capped, counted, strict=True):
        permissions[place] = asked[place].decide(sent, must_wait=reserve)
    return permissions


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question about one person."""

    view: RecipientView
    topic: Topic
    question: Question
    checker: Checker
    now: datetime

    @property
    def windows(self) -> tuple[Window, ...]:
        """The caps that the message must fit into."""
        if is_reply(self.question.purpose, self.view.last_message_at, self.now):
            return ()
        return windows_of(self.view.preferences.caps, self.topic, self.checker.business.policy)

    @property
    def counted(self) -> Counted:
        """The question what was counted under these caps."""
        return Counted((self.view.identity, *self.view.others), _scopes(self.windows))

    def decide(self, sent: Sent = NOTHING_SENT, *, must_wait: bool = False) -> Permission:
        """Return the answer; with `must_wait` there was no place a moment ago."""
        view = self.view
        permission = may_send(
            view.preferences,
            self.topic,
            channel=self.question.channel,
            purpose=self.question.purpose,
            now=self.now,
            holds=view.holds,
            last_message_at=view.last_message_at,
            policy=self.checker.business.policy,
            quiet=self._find_quiet(),
            sent=sent,
        )
        if permission.allowed and must_wait:
            # Somebody gave theirs back since; whoever asks again will have it.
            return Permission(allowed=False, reason=Reason.CAP_REACHED, until=self.now)
        return permission

    def order(self) -> Order:
        """Return the order for one place."""
        windows = self.windows
        taken_id = reservation_id(self.now, secrets.token_urlsafe(_UNGUESSABLE_BYTES))
        return Order(
            Reservation(self.view.identity, taken_id, _scopes(windows)),
            windows,
            to_milliseconds(self.now),
            self.view.others,
        )

    def _find_quiet(self) -> Quiet | None:
        # With the phone number, where one is known: it tells the country as well as a BSUID does.
        person = recipient_of_identity(self.view.identity)
        return self.checker.find_quiet(person, self.topic, self.now)


def _reserve(
    asked: Sequence[_Asked], permissions: list[Permission], capped: Sequence[int], checker: Checker
) -> list[int]:
    """Take places, note them in the permissions, and return where there was none."""
    orders = [asked[place].order() for place in capped]
    full = []
    for place, order, is_taken in zip(capped, orders, checker.caps.take(orders), strict=True):
        if is_taken:
            permissions[place] = replace(permissions[place], reservation=order.reservation)
        else:
            full.append(place)
    return full


def _scopes(windows: Sequence[Window]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(window.scope for window in windows))


def find_topic(topic_id: str | None, business: Business) -> Topic:
    """Return the topic that a sender names; a category's name stands for a topic of that kind."""
    if topic_id is None:
        return STRICTEST_TOPIC
    topic = business.topic(topic_id)
    if topic:
        return topic
    if topic_id in {category.value for category in Category}:
        return Topic(id=topic_id, category=Category(topic_id))
    known = ", ".join([*(topic.id for topic in business.topics), *Category])
    raise UnknownTopicError(f"topic must be one of: {known}")
