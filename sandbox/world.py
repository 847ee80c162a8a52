"""Everything the sandbox remembers, in memory only."""

import base64
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.catalogue import Catalogue
from sandbox.config import BusinessNumber, SandboxConfig, invent_display
from sandbox.delivery import ACCEPTED, Deliverer, Notification, WebhookTarget
from sandbox.faults import FaultBoard
from sandbox.people import People, Person
from sandbox.rates import RateLimits

WINDOW_SECONDS: Final = 24 * 3600
TYPING_SECONDS: Final = 25
MOST_LINES: Final = 500
MOST_SENT: Final = 200_000
MOST_NOTIFICATIONS: Final = 50_000
STATES: Final = ("pending", "refused", "accepted", "sent", "delivered", "read", "failed")


@dataclass(slots=True, kw_only=True)
class ChatLine:
    """One message in the chat of one person.

    `content` is the message as it is on the wire. `mine` means that the person wrote it.
    `state` of the person's own line: pending, refused (the webhook did not answer 200), delivered,
    read; of a line of the business: accepted, sent, delivered, read, failed.
    """

    message_id: str
    mine: bool
    content: dict[str, Any]
    created_at: float
    phone_number_id: str
    state: str
    notification_id: str | None = None
    context_id: str | None = None
    rendered: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class PersonState:
    """What the sandbox remembers about one person."""

    lines: deque[ChatLine] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    typing_until: float = 0.0
    marketing_stopped: bool = False


class World:
    """The state of one sandbox; every method may be called from any thread."""

    def __init__(self, config: SandboxConfig, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self.clock = clock
        self.lock = threading.RLock()
        self.people = People()
        self.faults = FaultBoard()
        self.catalogue = Catalogue()
        self.rates = RateLimits()
        self.deliverer = Deliverer(config, self.find_target, self.record_attempt)
        self.sent: deque[dict[str, Any]] = deque(maxlen=MOST_SENT)
        self._notifications: dict[str, Notification] = {}
        self._states: dict[str, PersonState] = {}
        self._windows: dict[tuple[str, str], float] = {}
        self._lines: dict[str, tuple[str, ChatLine]] = {}
        headers = {}
        if config.webhook_token:
            headers["Authorization"] = f"Bearer {config.webhook_token}"
        first = WebhookTarget(config.webhook_url, headers)
        self._targets = {number.phone_number_id: first for number in config.numbers}
        self._default_target = first

    def stop(self) -> None:
        """Let go of every waiting request and end the threads."""
        self.faults.clear()
        self.deliverer.stop()

    # Business numbers

    def find_number_by_key(self, api_key: str) -> BusinessNumber | None:
        """Return the number that an API key belongs to."""
        offered = api_key.encode(errors="replace")
        for number in self.config.numbers:
            if secrets.compare_digest(number.api_key.encode(), offered):
                return number
        return None

    def find_number(self, phone_number_id: str | None) -> BusinessNumber:
        """Return the number with this id, the first one for None; an unknown one is made up."""
        if phone_number_id is None:
            return self.config.numbers[0]
        for number in self.config.numbers:
            if number.phone_number_id == phone_number_id:
                return number
        return BusinessNumber(phone_number_id, invent_display(phone_number_id), "")

    def find_target(self, phone_number_id: str) -> WebhookTarget:
        """Return where the notifications of a number go."""
        with self.lock:
            return self._targets.get(phone_number_id, self._default_target)

    def set_target(self, phone_number_id: str, target: WebhookTarget) -> None:
        """Send the notifications of a number somewhere else from now on."""
        with self.lock:
            self._targets[phone_number_id] = target

    # People

    def state_of(self, person: Person) -> PersonState:
        """Return what is remembered about a person."""
        with self.lock:
            return self._states.setdefault(person.key, PersonState())

    def open_window(self, person: Person, phone_number_id: str | None, until: float) -> None:
        """Set when the 24-hour window ends, with one number or (None) with every number."""
        ids = (
            [phone_number_id]
            if phone_number_id
            else [n.phone_number_id for n in self.config.numbers]
        )
        with self.lock:
            for each in ids:
                self._windows[each, person.key] = until

    def extend_window(self, person: Person, phone_number_id: str, written_at: int) -> None:
        """Let a window last 24 hours from a message; it never becomes shorter."""
        key = (phone_number_id, person.key)
        with self.lock:
            ends_at = max(written_at + WINDOW_SECONDS, self._windows.get(key, 0.0))
            self._windows[key] = ends_at

    def window_ends_at(self, person: Person, phone_number_id: str) -> float:
        """Return when the window of a person ends, in Unix seconds; 0 when it never was open."""
        with self.lock:
            return self._windows.get((phone_number_id, person.key), 0.0)

    # Chats

    def add_line(self, person: Person, line: ChatLine) -> None:
        """Show a message in the chat of a person."""
        with self.lock:
            state = self.state_of(person)
            if len(state.lines) == MOST_LINES:
                self._lines.pop(state.lines[0].message_id, None)
            state.lines.append(line)
            self._lines[line.message_id] = (person.key, line)
            if not line.mine:
                state.typing_until = 0.0

    def find_line(self, message_id: str) -> tuple[str, ChatLine] | None:
        """Return the person's key and the line of a message."""
        with self.lock:
            return self._lines.get(message_id)

    def advance_line(self, message_id: str, state: str) -> None:
        """Move a line to a later state; an earlier one changes nothing."""
        with self.lock:
            found = self._lines.get(message_id)
            if found and STATES.index(state) > STATES.index(found[1].state):
                found[1].state = state

    # Notifications

    def add_notification(self, notification: Notification) -> None:
        """Remember a notification; the oldest are forgotten when there are too many."""
        with self.lock:
            self._notifications[notification.notification_id] = notification
            if len(self._notifications) > MOST_NOTIFICATIONS:
                del self._notifications[next(iter(self._notifications))]

    def find_notification(self, notification_id: str) -> Notification | None:
        """Return a notification that is still remembered."""
        with self.lock:
            return self._notifications.get(notification_id)

    def all_notifications(self) -> list[Notification]:
        """Return every remembered notification, oldest first."""
        with self.lock:
            return list(self._notifications.values())

    def record_attempt(self, notification: Notification, status: int) -> None:
        """Update the chat after a notification was posted."""
        if notification.message_id is None:
            return
        if notification.kind == "status" and notification.state:
            self.advance_line(notification.message_id, notification.state)
        if notification.kind == "message":
            state = "delivered" if status == ACCEPTED else "refused"
            self.advance_line(notification.message_id, state)


def make_message_id(prefix: str = "HEEDSANDBOX") -> str:
    """Return a new message id that looks like WhatsApp's."""
    return "wamid." + base64.b64encode(prefix.encode() + secrets.token_bytes(21)).decode()


def make_notification_id() -> str:
    """Return a new id for a notification."""
    return f"n-{secrets.token_hex(8)}"
