"""What a preference page shows of a person: pure, from preferences to plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.business import Business, Policy, Topic
from app.domain.channels import Channel
from app.domain.frequency import register_of
from app.domain.permission import ALL_TOPICS, has_consent
from app.domain.preferences import ALL_TOPICS_REGISTER, OPT_IN_SOURCE, Preferences
from app.domain.records import RecipientView
from app.domain.times import from_milliseconds

# They go with what else is told, and would tell people nothing by themselves.
_UNSAID = frozenset({"question", ALL_TOPICS_REGISTER, OPT_IN_SOURCE})
_ORDER = (
    "messages",
    "paused_until",
    "topics",
    "whatsapp_marketing",
    "frequency",
    "channel",
    "language",
)


class Standing(StrEnum):
    """In one word, whether messages come."""

    ON = "on"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class TopicState:
    """One topic; `since` is when the person chose, `cap` such as "1/week" or empty."""

    topic: Topic
    is_on: bool
    since: datetime | None
    cap: str


@dataclass(frozen=True, slots=True)
class PageState:
    """Everything that can be seen and changed."""

    standing: Standing
    since: datetime | None
    paused_until: datetime | None
    topics: tuple[TopicState, ...]
    cap: str
    channel: str
    channels: tuple[str, ...]
    is_waiting: bool
    is_stopped_in_whatsapp: bool
    recorded: tuple[tuple[str, Any, datetime], ...]

    def shown(self) -> dict[str, Any]:
        """Return the choices as they stand on the page, by the names of their fields."""
        values: dict[str, Any] = {"channel": self.channel, register_of(None): self.cap}
        for one in self.topics:
            if not one.topic.essential:
                values[f"topics.{one.topic.id}"] = one.is_on
                values[register_of(one.topic.id)] = one.cap
        return values


def describe(view: RecipientView, business: Business, now: datetime) -> PageState:
    """Return what stands on the page of one person."""
    preferences = view.preferences
    standing = _standing(preferences, now)
    register = "paused_until" if standing is Standing.PAUSED else "messages"
    channel = str(preferences.value("channel") or Channel.WHATSAPP)
    offered = (Channel.WHATSAPP, *business.channels, Channel.NONE)
    return PageState(
        standing=standing,
        since=_since(preferences, register),
        paused_until=preferences.paused_until(now),
        topics=tuple(
            TopicState(
                topic,
                _is_on(preferences, topic, business.policy),
                _since(preferences, f"topics.{topic.id}"),
                _cap(preferences, topic.id),
            )
            for topic in business.topics
        ),
        cap=_cap(preferences, None),
        channel=channel,
        # A choice that the business offers no longer is still the person's.
        channels=tuple(dict.fromkeys([*(one.value for one in offered), channel])),
        is_waiting=ALL_TOPICS in view.holds or preferences.question_until() is not None,
        is_stopped_in_whatsapp=preferences.value("whatsapp_marketing") == "stopped",
        recorded=tuple(
            (name, register.value, from_milliseconds(register.stamp.at))
            for name, register in sorted(preferences.registers.items(), key=_order)
            if register.value is not None and name not in _UNSAID
        ),
    )


def _standing(preferences: Preferences, now: datetime) -> Standing:
    if preferences.messages == "opted_out":
        return Standing.STOPPED
    if preferences.paused_until(now):
        return Standing.PAUSED
    return Standing.ON if preferences.messages == "opted_in" else Standing.UNKNOWN


def _is_on(preferences: Preferences, topic: Topic, policy: Policy) -> bool:
    """Tell whether messages of a topic come, but for a stop, a pause and caps.

    Somebody who has said neither yes nor no gets what the policy allows, and no more: the box of
    everything else is empty until they tick it.
    """
    if topic.essential:
        return True
    choice = preferences.topic_choice(topic.id, topic.category)
    if choice is False:
        return False
    return (choice or topic.default) and has_consent(preferences, topic, policy)


def _since(preferences: Preferences, name: str) -> datetime | None:
    register = preferences.registers.get(name)
    if register is None or register.value is None:
        return None
    return from_milliseconds(register.stamp.at)


def _order(item: tuple[str, Any]) -> tuple[int, str]:
    """Return where a register stands among what is recorded: the weightiest first."""
    kind = item[0].partition(".")[0]
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER)), item[0]


def _cap(preferences: Preferences, topic: str | None) -> str:
    return str(preferences.value(register_of(topic)) or "")
