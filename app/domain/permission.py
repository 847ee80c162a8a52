"""The one question that every sender asks: may I send this person a message now (design 2.7)?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.business import Category, Policy, Topic
from app.domain.caps import Reservation, Sent, free_at, windows_of
from app.domain.channels import Channel
from app.domain.preferences import Preferences
from app.domain.quiet_hours import Quiet
from app.domain.times import SERVICE_WINDOW

ALL_TOPICS = "*"
"""The scope of a hold that stands for every message."""


class Purpose(StrEnum):
    """Who began: the business, or the person whom it answers."""

    BUSINESS = "business"
    REPLY = "reply"


class Reason(StrEnum):
    """Why a message is refused."""

    HELD = "held"
    OPTED_OUT = "opted_out"
    PAUSED = "paused"
    STOPPED_IN_WHATSAPP = "stopped_in_whatsapp"
    TOPIC_OFF = "topic_off"
    PREFERS_CHANNEL = "prefers_channel"
    NOT_OPTED_IN = "not_opted_in"
    CAP_REACHED = "cap_reached"
    QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer; `until` is when a refusal ends by itself, where it does.

    `reservation` is the place that the message has taken under a cap, where one was asked for and
    a cap stands.
    """

    allowed: bool
    reason: Reason | None = None
    until: datetime | None = None
    reservation: Reservation | None = None


ALLOWED = Permission(allowed=True)
NOTHING_SENT: Mapping[str, tuple[int, ...]] = {}


def may_send(
    preferences: Preferences,
    topic: Topic,
    *,
    channel: str,
    purpose: Purpose,
    now: datetime,
    holds: Iterable[str] = (),
    last_message_at: datetime | None = None,
    policy: Policy,
    quiet: Quiet | None = None,
    sent: Sent = NOTHING_SENT,
) -> Permission:
    """Decide whether one message may go to one person now.

    `holds` are the scopes of restrictions that were accepted and not yet applied: ALL_TOPICS, a
    topic's id, or a category. `quiet` are the quiet hours in which the person is now, and `sent`
    what was counted for them under caps. What the person said counts before what they never said,
    so that a refusal names their own choice; what ends by itself within hours comes last.
    """
    if is_reply(purpose, last_message_at, now):
        return ALLOWED
    if _is_held(holds, topic):
        return _refused(Reason.HELD)
    if preferences.messages == "opted_out":
        return _refused(Reason.OPTED_OUT)
    return (
        _refused_by_question(preferences, topic, now)
        or _refused_by_choice(preferences, topic, channel, now)
        or _refused_by_policy(preferences, topic, policy)
        or (_refused(Reason.QUIET_HOURS, quiet.until) if quiet else None)
        or _refused_by_cap(preferences, topic, policy, sent, now)
        or ALLOWED
    )


def is_reply(purpose: Purpose, last_message_at: datetime | None, now: datetime) -> bool:
    """Tell whether a message answers a person who wrote within the service window."""
    return purpose is Purpose.REPLY and _is_window_open(last_message_at, now)


def _refused_by_question(
    preferences: Preferences, topic: Topic, now: datetime
) -> Permission | None:
    """Hold while nobody knows whether the person said stop (design 2.10).

    Everything, as long as the person may answer; marketing from then on, until a human decides.
    """
    until = preferences.question_until()
    if until is None:
        return None
    if topic.category is Category.MARKETING:
        return _refused(Reason.HELD)
    return _refused(Reason.HELD, until) if now < until and not topic.essential else None


def _refused_by_choice(
    preferences: Preferences,
    topic: Topic,
    channel: str,
    now: datetime,
) -> Permission | None:
    if topic.essential:
        return None
    until = preferences.paused_until(now)
    if until:
        return _refused(Reason.PAUSED, until)
    # WhatsApp's switch is about marketing on WhatsApp; another channel has its own rules.
    is_platform_matter = topic.category is Category.MARKETING and channel == "whatsapp"
    if is_platform_matter and preferences.value("whatsapp_marketing") == "stopped":
        return _refused(Reason.STOPPED_IN_WHATSAPP)
    choice = preferences.topic_choice(topic.id, topic.category)
    if not (topic.default if choice is None else choice):
        return _refused(Reason.TOPIC_OFF)
    preferred = preferences.value("channel")
    # Nobody is on the channel "none", not even a sender who asks for it by that name.
    if preferred is not None and (preferred != channel or preferred == Channel.NONE):
        return _refused(Reason.PREFERS_CHANNEL)
    return None


def _refused_by_policy(preferences: Preferences, topic: Topic, policy: Policy) -> Permission | None:
    """Refuse people who have not said yes to this topic, where the policy asks for a yes."""
    return None if has_consent(preferences, topic, policy) else _refused(Reason.NOT_OPTED_IN)


def has_consent(preferences: Preferences, topic: Topic, policy: Policy) -> bool:
    """Tell whether a yes covers the topic, or the policy asks for none.

    Who opted in through a source said yes to its topics. To all others they are as they were.
    """
    return (
        preferences.has_opted_in_to_all
        or topic.category in policy.allow_unknown
        or preferences.has_asked_for(topic.id, topic.category)
    )


def _refused_by_cap(
    preferences: Preferences, topic: Topic, policy: Policy, sent: Sent, now: datetime
) -> Permission | None:
    until = free_at(windows_of(preferences.caps, topic, policy), sent, now)
    return _refused(Reason.CAP_REACHED, until) if until else None


def _is_held(holds: Iterable[str], topic: Topic) -> bool:
    standing = set(holds)
    if ALL_TOPICS in standing:
        return True
    return not topic.essential and bool(standing & {topic.id, topic.category.value})


def _is_window_open(last_message_at: datetime | None, now: datetime) -> bool:
    return last_message_at is not None and now < last_message_at + SERVICE_WINDOW


def _refused(reason: Reason, until: datetime | None = None) -> Permission:
    return Permission(allowed=False, reason=reason, until=until)
