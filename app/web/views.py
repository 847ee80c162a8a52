"""What the API shows of a recipient."""

from datetime import datetime
from typing import Any

from app.domain.business import Policy, Topic
from app.domain.permission import has_consent
from app.domain.preferences import Preferences
from app.domain.recipients import Recipient, recipient_of_identity
from app.domain.times import to_text
from app.runtime import Runtime


def view_recipient(recipient: Recipient, runtime: Runtime) -> dict[str, Any]:
    """Return a recipient in JSON, as it stands now."""
    found = runtime.preferences.view_many([recipient])[0]
    preferences = found.preferences
    root = recipient_of_identity(found.identity)
    bsuids = preferences.bsuids or ((recipient.bsuid,) if recipient.bsuid else ())
    return {
        "recipient": root.wa_id or root.bsuid,
        "bsuid": bsuids[-1] if bsuids else None,
        "messages": preferences.messages,
        "paused_until": _text(preferences.paused_until(runtime.clock())),
        "topics": {
            topic.id: _is_on(preferences, topic, runtime.business.policy)
            for topic in runtime.business.topics
        },
        "frequency": _frequency(preferences),
        "channel": preferences.value("channel") or "whatsapp",
        "whatsapp_marketing": preferences.value("whatsapp_marketing") or "allowed",
        "held": bool(found.holds),
        "revision": preferences.revision,
        "updated_at": _text(preferences.updated_at),
    }


def _is_on(preferences: Preferences, topic: Topic, policy: Policy) -> bool:
    choice = preferences.topic_choice(topic.id, topic.category)
    is_on = topic.default if choice is None else choice
    # Who said yes to some topics gets those; the default is for who said yes, or nothing at all.
    if preferences.messages == "opted_in":
        return is_on and has_consent(preferences, topic, policy)
    return is_on


def _frequency(preferences: Preferences) -> dict[str, Any]:
    return {topic or "all": str(cap) for topic, cap in preferences.caps.items()}


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
