"""A consent that others bring: from a till, a form on paper, a call, an app, an older system.

It counts only with what the source's policy asks for, and it never undoes what the person said
(design 2.4), unless the business has declared that a newer one may. An import never may.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.commands import Command
from app.domain.events import CLOCK_TOLERANCE, Event, Source
from app.domain.opt_in import proof_of_opt_in, settings_of_opt_in
from app.domain.preferences import OPT_IN_SOURCE, Preferences
from app.domain.recipients import Recipient
from app.domain.sources import OptInSource
from app.domain.times import EARLIEST

MOST_REFERENCES = 10
LONGEST_REFERENCE = 200
REFERENCE_NAME = r"[a-z][a-z0-9_]{0,39}"
# The reference of an import that says where the person confirmed the yes a second time.
CONFIRMED_ELSEWHERE = "double_opt_in"
_NAME = re.compile(REFERENCE_NAME)


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes as others recorded it.

    `at` is when the person gave it, `where` and `by` are the place and whoever wrote it down.
    `topics` are some of the source's; none stands for all. `references` name its proof: the
    number of an order, a signature, a recording.
    """

    recipient: Recipient
    source_id: str
    wording_id: str
    at: datetime
    where: str
    by: str
    topics: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)

    def parts(self) -> tuple[str, ...]:
        """Return what makes this consent this one and no other."""
        return (
            self.recipient.root,
            self.source_id,
            self.wording_id,
            self.at.isoformat(),
            self.where,
            self.by,
            *sorted(self.topics),
            *(f"{name}={text}" for name, text in sorted(self.references.items())),
        )


def list_problems(
    consent: Consent, source: OptInSource | None, *, country: str | None, now: datetime
) -> list[str]:
    """Return what the consent lacks to count; an empty list for a sound one.

    No problem repeats anything personal.
    """
    if source is None:
        return ["`source` is no opt-in source of business.toml; `flask sources list` has them"]
    problems = []
    if source.find_wording(consent.wording_id) is None:
        problems.append(
            f"`wording` is no wording that {source.id} shows or has shown; "
            "`flask sources list` has their ids"
        )
    if not EARLIEST <= consent.at <= now + CLOCK_TOLERANCE:
        problems.append("`at` must be the time of the consent, which is not in the future")
    foreign = [topic for topic in consent.topics if topic not in source.topics]
    if foreign:
        problems.append(f"`topics` may be of {', '.join(source.topics)}, which {source.id} covers")
    if not source.is_for(country):
        problems.append(f"{source.id} is not for people of this country")
    missing = [name for name in source.evidence if not consent.references.get(name, "").strip()]
    problems += [f"`evidence.{name}` is missing, which {source.id} asks for" for name in missing]
    return problems + _problems_of_references(consent.references)


def _problems_of_references(references: Mapping[str, str]) -> list[str]:
    if len(references) > MOST_REFERENCES or not all(
        _NAME.fullmatch(name) and len(text.strip()) > 0 and len(text) <= LONGEST_REFERENCE
        for name, text in references.items()
    ):
        return [
            (
                f"`evidence` may have {MOST_REFERENCES} references, each a name such as order "
                f"and a text of up to {LONGEST_REFERENCE} characters"
            )
        ]
    return []


def event_of_consent(
    consent: Consent,
    source: OptInSource,
    *,
    event_id: str,
    via: str,
    yields: bool,
    now: datetime,
    beside: Mapping[str, Any] | None = None,
    phone_number_id: str | None = None,
) -> Event:
    """Return the event of a sound consent: the same as that of every other way in.

    With `yields` it sets only what the person never chose. `beside` is further proof.
    """
    topics = consent.topics or source.topics
    settings = {
        name: value
        for name, value in settings_of_opt_in(source).items()
        if not name.startswith("topics.") or name.removeprefix("topics.") in topics
    }
    return Event(
        id=event_id,
        recipient=consent.recipient,
        source=Source.OPT_IN,
        occurred_at=min(consent.at, now),
        received_at=now,
        settings=settings,
        command=Command.START,
        phone_number_id=phone_number_id,
        yields=yields,
        proof={
            **proof_of_opt_in(source, source.find_wording(consent.wording_id)),
            **(beside or {}),
            "opt_in_topics": list(topics),
            "where": consent.where,
            "actor": consent.by,
            "via": via,
            "evidence": dict(consent.references),
        },
    )


def is_overruled(event: Event, after: Preferences) -> bool:
    """Tell whether the person's own no stands against any part of a recorded yes."""
    return any(
        after.value(name) != value
        for name, value in event.settings.items()
        if name != OPT_IN_SOURCE
    )
