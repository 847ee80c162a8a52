"""A person's present choices as a reply shows them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.domain.business import Business, Category, Topic
from app.domain.frequency import Cap
from app.domain.permission import Purpose, may_send
from app.domain.preferences import Preferences
from app.domain.reply_texts import Replies


@dataclass(frozen=True, slots=True)
class PreferenceState:
    """What is on and what is off; `messages` is False after STOP, whatever the topics say.

    `frequency` and `topic_caps` are caps; `channel` is what the person prefers, if they said.
    """

    messages: bool
    paused_until: date | None = None
    topics: tuple[tuple[str, bool], ...] = ()
    frequency: Cap | None = None
    topic_caps: tuple[tuple[str, Cap], ...] = ()
    channel: str | None = None


def summarize_preferences(
    preferences: Preferences,
    *,
    business: Business,
    language: str,
    now: datetime,
) -> PreferenceState:
    """Return what holds now, for each topic of the business, in its words.

    A topic is on where a message of it would be sent, pauses and the channel aside.
    """
    until = preferences.paused_until(now)
    caps = preferences.caps
    channel = preferences.value("channel")
    return PreferenceState(
        messages=preferences.messages != "opted_out",
        paused_until=until.date() if until else None,
        topics=tuple(
            (topic.name(language, business.language), is_on(preferences, topic, business, now))
            for topic in business.topics
        ),
        frequency=caps.get(""),
        topic_caps=tuple(
            (topic.name(language, business.language), caps[topic.id])
            for topic in business.topics
            if topic.id in caps
        ),
        channel=str(channel) if channel else None,
    )


def name_topic(topic_id: str, *, business: Business, replies: Replies, language: str) -> str:
    """Return what a person calls a topic, or a whole category; else the id itself."""
    topic = business.topic(topic_id)
    if topic is not None:
        base = language.partition("-")[0]
        return topic.names.get(language) or topic.name(base, business.language)
    if topic_id in set(Category):
        return replies.text(language, f"category_{topic_id}")
    return topic_id


def list_off_topics(
    preferences: Preferences,
    *,
    business: Business,
    language: str,
    name_category: Callable[[Category], str],
) -> tuple[str, ...]:
    """Return the names of what the person turned off, which START leaves off.

    A category that is off is told by its topics; by its own name where the business has none.
    """
    names = [
        topic.name(language, business.language)
        for topic in business.topics
        if preferences.topic_choice(topic.id, topic.category) is False
    ]
    used = {topic.category for topic in business.topics}
    names.extend(
        name_category(category)
        for category in Category
        if category not in used and preferences.value(f"topics.{category}") is False
    )
    return tuple(names)


def is_on(preferences: Preferences, topic: Topic, business: Business, now: datetime) -> bool:
    """Tell whether a message of the topic would be sent, pauses and the channel aside."""
    # The gate decides, so that what we say is what happens. Those two have lines of their own.
    of_topics = replace(
        preferences,
        registers={
            name: register
            for name, register in preferences.registers.items()
            if name not in {"paused_until", "channel"}
        },
    )
    return may_send(
        of_topics,
        topic,
        channel="whatsapp",
        purpose=Purpose.BUSINESS,
        policy=business.policy,
        now=now,
    ).allowed
