"""A person's record as plain JSON values, and back."""

from collections.abc import Mapping
from typing import Any

from app.domain.preferences import Preferences, Register, Stamp
from app.domain.times import from_milliseconds, to_milliseconds


def preferences_to_json(preferences: Preferences) -> dict[str, Any]:
    """Return a record as plain JSON values, for storage."""
    return {
        "registers": {
            name: [
                register.value,
                register.stamp.at,
                int(register.stamp.restrictive),
                register.stamp.event_id,
                *([1] if register.stamp.yields else []),
            ]
            for name, register in sorted(preferences.registers.items())
        },
        "revision": preferences.revision,
        "updated_at": to_milliseconds(preferences.updated_at) if preferences.updated_at else None,
        "bsuids": list(preferences.bsuids),
        "linked_to": preferences.linked_to,
        **({"pauses_told": preferences.pauses_told} if preferences.pauses_told else {}),
    }


def preferences_from_json(record: Mapping[str, Any]) -> Preferences:
    """Read a record back from `preferences_to_json`."""
    updated_at = record["updated_at"]
    return Preferences(
        registers={
            name: Register(value, Stamp(at, bool(restrictive), event_id, bool(yields)))
            for name, (value, at, restrictive, event_id, *yields) in record["registers"].items()
        },
        revision=record["revision"],
        updated_at=from_milliseconds(updated_at) if updated_at is not None else None,
        bsuids=tuple(record["bsuids"]),
        linked_to=record["linked_to"],
        pauses_told=record.get("pauses_told", 0),
    )
