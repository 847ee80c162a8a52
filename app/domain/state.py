"""What one person allows, as everybody outside sees it: the API, and the feed of changes."""

from datetime import datetime
from typing import Any

from app.domain.business import Business, Policy, Topic
from app.domain.permission import has_consent
from app.domain.preferences import Preferences
from app.domain.recipients import recipient_of_identity
from app.domain.times import from_milliseconds, to_text


def describe_state(
    identity: str, preferences: Preferences, *, business: Business, now: datetime | None
) -> dict[str, Any]:
    """Return the state of the record under this identity, in plain JSON values.

    `now` decides whether a pause is over. None: as the feed tells it, where a pause is over when
    its end was told, and not before; so each entry begins where the one before it ended.
    """
    recipient = recipient_of_identity(identity)
    paused_until = _pause_not_told(preferences) if now is None else preferences.paused_until(now)
    bsuids = preferences.bsuids or ((recipient.bsuid,) if recipient.bsuid else ())
    return {
        "recipient": recipient.wa_id or recipient.bsuid,
        "bsuid": bsuids[-1] if bsuids else None,
        "messages": preferences.messages,
        "paused_until": to_text(paused_until) if paused_until else None,
        "topics": topics_on(preferences, business),
        "frequency": {topic or "all": str(cap) for topic, cap in preferences.caps.items()},
        "channel": preferences.value("channel") or "whatsapp",
        "whatsapp_marketing": preferences.value("whatsapp_marketing") or "allowed",
        "revision": preferences.revision,
        "updated_at": to_text(preferences.updated_at) if preferences.updated_at else None,
    }


def topics_on(preferences: Preferences, business: Business) -> dict[str, bool]:
    """Return of each topic whether it is on."""
    return {topic.id: _is_on(preferences, topic, business.policy) for topic in business.topics}


def _pause_not_told(preferences: Preferences) -> datetime | None:
    until = preferences.pause_to_tell
    return from_milliseconds(until) if until is not None else None


def _is_on(preferences: Preferences, topic: Topic, policy: Policy) -> bool:
    choice = preferences.topic_choice(topic.id, topic.category)
    is_on = topic.default if choice is None else choice
    # Who said yes to some topics gets those; the default is for who said yes, or nothing at all.
    if preferences.messages == "opted_in":
        return is_on and has_consent(preferences, topic, policy)
    return is_on
