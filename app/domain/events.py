"""An event: somebody asked for a change, or we learned something about who they are.

Whatever the way in (a word, a button, WhatsApp's own switch, the API, an agent), it becomes one
of these, with the registers that it sets already worked out. So an event means the same whenever
and however often it is applied.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.commands import Command
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue, is_restrictive
from app.domain.times import from_milliseconds, to_milliseconds

CLOCK_TOLERANCE = timedelta(minutes=5)


class Source(StrEnum):
    """By which way an event came; kept as evidence."""

    KEYWORD = "keyword"
    BUTTON = "button"
    PLATFORM = "platform"
    API = "api"
    OPERATOR = "operator"
    LINK = "link"
    PAGE = "page"
    FLOW = "flow"
    OPT_IN = "opt_in"

    @property
    def has_whole_seconds(self) -> bool:
        """WhatsApp's clock has whole seconds, so what it reports may have happened in any part."""
        return self in {Source.KEYWORD, Source.BUTTON, Source.FLOW, Source.PLATFORM}


class Act(StrEnum):
    """What is done to a record as a whole, rather than to its registers."""

    FORGET = "forget"
    REASSIGN = "reassign"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one recipient.

    `settings` are the registers it sets (see preferences.py). `proof` is what evidence keeps of
    it: the exact words, the button, the rule, who acted and why. `previous` is the identity that
    the person had before, where WhatsApp says that it changed. `occurred_at` is the person's
    clock, `received_at` ours. With `expected_revision` the event counts only while the record
    stands at that revision: whoever decided had seen no other. An event that `yields` sets only
    what the person never chose, whatever its time. With `act` it is about the whole record, and
    sets nothing.
    """

    id: str
    recipient: Recipient
    source: Source
    occurred_at: datetime
    received_at: datetime
    settings: Mapping[str, RegisterValue] = field(default_factory=dict)
    command: Command | None = None
    topic: str | None = None
    language: str | None = None
    phone_number_id: str | None = None
    previous: Recipient | None = None
    act: Act | None = None
    expected_revision: int | None = None
    yields: bool = False
    proof: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_choice(self) -> bool:
        """Tell whether the event sets anything but the language of our replies."""
        return any(name != "language" for name in self.settings)

    @property
    def is_restrictive(self) -> bool:
        """Tell whether the event forbids anything, so that a hold must stand until it is applied."""
        return any(is_restrictive(name, value) for name, value in self.settings.items())


def event_id_of(*parts: str) -> str:
    """Derive an event's id from what the platform names it by (a message id, mostly).

    The same notification, delivered again, gives the same id; that is the whole dedupe. A hash,
    because RQ takes only letters, digits, `_` and `-`, and since an id must not tell anything.
    """
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def settle_clock(occurred_at: datetime, received_at: datetime) -> datetime:
    """Return the person's time, or ours when theirs lies more than five minutes ahead."""
    return received_at if occurred_at > received_at + CLOCK_TOLERANCE else occurred_at


def event_to_json(event: Event) -> dict[str, Any]:
    """Return the event as plain JSON values, for the inbox and for evidence."""
    record: dict[str, Any] = {
        "id": event.id,
        "wa_id": event.recipient.wa_id,
        "bsuid": event.recipient.bsuid,
        "source": event.source.value,
        "occurred_at": to_milliseconds(event.occurred_at),
        "received_at": to_milliseconds(event.received_at),
        "settings": dict(event.settings),
        "command": event.command.value if event.command else None,
        "topic": event.topic,
        "language": event.language,
        "phone_number_id": event.phone_number_id,
        "proof": dict(event.proof),
    }
    if event.previous:
        record["previous"] = {"wa_id": event.previous.wa_id, "bsuid": event.previous.bsuid}
    if event.act:
        record["act"] = event.act.value
    if event.expected_revision is not None:
        record["expected_revision"] = event.expected_revision
    if event.yields:
        record["yields"] = True
    return record


def event_from_json(record: Mapping[str, Any]) -> Event:
    """Read an event back from `event_to_json`."""
    previous = record.get("previous")
    return Event(
        id=record["id"],
        recipient=Recipient(wa_id=record["wa_id"], bsuid=record["bsuid"]),
        source=Source(record["source"]),
        occurred_at=from_milliseconds(record["occurred_at"]),
        received_at=from_milliseconds(record["received_at"]),
        settings=record["settings"],
        command=Command(record["command"]) if record["command"] else None,
        topic=record["topic"],
        language=record["language"],
        phone_number_id=record["phone_number_id"],
        previous=Recipient(**previous) if previous else None,
        act=Act(record["act"]) if record.get("act") else None,
        expected_revision=record.get("expected_revision"),
        yields=record.get("yields", False),
        proof=record["proof"],
    )
