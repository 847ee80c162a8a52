"""What was found so far in one notification, and what the items of one change have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.dialog360.parsing.fields import MalformedError, describe, optional_id_at
from app.dialog360.parsing.people import Profiles
from app.domain.inbound import Ignored, Item, Notification, Problem

# A body is promised to hold at most 1,000 updates. One that is nonsense throughout could hold a
# million, and nobody learns more from the rest.
MOST_PROBLEMS = 1000


@dataclass(slots=True)
class Findings:
    """Grows while a notification is read; the only thing here that changes."""

    items: list[Item] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, finding: Item | Ignored) -> None:
        """Note something that was understood."""
        if isinstance(finding, Ignored):
            self.ignored.append(finding)
        else:
            self.items.append(finding)

    def add_problem(self, path: str, what: str, *, below: str = "") -> None:
        """Note something malformed, at the path or at a path below it."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(f"{path}.{below}" if below else path, what))

    def mappings_of(self, value: object, path: str) -> Iterator[tuple[dict[str, Any], str]]:
        """Yield each object of a list with its path; anything else becomes a problem."""
        if not isinstance(value, list):
            self.add_problem(path, f"expected a list, found {describe(value)}")
            return
        for position, element in enumerate(value):
            if isinstance(element, dict):
                yield element, f"{path}[{position}]"
            else:
                self.add_problem(
                    f"{path}[{position}]", f"expected an object, found {describe(element)}"
                )

    def read_each(self, value: object, path: str, read: "Reader", change: "Change") -> None:
        """Read each object of a list, so that none takes its siblings down with it."""
        for element, element_path in self.mappings_of(value, path):
            try:
                self.add(read(element, change))
            except MalformedError as error:
                self.add_problem(element_path, error.what, below=error.path)

    def freeze(self) -> Notification:
        """Return what was found."""
        return Notification(tuple(self.items), tuple(self.ignored), tuple(self.problems))


@dataclass(frozen=True, slots=True)
class Change:
    """What all items of one `changes[].value` share."""

    phone_number_id: str | None
    profiles: Profiles


Reader = Callable[[dict[str, Any], Change], Item | Ignored]
"""Reads one element of a list, or raises MalformedError."""


def read_change(value: dict[str, Any], outer: dict[str, Any] | None = None) -> Change:
    """Read the shared part of a value; `outer` holds what a `standby` leaves one level up."""
    outer = outer or {}
    metadata = value.get("metadata") or outer.get("metadata")
    contacts = value.get("contacts") or outer.get("contacts")
    return Change(
        phone_number_id=(
            optional_id_at(metadata, "phone_number_id") if isinstance(metadata, dict) else None
        ),
        profiles=Profiles(contacts, value.get("messages")),
    )
