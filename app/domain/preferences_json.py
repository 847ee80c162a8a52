"""A person's record as plain JSON values, and back."""

from collections.abc import Mapping
from typing import Any

from app.domain.preferences import Preferences, Register, Stamp
from app.domain.times import from_milliseconds, to_milliseconds


def registers_to_json(registers: Mapping[str, Register]) -> dict[str, list[Any]]:
    """Return registers as plain JSON values."""
    return {
        name: [
            register.value,
            register.stamp.at,
            int(register.stamp.restrictive),
            register.stamp.event_id,
            *([1] if register.stamp.yields else []),
        ]
        for name, register in sorted(registers.items())
    }


def registers_from_json(record: Mapping[str, list[Any]]) -> dict[str, Register]:
    """Read registers back from `registers_to_json`."""
    return {
        name: Register(value, Stamp(at, bool(restrictive), event_id, bool(yields)))
        for name, (value, at, restrictive, event_id, *yields) in record.items()
    }


def preferences_to_json(preferences: Preferences) -> dict[str, Any]:
    """Return a record as plain JSON values, for storage."""
    marks = {"pauses_told": preferences.pauses_told, "fresh_since": preferences.fresh_since}
    return {
        "registers": registers_to_json(preferences.registers),
        "revision": preferences.revision,
        "updated_at": to_milliseconds(preferences.updated_at) if preferences.updated_at else None,
        "bsuids": list(preferences.bsuids),
        "linked_to": preferences.linked_to,
        **{name: mark for name, mark in marks.items() if mark},
    }


def preferences_from_json(record: Mapping[str, Any]) -> Preferences:
    """Read a record back from `preferences_to_json`."""
    updated_at = record["updated_at"]
    return Preferences(
        registers=registers_from_json(record["registers"]),
        revision=record["revision"],
        updated_at=from_milliseconds(updated_at) if updated_at is not None else None,
        bsuids=tuple(record["bsuids"]),
        linked_to=record["linked_to"],
        pauses_told=record.get("pauses_told", 0),
        fresh_since=record.get("fresh_since", 0),
    )
