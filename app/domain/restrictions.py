"""What may not be sent to a person, and since when: for systems that have messages queued.

This is what the person's own record says. What the business's policy says of people who never
chose anything is not here, and nor are caps, which refuse a message only once they are reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.business import Business, Category, Topic
from app.domain.permission import Reason
from app.domain.preferences import Preferences, Register
from app.domain.times import from_milliseconds, to_text

ALL = "all"


@dataclass(frozen=True, slots=True)
class Restriction:
    """One thing that forbids messages.

    `scope` is ALL, a category, or a topic's id. `besides` are the topics inside the scope that go
    on all the same. `until` is when it ends by itself, where it does.
    """

    scope: str
    reason: Reason
    since: datetime
    until: datetime | None = None
    besides: tuple[str, ...] = ()

    def forbids(self, topic: Topic) -> bool:
        """Tell whether messages of this topic are forbidden."""
        if topic.id in self.besides:
            return False
        return self.scope in {ALL, topic.id, topic.category.value}

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {
            "scope": self.scope,
            "reason": self.reason.value,
            "since": to_text(self.since),
            "until": to_text(self.until) if self.until else None,
            "besides": list(self.besides),
        }


def restrictions_of(
    preferences: Preferences, *, business: Business, now: datetime
) -> tuple[Restriction, ...]:
    """Return everything in a record that forbids messages now."""
    return tuple(_find(preferences, business, now))


def _find(preferences: Preferences, business: Business, now: datetime) -> Iterator[Restriction]:
    registers = preferences.registers
    essential = tuple(topic.id for topic in business.topics if topic.essential)
    if preferences.messages == "opted_out":
        yield Restriction(ALL, Reason.OPTED_OUT, _since(registers["messages"]))
    if question_until := preferences.question_until():
        since = _since(registers["question"])
        if now < question_until:
            yield Restriction(ALL, Reason.HELD, since, question_until, essential)
        yield Restriction(Category.MARKETING.value, Reason.HELD, since)
    if until := preferences.paused_until(now):
        since = _since(registers["paused_until"])
        yield Restriction(ALL, Reason.PAUSED, since, until, essential)
    if preferences.value("whatsapp_marketing") == "stopped":
        since = _since(registers["whatsapp_marketing"])
        scope = Category.MARKETING.value
        yield Restriction(scope, Reason.STOPPED_IN_WHATSAPP, since, None, essential)
    if preferences.value("channel") not in {None, "whatsapp"}:
        since = _since(registers["channel"])
        yield Restriction(ALL, Reason.PREFERS_CHANNEL, since, None, essential)
    yield from _of_topics(preferences, business)


def _of_topics(preferences: Preferences, business: Business) -> Iterator[Restriction]:
    for category in Category:
        register = preferences.registers.get(f"topics.{category.value}")
        if register is not None and register.value is False:
            besides = tuple(
                topic.id
                for topic in business.topics
                if topic.category is category
                and (topic.essential or preferences.topic_choice(topic.id, category))
            )
            yield Restriction(category.value, Reason.TOPIC_OFF, _since(register), besides=besides)
    for topic in business.topics:
        register = preferences.registers.get(f"topics.{topic.id}")
        is_off = preferences.topic_choice(topic.id, topic.category) is False
        if register is not None and register.value is False and is_off and not topic.essential:
            yield Restriction(topic.id, Reason.TOPIC_OFF, _since(register))


def _since(register: Register) -> datetime:
    return from_milliseconds(register.stamp.at)
