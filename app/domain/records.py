"""What the store holds of a person, as read at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.evidence import GENESIS
from app.domain.forgetting import Forgotten
from app.domain.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Record:
    """The preferences under one identity; `version` guards the next write, `head` the chain.

    `is_known` tells a record that is written from one that is not there (any more).
    """

    identity: str
    preferences: Preferences = field(default_factory=Preferences)
    version: int = 0
    head: str = GENESIS
    # What remains of a person who was forgotten and has said nothing since; there is no record.
    forgotten: Forgotten | None = None
    is_known: bool = False

    def is_before_forgetting(self, moment: datetime) -> bool:
        """Tell whether something said at this moment is about a person who is forgotten."""
        return self.forgotten is not None and moment <= self.forgotten.at


@dataclass(frozen=True, slots=True)
class RecipientView:
    """All that the gate needs to know of one recipient.

    `holds` are the scopes of restrictions that are accepted and not yet applied. `others` are
    further identities of the person, beside the one whose record speaks for them.
    """

    identity: str
    preferences: Preferences
    holds: tuple[str, ...] = ()
    last_message_at: datetime | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainStart:
    """The first entries of an evidence chain; `length` counts all, `head` is what the record says."""

    identity: str
    length: int
    head: str
    entries: Sequence[Mapping[str, Any]] = ()
