"""One committed change of one person, as every other system is told of it (design 2.8)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.business import Business
from app.domain.events import Event
from app.domain.preferences import Preferences
from app.domain.recipients import identity_of_bsuid, recipient_of_identity, spellings_of
from app.domain.restrictions import restrictions_of
from app.domain.state import describe_state
from app.domain.times import to_milliseconds, to_text


class ChangeType(StrEnum):
    """What a change is to whoever acts on it; each change has the first that fits.

    PREFERENCES_CHANGED is what no other name fits; who asks for it gets all of them.
    """

    FORGOTTEN = "forgotten"
    IDENTITY_CHANGED = "identity_changed"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    PAUSED = "paused"
    PAUSE_ENDED = "pause_ended"
    PREFERENCES_CHANGED = "preferences.changed"


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the feed, and what the feed's indexes need to know of it.

    `restricted_at` is when it was applied, in milliseconds, if the person may not be sent
    everything now. `pause_ends_at` is the end of a pause that is still to be told. `joins` are the
    identities whose records became part of this one just now; `drops` are those that stand for
    nobody of their own any more.
    """

    identity: str
    entry: Mapping[str, Any]
    restricted_at: int | None = None
    pause_ends_at: int | None = None
    joins: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()

    @property
    def type(self) -> ChangeType:
        """What it is."""
        return ChangeType(self.entry["type"])


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A change that was committed and may not be in the feed yet; no other has its key."""

    text: bytes
    key: str
    change: Change


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a record changes, as far as other systems may know: never anybody's words."""

    occurred_at: datetime
    received_at: datetime
    source: str
    evidence_id: str
    command: str | None = None
    topic: str | None = None


def cause_of(event: Event) -> Cause:
    """Return what an event says of the change that it makes."""
    return Cause(
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        source=event.source.value,
        evidence_id=event.id,
        command=event.command.value if event.command else None,
        topic=event.topic,
    )


def describe_change(
    identity: str,
    before: Preferences,
    after: Preferences,
    cause: Cause,
    *,
    business: Business,
    now: datetime,
    kind: ChangeType | None = None,
    previous: Sequence[str] = (),
) -> Change | None:
    """Return the change from one record to the next; None where nobody outside can see one.

    `previous` are identities whose records have become part of this one.
    """
    state_before = describe_state(identity, before, business=business, now=None)
    state_after = describe_state(identity, after, business=business, now=None)
    changed = _names_of_changes(before, after, state_before["topics"], state_after["topics"])
    if not changed and state_before == state_after and before.bsuids == after.bsuids:
        return None
    restrictions = restrictions_of(after, business=business, now=now)
    entry = {
        "type": (kind or _type_of(changed, after)).value,
        "occurred_at": to_text(cause.occurred_at),
        "received_at": to_text(cause.received_at),
        "applied_at": to_text(now),
        "recipient": state_after["recipient"],
        "bsuid": state_after["bsuid"],
        "addresses": addresses_of(identity, after),
        "previous": [text for one in previous for text in addresses_of_identity(one)],
        "before": state_before,
        "after": state_after,
        "changed": changed,
        "restrictions": [one.to_json() for one in restrictions],
        "source": cause.source,
        "command": cause.command,
        "topic": cause.topic,
        "evidence_id": cause.evidence_id,
        "revision": after.revision,
    }
    return Change(
        identity=identity,
        entry=entry,
        restricted_at=to_milliseconds(now) if restrictions else None,
        pause_ends_at=after.pause_to_tell,
        joins=tuple(previous),
        drops=tuple(identity_of_bsuid(bsuid) for bsuid in after.bsuids),
    )


def describe_remains(
    identity: str,
    remains: Preferences,
    cause: Cause,
    *,
    others: Sequence[str],
    business: Business,
    now: datetime,
) -> Change:
    """Return the news that a person was forgotten; what they had chosen is not in it any more.

    `others` are their other identities, so that everybody knows of whom to delete what they have.
    """
    state = describe_state(identity, remains, business=business, now=None)
    entry = {
        "type": ChangeType.FORGOTTEN.value,
        "occurred_at": to_text(cause.occurred_at),
        "received_at": to_text(cause.received_at),
        "applied_at": to_text(now),
        "recipient": state["recipient"],
        "bsuid": state["bsuid"],
        "addresses": [text for one in (identity, *others) for text in addresses_of_identity(one)],
        "previous": [],
        "before": state,
        "after": state,
        "changed": [],
        "restrictions": [
            one.to_json() for one in restrictions_of(remains, business=business, now=now)
        ],
        "source": cause.source,
        "command": None,
        "topic": None,
        "evidence_id": cause.evidence_id,
        "revision": remains.revision,
    }
    return Change(identity, entry, joins=tuple(others), drops=tuple(others))


def is_wanted(change_type: str, types: frozenset[str]) -> bool:
    """Tell whether somebody who asked for these types gets this one; none asked for is all."""
    return not types or change_type in types or ChangeType.PREFERENCES_CHANGED.value in types


def change_to_json(change: Change) -> dict[str, Any]:
    """Return the change as plain JSON values, for storage."""
    return asdict(change)


def change_from_json(record: Mapping[str, Any]) -> Change:
    """Read a change back from `change_to_json`."""
    lists = {name: tuple(record[name]) for name in ("joins", "drops")}
    return Change(**{**record, **lists})


def _names_of_changes(
    before: Preferences,
    after: Preferences,
    topics_before: Mapping[str, bool],
    topics_after: Mapping[str, bool],
) -> list[str]:
    """Return the registers that changed, but for the language of our replies.

    A topic may come to be off by the same value said again, where its category was on meanwhile.
    """
    names = {
        name
        for name in {*before.registers, *after.registers}
        if name != "language" and before.value(name) != after.value(name)
    }
    if before.pause_to_tell != after.pause_to_tell:
        names.add("paused_until")
    topics = {f"topics.{one}" for one in topics_after if topics_before[one] != topics_after[one]}
    return sorted(names | topics)


def _type_of(changed: Sequence[str], after: Preferences) -> ChangeType:
    if "messages" in changed:
        return ChangeType(after.messages)
    if "paused_until" in changed:
        is_paused = after.value("paused_until") is not None
        return ChangeType.PAUSED if is_paused else ChangeType.PAUSE_ENDED
    return ChangeType.PREFERENCES_CHANGED


def addresses_of(identity: str, preferences: Preferences) -> list[str]:
    """Return every id under which whoever has this record may be addressed, the main one first."""
    return list(dict.fromkeys([*addresses_of_identity(identity), *preferences.bsuids]))


def addresses_of_identity(identity: str) -> tuple[str, ...]:
    """Return the BSUID, or the number in every spelling that a sender may have of it."""
    recipient = recipient_of_identity(identity)
    return spellings_of(recipient.wa_id) if recipient.wa_id else (recipient.bsuid or "",)
