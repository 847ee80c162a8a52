"""A phone number is somebody else's now: the new owner's consent starts from nothing (design 2.5).

What the former owner chose stays with their BSUID, where one is known: they can still be reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.consent_ports import PendingConsents
from app.domain.business import Business
from app.domain.caps import every_scope
from app.domain.changes import ChangeType, cause_of, describe_change
from app.domain.events import Event, event_to_json
from app.domain.preferences import Outcome, Preferences, join
from app.domain.recipients import identity_of_bsuid
from app.domain.records import Record
from app.domain.times import to_milliseconds
from app.ports import PreferenceLinks, PreferenceRecords, Reviews
from app.usecases.forget import owners_of, questions_in

_MOST_CONFLICTS = 50


class ReassigningConflictError(Exception):
    """Too many others wrote about the number at once; the job runs again."""


class SentCounts(Protocol):
    """What was counted under frequency caps, as far as changes of identity have to do with it."""

    def carry(
        self, sources: Sequence[str], target: str, scopes: Sequence[str], *, until: datetime
    ) -> None:
        """Let what was counted under some identities until a moment count under another too."""
        ...

    def drop(self, identity: str, scopes: Sequence[str], *, until: datetime) -> None:
        """Count no longer what was counted under an identity until a moment."""
        ...


@dataclass(frozen=True, slots=True)
class Reassigner:
    """What reassigning needs, put together once by the runtime."""

    preferences: PreferenceRecords
    links: PreferenceLinks
    consents: PendingConsents
    caps: SentCounts
    reviews: Reviews
    business: Business


def reassign_number(
    event: Event, *, reassigner: Reassigner, now: datetime
) -> tuple[Outcome, list[str]]:
    """Begin anew with a phone number; doing it again does nothing.

    Returns also whose changes are to be published, in this order.

    Raises:
        ReassigningConflictError: the record was never left alone.
    """
    number = event.recipient.root
    known = [identity_of_bsuid(event.recipient.bsuid)] if event.recipient.bsuid else []
    preferences, business = reassigner.preferences, reassigner.business
    for _ in range(_MOST_CONFLICTS):
        root = preferences.load(number)
        is_done = root.preferences.fresh_since >= to_milliseconds(event.occurred_at)
        # Once it is done, who is linked to the number is its next owner.
        bsuids = [] if is_done else owners_of(root, preferences)
        former = list(dict.fromkeys([*known, *bsuids]))
        # The former owner first: at no moment is what they chose with nobody.
        owners = preferences.load_many(bsuids) if bsuids else []
        moved = all(_move(event, one, root, preferences, business, now=now) for one in owners)
        if is_done or (moved and _begin_anew(event, root, preferences, business, now)):
            # Also when that was done: whoever did it may have died before this.
            _clear(event, former, reassigner)
            return Outcome.UNCHANGED if is_done else Outcome.APPLIED, [*former, number]
    raise ReassigningConflictError(event.id)


def _clear(event: Event, former: Sequence[str], reassigner: Reassigner) -> None:
    """Leave the next owner nothing that was meant for the former one.

    Until the event and no longer, since this may run late. The service window and confirmations
    that are not sent end by the record's `fresh_since`.
    """
    number, until = event.recipient.root, event.occurred_at
    scopes = every_scope(reassigner.business)
    for one in former:
        reassigner.caps.carry([number], one, scopes, until=until)
    reassigner.caps.drop(number, scopes, until=until)
    reassigner.links.revoke([number, *former], made_until=until)
    reassigner.consents.drop(number, asked_until=until)
    last = to_milliseconds(until)
    evidence = reassigner.preferences.evidence(number)
    for question in questions_in(one for one in evidence if one["at"] <= last):
        reassigner.reviews.close(question)


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
    joined = join(owner.preferences, chosen)
    after = replace(
        joined,
        linked_to=None,
        # Others follow the BSUID by itself from here on: greater than whatever it or the number had.
        revision=max(owner.preferences.revision, chosen.revision) + 1,
    )
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
