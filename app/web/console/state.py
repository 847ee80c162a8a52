"""What holds now for a person, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.countries import country_of
from app.domain.business import Business, Topic
from app.domain.console_texts import ConsoleLanguage
from app.domain.permission import Permission, Purpose, has_consent, may_send
from app.domain.preferences import Preferences
from app.domain.recipients import Recipient, recipient_of_identity
from app.domain.records import RecipientView
from app.domain.times import SERVICE_WINDOW, from_milliseconds
from app.usecases.timeline_changes import name_topic, write_cap
from app.web.console.lookup import write_number


@dataclass(frozen=True, slots=True)
class TopicState:
    """One topic: what the person chose, and what the gate says now."""

    id: str
    name: str
    is_on: bool
    is_essential: bool
    choice: str
    permission: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class PersonState:
    """All that the page of a person says about now; `mood` colors it and says nothing alone."""

    number: str
    bsuid: str
    masked: str
    country: str
    language: str
    headline: str
    since: str
    mood: str
    paused_until: str
    topics: tuple[TopicState, ...]
    channel: str
    channel_id: str
    cap_id: str
    caps: tuple[str, ...]
    whatsapp_marketing: str
    is_held: bool
    is_asked: bool
    window_until: str


def describe_person(
    recipient: Recipient,
    view: RecipientView,
    *,
    texts: ConsoleLanguage,
    business: Business,
    now: datetime,
    write_moment: Callable[[datetime], str],
) -> PersonState:
    """Put the present state of a person into words."""
    preferences = view.preferences
    root = recipient_of_identity(view.identity)
    pause = preferences.paused_until(now)
    paused_until = write_moment(pause) if pause else ""
    mood, headline = _say_state(preferences, paused_until, texts)
    register = preferences.registers.get("messages")
    window = view.last_message_at + SERVICE_WINDOW if view.last_message_at else None
    bsuids = preferences.bsuids or ((recipient.bsuid,) if recipient.bsuid else ())
    channel = str(preferences.value("channel") or "whatsapp")
    return PersonState(
        number=write_number(root) if root.wa_id else "",
        bsuid=", ".join(bsuids),
        masked=root.masked,
        country=country_of(root) or "",
        language=str(preferences.value("language") or ""),
        headline=headline,
        since=write_moment(from_milliseconds(register.stamp.at)) if register else "",
        mood=mood,
        paused_until=paused_until,
        topics=tuple(
            _describe_topic(
                topic, view, texts=texts, business=business, now=now, write_moment=write_moment
            )
            for topic in business.topics
        ),
        channel=texts.either(f"channel.{channel}", channel),
        channel_id=channel,
        cap_id=str(preferences.value("frequency") or ""),
        caps=tuple(_list_caps(preferences, texts, business)),
        whatsapp_marketing=str(preferences.value("whatsapp_marketing") or ""),
        is_held=bool(view.holds),
        is_asked=preferences.value("question") is not None,
        window_until=write_moment(window) if window and window > now else "",
    )


def _say_state(
    preferences: Preferences, paused_until: str, texts: ConsoleLanguage
) -> tuple[str, str]:
    if preferences.messages == "opted_out":
        return "stopped", texts.text("state.opted_out")
    if paused_until:
        return "paused", texts.text("state.paused", moment=paused_until)
    if preferences.messages == "opted_in":
        return "on", texts.text("state.opted_in")
    return "unknown", texts.text("state.unknown")


def _describe_topic(
    topic: Topic,
    view: RecipientView,
    *,
    texts: ConsoleLanguage,
    business: Business,
    now: datetime,
    write_moment: Callable[[datetime], str],
) -> TopicState:
    chosen = view.preferences.topic_choice(topic.id, topic.category)
    is_on = topic.default if chosen is None else chosen
    if view.preferences.messages == "opted_in":
        is_on = is_on and has_consent(view.preferences, topic, business.policy)
    choice = texts.text("person.on" if is_on else "person.off")
    if topic.essential:
        choice = texts.text("person.always")
    elif chosen is None:
        choice = texts.text("person.by_default", value=choice)
    permission = may_send(
        view.preferences,
        topic,
        channel="whatsapp",
        purpose=Purpose.BUSINESS,
        now=now,
        holds=view.holds,
        last_message_at=view.last_message_at,
        policy=business.policy,
    )
    return TopicState(
        id=topic.id,
        name=name_topic(topic.id, texts, business),
        is_on=is_on or topic.essential,
        is_essential=topic.essential,
        choice=choice,
        permission=_say_permission(permission, texts, write_moment),
        is_allowed=permission.allowed,
    )


def _say_permission(
    permission: Permission, texts: ConsoleLanguage, write_moment: Callable[[datetime], str]
) -> str:
    if permission.allowed:
        return texts.text("person.yes")
    values: dict[str, Any] = {
        "reason": texts.either(f"refused.{permission.reason}", str(permission.reason))
    }
    if permission.until is None:
        return texts.text("person.no", **values)
    return texts.text("person.no_until", **values, moment=write_moment(permission.until))


def _list_caps(preferences: Preferences, texts: ConsoleLanguage, business: Business) -> list[str]:
    caps = []
    for name, register in sorted(preferences.registers.items()):
        head, _, topic = name.partition(".")
        if head == "frequency" and register.value is not None:
            cap = write_cap(register.value, texts)
            caps.append(f"{name_topic(topic, texts, business)}: {cap}" if topic else cap)
    return caps
