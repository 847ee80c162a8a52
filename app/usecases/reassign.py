"""A phone number is somebody else's now: the new owner's consent starts from nothing (design 2.5).

What the former owner chose stays with their BSUID, where one is known: they can still be reached.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.business import Business
from app.domain.changes import ChangeType, cause_of, describe_change
from app.domain.events import Event, event_to_json
from app.domain.preferences import Outcome, Preferences, join
from app.domain.recipients import identity_of_bsuid
from app.domain.records import Record
from app.domain.times import to_milliseconds
from app.ports import PreferenceLinks, PreferenceRecords

_MOST_CONFLICTS = 50


class ReassigningConflictError(Exception):
    """Too many others wrote about the number at once; the job runs again."""


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What it gave, and whose changes are to be published, in this order."""

    outcome: Outcome
    identities: tuple[str, ...]


def reassign_number(
    event: Event,
    *,
    preferences: PreferenceRecords,
    links: PreferenceLinks,
    business: Business,
    now: datetime,
) -> Reassigned:
    """Begin anew with a phone number; doing it again does nothing.

    Raises:
        ReassigningConflictError: the record was never left alone.
    """
    number = event.recipient.root
    known = [identity_of_bsuid(event.recipient.bsuid)] if event.recipient.bsuid else []
    for _ in range(_MOST_CONFLICTS):
        root = preferences.load(number)
        bsuids = [identity_of_bsuid(one) for one in root.preferences.bsuids]
        told = tuple(dict.fromkeys([*known, *bsuids, number]))
        if root.preferences.fresh_since >= to_milliseconds(event.occurred_at):
            return Reassigned(Outcome.UNCHANGED, told)
        # The former owner first: at no moment is what they chose with nobody.
        owners = preferences.load_many(bsuids) if bsuids else []
        moved = all(_move(event, one, root, preferences, business, now=now) for one in owners)
        if moved and _begin_anew(event, root, preferences, business, now):
            links.revoke([number, *bsuids])
            return Reassigned(Outcome.APPLIED, told)
    raise ReassigningConflictError(event.id)


def _move(
    event: Event,
    owner: Record,
    root: Record,
    preferences: PreferenceRecords,
    business: Business,
    *,
    now: datetime,
) -> bool:
    """Give the former owner's BSUID its own record again, with all that they chose."""
    chosen = replace(root.preferences, bsuids=(), linked_to=None, fresh_since=0)
    after = replace(join(owner.preferences, chosen), linked_to=None)
    entry = {
        "kind": "linked",
        "at": to_milliseconds(now),
        "event": event.id,
        "with": [{"identity": root.identity, "head": root.head}],
    }
    change = describe_change(
        owner.identity,
        owner.preferences,
        after,
        cause_of(event),
        business=business,
        now=now,
        kind=ChangeType.IDENTITY_CHANGED,
    )
    committed = preferences.commit(owner, after, entry=entry, link_to="-", change=change)
    return committed is not None


def _begin_anew(
    event: Event, root: Record, preferences: PreferenceRecords, business: Business, now: datetime
) -> bool:
    after = Preferences(
        revision=root.preferences.revision + 1,
        updated_at=now,
        fresh_since=to_milliseconds(event.occurred_at),
    )
    entry = {
        "kind": "reassigned",
        "at": to_milliseconds(now),
        "event": event_to_json(event),
        "with": list(root.preferences.bsuids),
    }
    change = describe_change(
        root.identity,
        root.preferences,
        after,
        cause_of(event),
        business=business,
        now=now,
        kind=ChangeType.IDENTITY_CHANGED,
    )
    committed = preferences.commit(root, after, entry=entry, change=change)
    return committed is not None
