"""Ways in that WhatsApp itself brings: its signup links, and ads that begin a chat."""

from dataclasses import replace
from datetime import datetime

from app.consent_ports import PendingConsents
from app.domain.business import Business
from app.domain.commands import Command
from app.domain.events import Event, Source, event_id_of, settle_clock
from app.domain.inbound import InboundMessage, Referral, Signup
from app.domain.opt_in import proof_of_opt_in, settings_of_opt_in
from app.domain.sources import OptInSource, SourceKind


def event_of_signup(signup: Signup, business: Business, now: datetime) -> Event | None:
    """Return the opt-in of a signup; None where no source says what a signup covers.

    WhatsApp asked the person and keeps the proof. It is no START: it yields to whatever the person
    has said to us, so it never lifts a STOP.
    """
    source = _find(business, SourceKind.SIGNUP, signup.signup_id)
    if source is None:
        return None
    return Event(
        id=event_id_of("signup", signup.key),
        recipient=signup.recipient,
        source=Source.PLATFORM,
        occurred_at=settle_clock(signup.occurred_at, now),
        received_at=now,
        settings=settings_of_opt_in(source),
        command=Command.START,
        phone_number_id=signup.phone_number_id,
        yields=True,
        proof={
            **proof_of_opt_in(source, source.wording(business.language, business.language)),
            # WhatsApp showed what stands there; these are the words that business.toml has for it.
            "wording_told_by": "source",
            "evidence": "user_preferences signup",
            "signup_id": signup.signup_id,
        },
    )


def add_referral(event: Event, referral: Referral, business: Business) -> dict[str, object]:
    """Return the proof of a START with the ad that it followed.

    An ad is where a yes came from, never a yes by itself: people tap ads to ask something.
    """
    proof = dict(event.proof)
    proof["referral"] = {"kind": referral.kind, "id": referral.id, "headline": referral.headline}
    source = _find(business, SourceKind.AD, referral.id)
    if source and "opt_in_source" not in proof:
        proof |= {"opt_in_source": source.id, "opt_in_kind": source.kind.value}
    return proof


def follow_ad(
    event: Event | None, message: InboundMessage, consents: PendingConsents, business: Business
) -> Event | None:
    """Remember the ad of a first message, and name it in the proof of a START within the week.

    Only those two look into the store.

    Raises:
        StoreError: nobody can say; the message must come again.
    """
    identities = message.recipient.identities
    if message.referral:
        consents.save_referral(identities, message.referral)
    if event is None or event.command is not Command.START:
        return event
    referral = message.referral or consents.find_referral(identities)
    return replace(event, proof=add_referral(event, referral, business)) if referral else event


def _find(business: Business, kind: SourceKind, reference: str) -> OptInSource | None:
    """Return the source of this kind that names the ad or link, else the one that names none."""
    ours = [source for source in business.sources if source.kind is kind]
    named = (source for source in ours if reference in source.references)
    return next(named, None) or next((one for one in ours if not one.references), None)
