"""Record a yes that others bring, once, with its proof; or say beforehand what would happen."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.consents import (
    CONFIRMED_ELSEWHERE,
    Consent,
    event_of_consent,
    is_overruled,
    list_problems,
)
from app.domain.events import Event, event_id_of
from app.domain.preferences import apply_event
from app.domain.times import SERVICE_WINDOW, to_milliseconds
from app.ports import CountryFinder
from app.usecases.apply import Applier, finish
from app.usecases.identities import root_of


class Recorded(StrEnum):
    """What became of a consent, or would.

    OVERRULED: the person said no to a part of it at least, and that stands; the consent is kept
    as evidence all the same.
    """

    NEW = "new"
    SAME = "same"
    OVERRULED = "overruled"


class UnsoundConsentError(Exception):
    """A consent that does not count; `problems` say what it lacks, and nothing personal."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the consent lacks what its source asks for")
        self.problems = problems


class AskTwiceError(Exception):
    """The source asks the person once more on WhatsApp, so a record by others is not enough."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """What recording needs, put together once by the runtime. The secret makes ids untellable."""

    applier: Applier
    find_country: CountryFinder
    secret: bytes

    def id_of(self, consent: Consent) -> str:
        """Return the event id: the same for the same consent, however often it is brought."""
        text = "\x1f".join(consent.parts()).encode("utf-8", "surrogatepass")
        return event_id_of("consent", hmac.new(self.secret, text, hashlib.sha256).hexdigest())


def record_consent(
    consent: Consent,
    *,
    recorder: Recorder,
    via: str,
    is_import: bool,
    now: datetime,
) -> tuple[Recorded, str]:
    """Record a consent, effective when this returns; return what became of it, and its event id.

    Raises:
        UnsoundConsentError: it lacks something; nothing was recorded.
        AskTwiceError: the person must confirm it; nothing was recorded.
        StoreError: it may or may not have been recorded; it is safe to ask again.
    """
    event = _event(consent, recorder, via=via, is_import=is_import, now=now)
    applier = recorder.applier
    is_known = _is_known(event, applier)
    if not is_known:
        # In the inbox first: if we fail from here on, the sweeper finishes it.
        applier.inbox.accept([event], now=now)
        finish(event, applier=applier, now=now)
    root = root_of(event.recipient, applier.preferences)
    after = applier.preferences.load(root).preferences
    if is_overruled(event, after):
        return Recorded.OVERRULED, event.id
    return Recorded.SAME if is_known else Recorded.NEW, event.id


def foresee_consent(
    consent: Consent, *, recorder: Recorder, via: str, is_import: bool, now: datetime
) -> Recorded:
    """Return what recording would give, and change nothing.

    Raises:
        UnsoundConsentError, AskTwiceError, StoreError: as `record_consent`.
    """
    event = _event(consent, recorder, via=via, is_import=is_import, now=now)
    records = recorder.applier.preferences
    before = records.load(root_of(event.recipient, records)).preferences
    if is_overruled(event, apply_event(before, event, now).after):
        return Recorded.OVERRULED
    return Recorded.SAME if _is_known(event, recorder.applier) else Recorded.NEW


def _event(
    consent: Consent, recorder: Recorder, *, via: str, is_import: bool, now: datetime
) -> Event:
    business = recorder.applier.business
    source = business.source(consent.source_id)
    country = recorder.find_country(consent.recipient)
    problems = list_problems(consent, source, country=country, now=now)
    if source is None or problems:
        raise UnsoundConsentError(problems)
    # An older system may have asked twice; whoever brings a yes today leaves the asking to us.
    has_confirmed = is_import and CONFIRMED_ELSEWHERE in consent.references
    if source.asks_twice(country) and not has_confirmed:
        raise AskTwiceError
    number, window = None, None
    if not is_import:
        number, window = _open_chat(consent, recorder.applier, now)
    return event_of_consent(
        consent,
        source,
        event_id=recorder.id_of(consent),
        via=via,
        yields=is_import or not business.policy.recorded_opt_in_lifts_stop,
        now=now,
        beside={"country": country, **({"window_from": window} if window else {})},
        phone_number_id=number,
    )


def _open_chat(consent: Consent, applier: Applier, now: datetime) -> tuple[str | None, int | None]:
    """Return the number and the beginning of an open window, where a confirmation may be sent."""
    numbers = applier.business.numbers
    written_at = applier.preferences.view_many([consent.recipient])[0].last_message_at
    if len(numbers) != 1 or written_at is None or now >= written_at + SERVICE_WINDOW:
        return None, None
    return numbers[0].phone_number_id, to_milliseconds(written_at)


def _is_known(event: Event, applier: Applier) -> bool:
    """Tell whether the evidence has this consent already; a dedupe record alone ends one day."""
    root = root_of(event.recipient, applier.preferences)
    for identity in dict.fromkeys((root, *event.recipient.identities)):
        for entry in applier.preferences.evidence(identity):
            if entry.get("kind") == "event" and entry["event"]["id"] == event.id:
                return True
    return False
