"""A form on a website names a number: ask its owner on WhatsApp, or leave them alone.

Whoever sends the form learns nothing of the person: all that are valid are answered alike. Most of
what follows is about not becoming a machine by which strangers message strangers.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.consent_ports import PendingConsents
from app.domain.business import Business
from app.domain.confirmations import Confirmation
from app.domain.pending import ASK_CONSENT, PendingConsent
from app.domain.permission import has_consent
from app.domain.recipients import Recipient
from app.domain.records import RecipientView
from app.domain.sources import OptInSource, Wording
from app.ports import Outbox, PreferenceRecords


class Asked(StrEnum):
    """What became of a form; for our counts, never for whoever sent it."""

    ASKED = "asked"
    STOPPED = "stopped"
    HELD = "held"
    AGREED = "agreed"
    WAITING = "waiting"
    TOO_OFTEN = "too_often"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs."""

    consents: PendingConsents
    preferences: PreferenceRecords
    outbox: Outbox
    business: Business


def ask_consent(
    wa_id: str,
    source: OptInSource,
    wording: Wording,
    *,
    asker: Asker,
    now: datetime,
    page: str = "",
    campaign: Mapping[str, str] | None = None,
) -> Asked:
    """Put the question to the owner of a number, unless something speaks against it."""
    website = asker.business.website
    # First, and for everybody: whoever used the hour up to the last form could else tell from the
    # next answer whether somebody was asked, and so whether they had said STOP.
    if asker.consents.count_all() > website.questions_per_hour:
        return Asked.TOO_MANY
    recipient = Recipient(wa_id=wa_id)
    # Of two forms at once, such as an impatient double click, one asks.
    if not asker.consents.begin_asking(recipient.root):
        return Asked.WAITING
    try:
        view = asker.preferences.view_many([recipient])[0]
        refusal = _speaks_against(view, source, asker, now)
        if refusal:
            return refusal
        if asker.consents.count_number(recipient.root) > website.questions_per_number:
            return Asked.TOO_OFTEN
        _ask(wa_id, source, wording, asker=asker, now=now, page=page, campaign=campaign or {})
        return Asked.ASKED
    finally:
        asker.consents.end_asking(recipient.root)


def _ask(
    wa_id: str,
    source: OptInSource,
    wording: Wording,
    *,
    asker: Asker,
    now: datetime,
    page: str,
    campaign: Mapping[str, str],
) -> None:
    # In whole seconds as WhatsApp has them, so that a tap right after it is not before it.
    asked_at = now.replace(microsecond=0)
    pending = PendingConsent(
        id=secrets.token_hex(16),
        wa_id=wa_id,
        source_id=source.id,
        wording=wording,
        topics=source.topics,
        asked_at=asked_at,
        expires_at=asked_at + timedelta(hours=asker.business.website.pending_hours),
        page=page,
        campaign=campaign,
    )
    asker.consents.save(pending)
    asker.outbox.open(_question_of(pending, source, now), now)
    # Last: a process that dies before leaves no question that nobody has seen.
    asker.consents.mark_asked(pending)


def _speaks_against(
    view: RecipientView, source: OptInSource, asker: Asker, now: datetime
) -> Asked | None:
    preferences = view.preferences
    # Who said STOP is asked nothing. The way back is their own START.
    if preferences.messages == "opted_out":
        return Asked.STOPPED
    if view.holds or preferences.question_until() is not None or preferences.paused_until(now):
        return Asked.HELD
    topics = [found for one in source.topics if (found := asker.business.topic(one))]
    if preferences.messages == "opted_in" and all(
        preferences.topic_choice(topic.id, topic.category) is not False
        and has_consent(preferences, topic, asker.business.policy)
        for topic in topics
    ):
        return Asked.AGREED
    waiting = asker.consents.find_asked(view.identity)
    return Asked.WAITING if waiting and now < waiting.expires_at else None


def _question_of(pending: PendingConsent, source: OptInSource, now: datetime) -> Confirmation:
    return Confirmation(
        id=pending.id,
        identity=pending.identity,
        recipient=pending.recipient,
        kind=ASK_CONSENT,
        language=pending.wording.language,
        occurred_at=pending.asked_at,
        created_at=now,
        phone_number_id=source.number or None,
        details={
            "topics": list(source.topics),
            "business_name": source.business_name,
            "button_id": pending.button_id,
            "expires_at": int(pending.expires_at.timestamp() * 1000),
        },
    )
