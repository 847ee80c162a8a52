"""Delivery of notifications to the webhook: at least once, with a growing pause between tries."""

import hashlib
import heapq
import hmac
import ipaddress
import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from sandbox.config import SandboxConfig

ACCEPTED: Final = 200
NO_ANSWER: Final = 0
WORKERS: Final = 4


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where the notifications of one business number go, and with which headers."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True, kw_only=True)
class Notification:
    """One notification and what the webhook answered each time it was posted."""

    notification_id: str
    kind: str
    phone_number_id: str
    body: dict[str, Any]
    message_id: str | None = None
    person_key: str | None = None
    state: str | None = None
    created_at: float = field(default_factory=time.time)
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last_status(self) -> int | None:
        """The HTTP status of the last attempt, 0 for no answer, None before the first."""
        return self.attempts[-1]["status"] if self.attempts else None

    def to_json(self) -> dict[str, Any]:
        """Return the notification as `GET /notifications` shows it."""
        return {
            "notification_id": self.notification_id,
            "kind": self.kind,
            "phone_number_id": self.phone_number_id,
            "message_id": self.message_id,
            "status": self.last_status,
            "attempts": list(self.attempts),
            "body": self.body,
        }


def encode_body(body: Mapping[str, Any]) -> bytes:
    """Return the bytes that are posted; the same for the same body."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8 form; escaped it reaches the webhook as it is.
        return json.dumps(body).encode()


def is_loopback_url(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Deliverer:
    """Posts notifications, at once or later, and again until the webhook answers 200.

    Its threads start with the first scheduled notification and end with `stop`.
    """

    def __init__(
        self,
        config: SandboxConfig,
        find_target: Callable[[str], WebhookTarget],
        on_attempt: Callable[[Notification, int], None],
    ) -> None:
        self._config = config
        self._find_target = find_target
        self._on_attempt = on_attempt
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Notification]] = []
        self._order = itertools.count()
        self._threads: list[threading.Thread] = []
        self._stopped = False

    def schedule(self, notification: Notification, delay_seconds: float = 0.0) -> None:
        """Post a notification after a delay, by a thread of the deliverer."""
        with self._changed:
            if self._stopped:
                return
            due = time.monotonic() + delay_seconds
            heapq.heappush(self._waiting, (due, next(self._order), notification))
            if not self._threads:
                self._start_threads()
            self._changed.notify()

    def deliver(self, notification: Notification, *, redeliver: bool = True) -> int:
        """Post a notification now; returns the HTTP status, 0 when there was no answer.

        Any other status than 200 means that it is posted again later, unless `redeliver` is off.
        """
        status, error = self._post(notification)
        attempt = {"time": datetime.now(UTC).isoformat(), "status": status}
        if error:
            attempt["error"] = error
        notification.attempts.append(attempt)
        self._on_attempt(notification, status)
        age = time.time() - notification.created_at
        if status != ACCEPTED and redeliver and age < self._config.retry_for_seconds:
            self.schedule(notification, self._choose_pause(len(notification.attempts)))
        return status

    def stop(self) -> None:
        """End the threads; what was not delivered is forgotten."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=self._config.webhook_timeout_seconds + 1)

    def _choose_pause(self, attempts: int) -> float:
        longest = self._config.retry_longest_seconds
        return min(longest, self._config.retry_first_seconds * 2.0 ** min(attempts - 1, 20))

    def _start_threads(self) -> None:
        for position in range(WORKERS):
            name = f"sandbox-delivery-{position}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while True:
            notification = self._wait_for_next()
            if notification is None:
                return
            self.deliver(notification)

    def _wait_for_next(self) -> Notification | None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                if self._waiting and self._waiting[0][0] <= now:
                    return heapq.heappop(self._waiting)[2]
                pause = self._waiting[0][0] - now if self._waiting else None
                self._changed.wait(pause)
        return None

    def _post(self, notification: Notification) -> tuple[int, str | None]:
        target = self._find_target(notification.phone_number_id)
        if not is_loopback_url(target.url):
            return NO_ANSWER, "the sandbox delivers to this machine only"
        raw = encode_body(notification.body)
        headers = {"Content-Type": "application/json", "User-Agent": "heed-sandbox"}
        headers |= target.headers
        if self._config.signing_secret:
            digest = hmac.new(self._config.signing_secret.encode(), raw, hashlib.sha256)
            headers["x-360dialog-signature"] = digest.hexdigest()
        try:
            with requests.Session() as session:
                # Proxies of the environment must not see what goes to this machine.
                session.trust_env = False
                answer = session.post(
                    target.url,
                    data=raw,
                    headers=headers,
                    timeout=self._config.webhook_timeout_seconds,
                    allow_redirects=False,
                )
                return answer.status_code, None
        except (requests.RequestException, ValueError, OSError) as exc:
            return NO_ANSWER, type(exc).__name__
