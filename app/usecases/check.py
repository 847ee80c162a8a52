"""Senders ask before they send (design 2.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.business import Business, Category, Topic
from app.domain.permission import Permission, Purpose, may_send
from app.domain.recipients import Recipient
from app.ports import PreferenceRecords

# A sender that does not say what it sends gets the strictest rule there is.
STRICTEST_TOPIC = Topic(id="marketing", category=Category.MARKETING, default=True)


class UnknownTopicError(ValueError):
    """No topic of the business has this id; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a sender wants to do; `topic` is a topic's id, a category, or None for unknown."""

    topic: str | None = None
    channel: str = "whatsapp"
    purpose: Purpose = Purpose.BUSINESS


def check(
    recipients: Sequence[Recipient],
    question: Question,
    *,
    preferences: PreferenceRecords,
    business: Business,
    now: datetime,
) -> list[Permission]:
    """Answer for each recipient, in the order asked.

    Raises:
        UnknownTopicError: the topic is not one of the business.
        StoreError: nobody knows; a sender must take it as no.
    """
    topic = find_topic(question.topic, business)
    return [
        may_send(
            view.preferences,
            topic,
            channel=question.channel,
            purpose=question.purpose,
            now=now,
            holds=view.holds,
            last_message_at=view.last_message_at,
            policy=business.policy,
        )
        for view in preferences.view_many(recipients)
    ]


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
