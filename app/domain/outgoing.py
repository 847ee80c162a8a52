"""What a sender hands us to pass on, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.recipients import Recipient


class OutgoingKind(StrEnum):
    """What kind of request it is, as far as the gate cares.

    A signal (a reaction, a read receipt, a typing indicator) is no message: nobody opted out of it.
    """

    TEMPLATE = "template"
    FREE_FORM = "free_form"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request to the messages API; `template` and `language` are set for templates alone."""

    kind: OutgoingKind
    recipient: Recipient | None = None
    template: str | None = None
    language: str | None = None


class Passage(StrEnum):
    """What became of a request that was passed on.

    UNKNOWN: it may have been accepted, so nobody may count on the opposite.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RelayedAnswer:
    """What 360dialog answered, byte for byte; headers without those of the connection.

    `has_stopped_marketing`: it refused since the person stopped marketing messages in WhatsApp.
    """

    status: int
    passage: Passage
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    has_stopped_marketing: bool = False
