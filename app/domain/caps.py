"""Counting what was sent against the caps of a person and of the business.

Windows roll: "3/week" means at most three in any seven days, so that no week of anybody's calendar
has four. A month is 31 days, the longest there is. Whoever begins a count elsewhere (a calendar
week, say) allows six in two days around its border, which nobody means by "three a week".

Counted is what the business starts. Answers to a person who wrote, essential topics and
authentication are not: a cap is a wish about advertising, and must not keep a code from anybody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.business import Business, Category, Policy, Topic
from app.domain.frequency import Cap, Period
from app.domain.times import DAY, from_milliseconds, to_milliseconds

EVERYTHING = "all"
"""The scope of the caps over every message that counts."""

DURATIONS: Mapping[Period, timedelta] = {
    Period.DAY: DAY,
    Period.WEEK: 7 * DAY,
    Period.MONTH: 31 * DAY,
}
LONGEST = max(DURATIONS.values())

RETURNABLE = DAY
"""How long a place that was taken for a message can be given back."""

_ID = re.compile(r"([0-9a-f]{1,11})-[A-Za-z0-9_-]+")

Sent = Mapping[str, Sequence[int]]
"""Scope → when messages of it were counted, in milliseconds since 1970, in any order."""


@dataclass(frozen=True, slots=True)
class Window:
    """One cap that a message must fit into; `scope` is EVERYTHING, a category or a topic."""

    scope: str
    cap: Cap

    @property
    def milliseconds(self) -> int:
        """How long a message counts."""
        return round(DURATIONS[self.cap.period].total_seconds() * 1000)

    def start(self, now: int) -> int:
        """Return the moment after which messages count now, both in milliseconds."""
        return now - self.milliseconds


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place that one message has taken under the caps of its scopes.

    `id` begins with when it was taken, and ends with what nobody can guess.
    """

    identity: str = field(repr=False)
    id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Ask for one place in each window of a person, all or none.

    `at` is now, in milliseconds. `others` are further identities of the person, under which
    earlier messages may be counted.
    """

    reservation: Reservation
    windows: tuple[Window, ...]
    at: int
    others: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Counted:
    """Ask what was counted for one person in some scopes, under each of their identities."""

    identities: tuple[str, ...] = field(repr=False)
    scopes: tuple[str, ...]


def windows_of(caps: Mapping[str, Cap], topic: Topic, policy: Policy) -> tuple[Window, ...]:
    """Return the caps that a message of this topic must fit into, in a fixed order.

    `caps` are the person's own by topic or category; "" is the one over everything. Those of the
    business stand beside them, so the stricter holds.
    """
    if topic.essential or topic.category is Category.AUTHENTICATION:
        return ()
    windows: list[Window] = []
    for scope in scopes_of(topic):
        own = caps.get("" if scope == EVERYTHING else scope)
        if own:
            windows.append(Window(scope, own))
        windows.extend(Window(scope, cap) for cap in policy.caps.get(scope, ()))
    return tuple(dict.fromkeys(windows))


def scopes_of(topic: Topic) -> tuple[str, ...]:
    """Return where a message of this topic would be counted."""
    # A sender that names a category has a topic of that name.
    return tuple(dict.fromkeys((EVERYTHING, topic.category.value, topic.id)))


def every_scope(business: Business) -> tuple[str, ...]:
    """Return every scope in which something may be counted for a person."""
    topics = (topic.id for topic in business.topics)
    return (EVERYTHING, *(category.value for category in Category), *topics)


def free_at(windows: Sequence[Window], sent: Sent, now: datetime) -> datetime | None:
    """Return the first moment at which every window has a place; None when that is now."""
    at = to_milliseconds(now)
    waits = [wait for one in windows if (wait := _free_at(one, sent.get(one.scope, ()), at))]
    return from_milliseconds(max(waits)) if waits else None


def _free_at(window: Window, sent: Sequence[int], now: int) -> int | None:
    counted = sorted(at for at in sent if at > window.start(now))
    if len(counted) < window.cap.most:
        return None
    # Once this one no longer counts, there is one less than the cap allows.
    return counted[-window.cap.most] + window.milliseconds


def reservation_id(now: datetime, unguessable: str) -> str:
    """Return the id of a place that is taken now."""
    return f"{to_milliseconds(now):x}-{unguessable}"


def is_returnable(reservation: str, now: datetime) -> bool:
    """Tell whether a place can still be given back; a text that is no id of ours cannot."""
    found = _ID.fullmatch(reservation)
    # Hexadecimal digits of a time: eleven last until the year 2527.
    return found is not None and now - from_milliseconds(int(found[1], 16)) < RETURNABLE
