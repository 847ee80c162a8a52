"""What is kept of a person who asked to be forgotten: that, and what they had forbidden.

Under a keyed hash of their ids, so that nobody who reads it learns whose it is, and so that they
stay suppressed when somebody adds their number again (GDPR, article 17(3)(b) and (e)).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.events import Event
from app.domain.preferences import Preferences, Register, merge_registers, registers_of
from app.domain.preferences_json import registers_from_json, registers_to_json
from app.domain.registers import is_restrictive
from app.domain.times import from_milliseconds, to_milliseconds


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What remains of one person.

    `at` is when they were forgotten: of what they said before only restrictions count. `registers`
    are those that restricted. `seen` are the events of the last days, which may be delivered again
    and were counted already.
    """

    at: datetime
    registers: Mapping[str, Register] = field(default_factory=dict)
    revision: int = 0
    seen: frozenset[str] = frozenset()

    @property
    def preferences(self) -> Preferences:
        """What holds for this person now, and what a new record of theirs begins with."""
        return Preferences(
            registers=self.registers,
            revision=self.revision,
            updated_at=self.at,
            fresh_since=to_milliseconds(self.at),
        )


def forget(
    preferences: Iterable[Preferences], *, seen: Iterable[str], at: datetime, now: datetime
) -> Forgotten:
    """Return what remains of all that is known about one person.

    Whatever forbids messages stays, so that nobody gets more of them for having asked to be
    forgotten; what allows or describes goes. A pause that is over forbids nothing.
    """
    registers: dict[str, Register] = {}
    revision = 0
    for one in preferences:
        registers = merge_registers(registers, one.registers)
        revision = max(revision, one.revision)
    restricting = {
        name: register
        for name, register in registers.items()
        if is_restrictive(name, register.value) and not _is_over(name, register, now)
    }
    return Forgotten(at, restricting, revision + 1, frozenset(seen))


def remember_restrictions(forgotten: Forgotten, event: Event) -> Forgotten:
    """Add what an event from before forgets forbids; it was under way at that moment."""
    if event.id in forgotten.seen:
        return forgotten
    restricting = {
        name: register
        for name, register in registers_of(event).items()
        if register.stamp.restrictive
    }
    merged = merge_registers(forgotten.registers, restricting)
    return replace(forgotten, registers=merged, seen=forgotten.seen | {event.id})


def forgotten_to_json(forgotten: Forgotten) -> dict[str, Any]:
    """Return it as plain JSON values, for storage."""
    return {
        "at": to_milliseconds(forgotten.at),
        "registers": registers_to_json(forgotten.registers),
        "revision": forgotten.revision,
        "seen": sorted(forgotten.seen),
    }


def forgotten_from_json(record: Mapping[str, Any]) -> Forgotten:
    """Read it back from `forgotten_to_json`."""
    return Forgotten(
        at=from_milliseconds(record["at"]),
        registers=registers_from_json(record["registers"]),
        revision=record["revision"],
        seen=frozenset(record["seen"]),
    )


def _is_over(name: str, register: Register, now: datetime) -> bool:
    return (
        name == "paused_until"
        and isinstance(register.value, int)
        and register.value <= to_milliseconds(now)
    )
