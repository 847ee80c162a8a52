"""What the store holds of a person, as read at one moment."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.evidence import GENESIS
from app.domain.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Record:
    """The preferences under one identity; `version` guards the next write, `head` the chain."""

    identity: str
    preferences: Preferences = field(default_factory=Preferences)
    version: int = 0
    head: str = GENESIS


@dataclass(frozen=True, slots=True)
class RecipientView:
    """All that the gate needs to know of one recipient.

    `holds` are the scopes of restrictions that are accepted and not yet applied.
    """

    identity: str
    preferences: Preferences
    holds: tuple[str, ...] = ()
    last_message_at: datetime | None = None
