"""What an event changed, in words: one short phrase for each register."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.business import Business, Category
from app.domain.console_texts import ConsoleLanguage
from app.domain.preferences import ALL_TOPICS_REGISTER, OPT_IN_SOURCE
from app.domain.times import from_milliseconds

# What restricts first, then the rest in the order in which a person would tell it.
_ORDER = ("messages", "topics.", "paused_until", "whatsapp_marketing", "channel", "frequency")


def describe_changes(
    changed: Mapping[str, Sequence[Any]],
    texts: ConsoleLanguage,
    business: Business,
    write_moment: Callable[[datetime], str],
) -> list[str]:
    """Return phrases such as "Offers off"; the language of our replies is no change."""
    phrases = []
    for name in sorted(changed, key=_rank):
        after = changed[name][1] if len(changed[name]) > 1 else None
        phrase = _describe(name, after, texts, business, write_moment)
        if phrase:
            phrases.append(phrase)
    return phrases


def name_topic(topic_id: str, texts: ConsoleLanguage, business: Business) -> str:
    """Return a topic's name, or that of a whole category."""
    topic = business.topic(topic_id)
    if topic:
        return topic.name(texts.language, business.language)
    if topic_id in set(Category):
        return texts.text(f"category.{topic_id}")
    return topic_id


def write_cap(cap: object, texts: ConsoleLanguage) -> str:
    """Return a cap such as "2/week" in words."""
    most, _, period = str(cap).partition("/")
    return texts.text(f"frequency.{period}", most=most) if period else str(cap)


def _rank(name: str) -> tuple[int, str]:
    for position, prefix in enumerate(_ORDER):
        if name.startswith(prefix):
            return position, name
    return len(_ORDER), name


def _describe(
    name: str,
    after: object,
    texts: ConsoleLanguage,
    business: Business,
    write_moment: Callable[[datetime], str],
) -> str:
    head, _, rest = name.partition(".")
    if head in {"language", ALL_TOPICS_REGISTER, OPT_IN_SOURCE}:
        return ""
    topic = name_topic(rest, texts, business)
    is_cap = head == "frequency"
    value = write_cap(after, texts) if is_cap else texts.either(f"{head}.{after}", str(after))
    if head == "paused_until" and isinstance(after, int):
        value = write_moment(from_milliseconds(after))
    key = f"change.{head}.{_kind_of(after)}{'_topic' if is_cap and rest else ''}"
    if texts.has(f"change.{head}.{after}"):
        key = f"change.{head}.{after}"
    return texts.text(key, topic=topic, value=value) if texts.has(key) else f"{name}: {after}"


def _kind_of(after: object) -> str:
    """Return which of the texts of a register fits: it is set, or set no longer."""
    return "set" if after is not None and after is not False else "unset"
