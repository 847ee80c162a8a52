"""Forgetting a person who asked for it (GDPR, article 17), and none of their opt-outs.

It takes the way of every change, through the inbox: whoever dies on it, it is finished.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.domain.business import Business
from app.domain.caps import every_scope
from app.domain.changes import Change, cause_of, describe_remains
from app.domain.commands import Command
from app.domain.events import Event
from app.domain.forgetting import Forgotten, forget, remember_restrictions
from app.domain.preferences import Outcome
from app.domain.recipients import (
    Recipient,
    identity_of_bsuid,
    identity_of_wa_id,
    recipient_of_identity,
)
from app.domain.records import Record
from app.domain.times import from_milliseconds
from app.ports import PreferenceLinks, PreferenceRecords, Reviews

_MOST_CONFLICTS = 50
# What was delivered longer ago is not delivered again.
_REDELIVERY = timedelta(days=14)


class ForgettingConflictError(Exception):
    """Too many others wrote about the same person at once; the job runs again."""


class ForgottenPeople(Protocol):
    """What remains of people. Each method may raise the store's error."""

    def find(self, identities: Iterable[str]) -> dict[str, tuple[Forgotten, int]]:
        """Return what remains of those who were forgotten, with its version."""
        ...

    def keep(self, identity: str, forgotten: Forgotten, version: int) -> bool:
        """Write what remains; False when somebody else did since `version` was read."""
        ...

    def record(
        self, identity: str, *, event_id: str, actor: str, via: str, reason: str, now: datetime
    ) -> None:
        """Keep who asked for it."""
        ...


class Eraser(Protocol):
    """Deletes. Each method may raise the store's error."""

    def erase_traces(self, identities: Sequence[str], event_ids: Iterable[str]) -> None:
        """Remove what lies outside of the records."""
        ...

    def erase(self, record: Record, change: Change | None, *, scopes: Sequence[str]) -> bool:
        """Remove a record with its evidence; False when somebody wrote since it was read."""
        ...


@dataclass(frozen=True, slots=True)
class Forgetter:
    """What forgetting needs, put together once by the runtime."""

    preferences: PreferenceRecords
    people: ForgottenPeople
    eraser: Eraser
    reviews: Reviews
    links: PreferenceLinks
    business: Business


def identities_of(recipient: Recipient, preferences: PreferenceRecords) -> list[str]:
    """Return every identity that is known to be this person now, the one that speaks first."""
    record = preferences.load(recipient.root)
    if record.preferences.linked_to:
        record = preferences.load(identity_of_wa_id(record.preferences.linked_to))
    return list(
        dict.fromkeys([record.identity, *owners_of(record, preferences), *recipient.identities])
    )


def owners_of(root: Record, preferences: PreferenceRecords) -> list[str]:
    """Return the BSUIDs whose number this is now.

    A former number's record still names whoever moved on from it; they are not forgotten, and lose
    no link to their present number, with what becomes of the former one.
    """
    bsuids = [identity_of_bsuid(bsuid) for bsuid in root.preferences.bsuids]
    number = recipient_of_identity(root.identity).wa_id
    records = preferences.load_many(bsuids) if bsuids else []
    # One without a link is on its way through this very change.
    return [one.identity for one in records if one.preferences.linked_to in {None, number}]


def forget_person(event: Event, *, forgetter: Forgetter, now: datetime) -> Outcome:
    """Remove all that is known of a person; keep what they had forbidden, under a hash.

    Doing it again does nothing.

    Raises:
        ForgettingConflictError: the records were never left alone.
    """
    for _ in range(_MOST_CONFLICTS):
        identities = identities_of(event.recipient, forgetter.preferences)
        # What remains is read before the records: who adds to it meanwhile must not be undone.
        versions = {one: found[1] for one, found in forgetter.people.find(identities).items()}
        records = forgetter.preferences.load_many(identities)
        if _erase(event, records, versions, forgetter, now):
            is_known = any(one.is_known for one in records)
            return Outcome.APPLIED if is_known else Outcome.UNCHANGED
    raise ForgettingConflictError(event.id)


def _erase(
    event: Event,
    records: Sequence[Record],
    versions: dict[str, int],
    forgetter: Forgetter,
    now: datetime,
) -> bool:
    known = [one for one in records if one.is_known]
    identities = [one.identity for one in records]
    evidence = [entry for one in identities for entry in forgetter.preferences.evidence(one)]
    remains = forget(
        (one.preferences for one in records),
        seen=_recent(evidence, now),
        at=event.occurred_at,
        now=now,
    )
    for one in known:
        if not forgetter.people.keep(one.identity, remains, versions.get(one.identity, 0)):
            return False
    if known:
        _keep_proof(event, identities[0], forgetter, now)
    for question in questions_in(evidence):
        forgetter.reviews.close(question)
    forgetter.links.revoke(identities)
    forgetter.eraser.erase_traces(identities, _ids_in(evidence))
    scopes = every_scope(forgetter.business)
    # The one that speaks for the person last: with it goes the news to everybody else.
    for record in reversed(records):
        is_root = record is records[0]
        change = (
            describe_remains(
                record.identity,
                remains.preferences,
                cause_of(event),
                others=identities[1:],
                business=forgetter.business,
                now=now,
            )
            if is_root and known
            else None
        )
        if not forgetter.eraser.erase(record, change, scopes=scopes):
            return False
    return True


def remember(event: Event, root: Record, *, forgetter: Forgetter) -> bool:
    """Keep what an event forbids that somebody sent before they were forgotten, and nothing else.

    It was under way at that moment, or is delivered again. Returns False when somebody wrote
    meanwhile: read again.
    """
    identities = dict.fromkeys([root.identity, *event.recipient.identities])
    found = forgetter.people.find(identities)
    for identity, (forgotten, version) in found.items():
        after = remember_restrictions(forgotten, event)
        if after != forgotten and not forgetter.people.keep(identity, after, version):
            return False
    # A record that came into being meanwhile speaks for the person again.
    return forgetter.preferences.load(root.identity).forgotten is not None


def _keep_proof(event: Event, identity: str, forgetter: Forgetter, now: datetime) -> None:
    forgetter.people.record(
        identity,
        event_id=event.id,
        actor=str(event.proof.get("actor", "")),
        via=str(event.proof.get("via", "")),
        reason=str(event.proof.get("reason", "")),
        now=now,
    )


def _events_of(evidence: Iterable[dict[str, Any]]) -> set[str]:
    return {entry["event"]["id"] for entry in evidence if entry["kind"] == "event"}


def _ids_in(evidence: Iterable[dict[str, Any]]) -> set[str]:
    """Return the events that any entry speaks of, also those that have none of their own."""
    found = (entry.get("event") for entry in evidence)
    return {one["id"] if isinstance(one, dict) else one for one in found if one}


def _recent(evidence: Iterable[dict[str, Any]], now: datetime) -> set[str]:
    return _events_of(
        entry for entry in evidence if from_milliseconds(entry["at"]) > now - _REDELIVERY
    )


def questions_in(evidence: Iterable[dict[str, Any]]) -> set[str]:
    """Return the questions that evidence tells of, open or not."""
    return _events_of(
        entry
        for entry in evidence
        if entry["kind"] == "event" and entry["event"]["command"] == Command.UNSURE
    )
