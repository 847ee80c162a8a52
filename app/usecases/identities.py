"""Making one record of all that is known about a person (design 2.5).

A BSUID points to the phone number. A number or id change copies the old record to the new one and
leaves the old as it is, since a recycled number is somebody else.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.business import Business
from app.domain.changes import ChangeType, cause_of, describe_change
from app.domain.events import Event
from app.domain.preferences import Preferences, join
from app.domain.recipients import Recipient, identity_of_bsuid, identity_of_wa_id
from app.domain.records import Record
from app.domain.times import to_milliseconds
from app.ports import PreferenceRecords


def root_of(recipient: Recipient, preferences: PreferenceRecords) -> str:
    """Return the identity whose record speaks for this recipient now."""
    if recipient.wa_id:
        return recipient.root
    linked_to = preferences.load(recipient.root).preferences.linked_to
    return identity_of_wa_id(linked_to) if linked_to else recipient.root


def link_identities(
    event: Event, preferences: PreferenceRecords, business: Business, now: datetime
) -> Record | None:
    """Join what the event shows to be one person, and return the record that speaks for them.

    None: somebody wrote meanwhile, try again.
    """
    root = preferences.load(root_of(event.recipient, preferences))
    if preferences.outcome_of(root.identity, event.id) or _is_stale(event, root):
        return root
    bsuid_record = _record_of_bsuid(event.recipient, preferences)
    sources = _records_to_join(event, root, bsuid_record, preferences)
    joined = root.preferences
    for source in sources:
        joined = join(joined, source.preferences)
    if bsuid_record and event.recipient.bsuid not in joined.bsuids:
        joined = replace(
            joined, bsuids=tuple(sorted({*joined.bsuids, event.recipient.bsuid or ""}))
        )
    is_told = bool(joined.registers or root.preferences.revision)
    if joined.bsuids != root.preferences.bsuids and is_told:
        # Who it is can be seen too; joining counts what the registers say.
        joined = replace(joined, revision=max(joined.revision, root.preferences.revision + 1))
    if joined != root.preferences:
        entry = {
            "kind": "linked",
            "at": to_milliseconds(now),
            "event": event.id,
            "with": [{"identity": one.identity, "head": one.head} for one in sources],
        }
        change = describe_change(
            root.identity,
            root.preferences,
            joined,
            cause_of(event),
            business=business,
            now=now,
            kind=ChangeType.IDENTITY_CHANGED,
            previous=[one.identity for one in sources],
        )
        # Of people who never chose anything there is nothing to tell.
        if not is_told:
            change = None
        if preferences.commit(root, joined, entry=entry, change=change) is None:
            return None
    if bsuid_record and bsuid_record.preferences.linked_to != event.recipient.number:
        pointer = replace(bsuid_record.preferences, linked_to=event.recipient.number)
        committed = preferences.commit(
            bsuid_record, pointer, entry=None, link_to=event.recipient.number
        )
        if committed is None:
            return None
    return preferences.load(root.identity)


def _is_stale(event: Event, root: Record) -> bool:
    """Tell whether an event is from before the person was forgotten, or the number another's.

    What it shows to be one person then may be two people now.
    """
    return to_milliseconds(event.occurred_at) <= root.preferences.fresh_since


def _record_of_bsuid(recipient: Recipient, preferences: PreferenceRecords) -> Record | None:
    """Return the record of the BSUID where a phone number is known beside it."""
    if not (recipient.wa_id and recipient.bsuid):
        return None
    return preferences.load(identity_of_bsuid(recipient.bsuid))


def _records_to_join(
    event: Event, root: Record, bsuid_record: Record | None, preferences: PreferenceRecords
) -> list[Record]:
    identities = []
    if bsuid_record and bsuid_record.preferences.linked_to != event.recipient.number:
        identities.append(bsuid_record.identity)
        if bsuid_record.preferences.linked_to:
            # The same BSUID with another number: the person has moved, as with a number change.
            identities.append(identity_of_wa_id(bsuid_record.preferences.linked_to))
    if event.previous:
        identities.extend(event.previous.identities)
        identities.append(root_of(event.previous, preferences))
    wanted = [one for one in dict.fromkeys(identities) if one != root.identity]
    records = preferences.load_many(wanted) if wanted else []
    return [
        replace(one, preferences=_without_ids(one.preferences))
        for one in records
        if one.is_known or one.forgotten
    ]


def _without_ids(preferences: Preferences) -> Preferences:
    """Return the choices alone: the ids of an old record are not the new one's."""
    return replace(preferences, bsuids=(), linked_to=None, fresh_since=0)
