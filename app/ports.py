"""What the use cases need of the world, as Protocols; store, queue and 360dialog provide it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.domain.changes import Change, Unpublished
from app.domain.confirmations import Confirmation
from app.domain.events import Event
from app.domain.inbound import InboundMessage, StatusUpdate
from app.domain.links import PreferenceLink
from app.domain.preferences import Preferences
from app.domain.recipients import Recipient
from app.domain.records import ChainStart, RecipientView, Record


class SendError(Exception):
    """A message was not accepted, for sure. The text holds a code, never a number or a body."""

    def __init__(self, message: str, *, code: int | str | None = None) -> None:
        super().__init__(message)
        self.code = code


class PermanentSendError(SendError):
    """Trying again would fail again."""


class ThrottledError(SendError):
    """Too fast. `retry_after` is how many seconds to wait, where the answer says so."""

    def __init__(
        self,
        message: str,
        *,
        code: int | str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class TransientSendError(SendError):
    """It failed before it was accepted; the same request may pass in a moment."""


class UnknownOutcomeError(Exception):
    """The request left and no answer came: it may have been accepted, or not."""


class MessageSender(Protocol):
    """Sends one message through 360dialog."""

    def send(self, body: Mapping[str, Any], *, phone_number_id: str | None) -> str:
        """Send and return the id that WhatsApp gave it.

        Raises:
            SendError: it was certainly not accepted; the subclass says what to do.
            UnknownOutcomeError: nobody can say yet.
        """
        ...


class Clock(Protocol):
    """The time, aware and in UTC."""

    def __call__(self) -> datetime:
        """Return the present moment."""
        ...


class CountryFinder(Protocol):
    """Tells the country of a recipient (ISO 3166), from the number or the BSUID."""

    def __call__(self, recipient: Recipient) -> str | None:
        """Return the country, or None."""
        ...


class Inbox(Protocol):
    """Events that are accepted and not yet applied. Each method may raise the store's error."""

    def accept(
        self,
        events: Sequence[Event],
        *,
        messages: Sequence[InboundMessage] = (),
        statuses: Sequence[StatusUpdate] = (),
        now: datetime,
    ) -> list[InboundMessage]:
        """Write everything in one round trip; return messages whose two ids are not linked yet."""
        ...

    def claim(self, event_id: str, *, now: datetime, lease: timedelta) -> Event | None:
        """Take an event to work on it; None when it is done."""
        ...

    def done(self, event: Event) -> None:
        """Forget an event that is applied, and the holds that it still has."""
        ...

    def due(self, now: datetime, *, most: int) -> dict[str, int]:
        """Return entries that nobody works on, with how often they were tried."""
        ...

    def postpone(self, until_by_id: Mapping[str, datetime]) -> None:
        """Leave entries alone until their moment."""
        ...


class PreferenceRecords(Protocol):
    """Records with their evidence, written by compare-and-set. Each method may raise the store's error."""

    def load(self, identity: str) -> Record:
        """Read one record; one that nobody wrote yet is empty."""
        ...

    def load_many(self, identities: Sequence[str]) -> list[Record]:
        """Read several records in one round trip."""
        ...

    def view_many(self, recipients: Sequence[Recipient]) -> list[RecipientView]:
        """Read what the gate needs for many recipients, in two or three round trips in all."""
        ...

    def commit(
        self,
        record: Record,
        preferences: Preferences,
        *,
        entry: Mapping[str, Any] | None,
        event_id: str | None = None,
        applied: Mapping[str, Any] | None = None,
        link_to: str | None = None,
        confirms: bool = False,
        change: Change | None = None,
    ) -> dict[str, Any] | None:
        """Write a record with all that goes with it; None when somebody else wrote meanwhile."""
        ...

    def unpublished(self, identity: str, *, most: int) -> list[Unpublished]:
        """Return changes under one identity that are not in the feed yet, the oldest first."""
        ...

    def drop_unpublished(self, identity: str, one: Unpublished) -> None:
        """Take a change off the list; it is in the feed."""
        ...

    def outcome_of(self, identity: str, event_id: str) -> dict[str, Any] | None:
        """Return what applying an event gave under this identity, or None when it was not."""
        ...

    def mark_applied(self, identity: str, event_id: str, applied: Mapping[str, Any]) -> None:
        """Note under a person's other id that an event is applied."""
        ...

    def evidence(self, identity: str) -> list[dict[str, Any]]:
        """Return the evidence chain under one identity, the oldest entry first."""
        ...

    def chain_of(self, identity: str) -> tuple[list[dict[str, Any]], str]:
        """Return the evidence chain under one identity with its head, as of one moment."""
        ...


class EvidenceChains(Protocol):
    """All evidence chains that there are, read a few at a time. Each method may raise the store's error."""

    def scan(self) -> Iterator[tuple[list[str], float]]:
        """Yield identities that have a chain, with the share of the store that was looked through.

        An identity may come twice; one whose chain begins meanwhile may be left out.
        """
        ...

    def first_entries(self, identities: Sequence[str], *, most: int) -> list[ChainStart]:
        """Read the beginning of several chains in one round trip, each not quite at one moment."""
        ...

    def end_of(self, identity: str) -> tuple[int, str]:
        """Return the length and the head of a chain, as of one moment."""
        ...

    def entries(self, identity: str, length: int) -> Iterator[dict[str, Any]]:
        """Yield the first `length` entries of a chain, reading a few at a time."""
        ...


class Outbox(Protocol):
    """Confirmations that are to be sent. Each method may raise the store's error."""

    def open(self, confirmation: Confirmation, now: datetime) -> None:
        """Put a confirmation up for sending, once."""
        ...

    def load(self, confirmation_id: str) -> tuple[Confirmation, int] | None:
        """Read a confirmation and its version."""
        ...

    def save(self, confirmation: Confirmation, version: int) -> bool:
        """Replace a confirmation; False when somebody else did since `version` was read."""
        ...

    def postpone(self, confirmation_id: str, until: datetime) -> None:
        """Let the sweeper look at a confirmation again at this moment."""
        ...

    def close(self, confirmation: Confirmation) -> None:
        """Take a confirmation off the indexes; its record stays for a while."""
        ...

    def pending_of(self, identity: str) -> list[str]:
        """Return the person's confirmations that are not sent yet, in the order of the changes."""
        ...

    def due(self, now: datetime, *, most: int) -> list[str]:
        """Return confirmations that somebody should look at now."""
        ...

    def status_of(self, confirmation_id: str, status: str) -> Mapping[str, Any] | None:
        """Return what 360dialog reported under this status."""
        ...

    def count_reply(self, identity: str, *, to_tap: bool) -> int:
        """Count one more reply to this person's words, or to their taps; return the hour's."""
        ...

    def lease(self, identity: str, holder: str, duration: timedelta) -> bool:
        """Take the right to send to this person; False when another worker has it."""
        ...

    def release(self, identity: str, holder: str) -> None:
        """Give the right back, if it is still ours."""
        ...


class PreferenceLinks(Protocol):
    """Links to people's preference pages. Each method may raise the store's error."""

    def save(self, link: PreferenceLink, *, now: datetime) -> None:
        """Keep a new link until it expires."""
        ...

    def find(self, link_id: str) -> PreferenceLink | None:
        """Return a link; None when it has expired or was taken back."""
        ...

    def revoke(self, identities: Sequence[str], *, made_until: datetime | None = None) -> int:
        """Take back every link of a person, or those made so far; return how many there were."""
        ...


class Reviews(Protocol):
    """Sentences that wait for a human. Each method may raise the store's error."""

    def open(self, question_id: str, asked_at: int, entry: Mapping[str, Any]) -> None:
        """Put a question on the list; a repetition changes nothing."""
        ...

    def close(self, question_id: str) -> None:
        """Take a question off the list."""
        ...

    def get(self, question_id: str) -> dict[str, Any] | None:
        """Return one open question."""
        ...

    def list_open(self, *, most: int) -> list[dict[str, Any]]:
        """Return the open questions, the oldest first."""
        ...

    def decided(self, row: Mapping[str, Any]) -> None:
        """Keep a decision, for the export of new rows of the lexicon."""
        ...

    def list_decisions(self) -> list[dict[str, Any]]:
        """Return the decisions that are kept, the oldest first."""
        ...


class Jobs(Protocol):
    """RQ, as much of it as the sweeper needs."""

    def enqueue_apply(self, event_ids: Sequence[str]) -> None:
        """Enqueue the application of events."""
        ...

    def enqueue_confirm(self, confirmation_ids: Sequence[str]) -> None:
        """Enqueue the sending of confirmations."""
        ...

    def waiting_to_apply(self) -> set[str]:
        """Return the events whose job waits in the queue."""
        ...

    def waiting_to_confirm(self) -> set[str]:
        """Return the confirmations whose job waits in the queue."""
        ...
