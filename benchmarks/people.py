"""People who write to a service, and what became of what they wrote."""

import itertools
import json
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import requests

from app.domain.events import event_id_of
from app.domain.evidence import first_broken
from app.domain.recipients import identity_of_wa_id
from app.metrics import SWEPT, samples_of
from app.queues import JobQueues
from app.store import keys
from app.store.feed import START, RedisFeed
from app.store.inbox import RedisInbox
from app.store.metrics import RedisMetrics
from app.store.outbox import RedisOutbox
from app.store.preferences import RedisPreferences
from benchmarks.bodies import make_message, wa_id_of
from benchmarks.service import API_HEADERS, WEBHOOK_HEADERS, Service, eventually

_DAY_SECONDS = 24 * 3600
_message_numbers = itertools.count(1)


class People:
    """Writes as people do, and reads what they got, what is stored and what the gate says."""

    def __init__(self, service: Service, *, web_url: str | None = None) -> None:
        self._service = service
        queues = JobQueues(service.store)
        self.inbox = RedisInbox(service.store, queues)
        self.outbox = RedisOutbox(service.store, queues)
        self.preferences = RedisPreferences(service.store)
        self.feed = RedisFeed(service.store, kept=timedelta(days=1))
        self._url = f"{web_url or service.web_url}/webhooks/360dialog"

    def body(
        self, person: int, text: str, *, later_seconds: int = 0, bsuid: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Return a notification, and the id of the event that it will be."""
        message_id = f"wamid.HBgM{time.time_ns()}{next(_message_numbers):08d}=="
        timestamp = int(time.time()) + later_seconds
        body = make_message(person, text, message_id=message_id, timestamp=timestamp, bsuid=bsuid)
        self.open_window(person)
        return event_id_of(message_id), body

    def open_window(self, person: int) -> None:
        """Let the sandbox know that the person wrote, as WhatsApp would."""
        world = self._service.sandbox.world
        until = world.clock() + _DAY_SECONDS
        world.open_window(world.people.resolve(wa_id_of(person)), None, until)

    def post(self, body: dict[str, Any], http: requests.Session | None = None) -> int:
        """Post a notification; returns the answer's status, 0 for no answer."""
        try:
            answer = (http or self._service.http).post(
                self._url, data=json.dumps(body), headers=WEBHOOK_HEADERS, timeout=10
            )
        except requests.RequestException:
            return 0
        return answer.status_code

    def write(self, person: int, text: str, *, later_seconds: int = 0) -> str:
        """Write and be heard; returns the id of the event."""
        event_id, body = self.body(person, text, later_seconds=later_seconds)
        status = self.post(body)
        if status != requests.codes.ok:
            raise ConnectionError(f"the webhook answered {status}")
        return event_id

    def check(self, person: int) -> dict[str, Any]:
        """Ask the gate."""
        answer = self._service.http.post(
            f"{self._service.web_url}/v1/check",
            json={"recipients": [wa_id_of(person)], "topic": "offers"},
            headers=API_HEADERS,
            timeout=10,
        )
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()["results"][0]
        return result

    def messages(self, person: int) -> object:
        """Return the register of all messages: opted_in, opted_out, or None."""
        record = self.preferences.load(identity_of_wa_id(wa_id_of(person)))
        return record.preferences.value("messages")

    def evidence(self, person: int) -> list[dict[str, Any]]:
        """Return the person's chain, which must be sound."""
        chain = self.preferences.evidence(identity_of_wa_id(wa_id_of(person)))
        if first_broken(chain) is not None:
            raise AssertionError("the chain of evidence is broken")
        return chain

    def applied(self, person: int) -> Counter[str]:
        """Return how often each event stands in the evidence; more than once is a fault."""
        return Counter(
            entry["event"]["id"] for entry in self.evidence(person) if entry["kind"] == "event"
        )

    def told(self, person: int) -> list[dict[str, Any]]:
        """Return what the feed tells of the person."""
        entries = self.feed.read(START, most=100_000)
        return [one.fields for one in entries if one.fields["recipient"] == wa_id_of(person)]

    def sent(self) -> Counter[str]:
        """Return how often the sandbox accepted a confirmation of each event."""
        world = self._service.sandbox.world
        with world.lock:
            bodies = list(world.sent)
        trackers = (str(body.get("biz_opaque_callback_data", "")) for body in bodies)
        return Counter(tracker.removeprefix("heed:") for tracker in trackers)

    def swept(self) -> int:
        """Return how many jobs the sweeper had to enqueue again."""
        samples = samples_of(RedisMetrics(self._service.store).read())
        return int(sum(sample.value for sample in samples if sample.spec is SWEPT))

    def waits(self, event_id: str) -> bool:
        """Tell whether an event is still in the inbox."""
        return bool(self._service.store.hexists(keys.INBOX_ENTRIES, event_id))

    def is_done(self, event_id: str) -> bool:
        """Tell whether an event that was accepted has left the inbox."""
        return not self.waits(event_id)

    def sent_count(self, event_id: str) -> int:
        """Return how often the confirmation of one event was accepted."""
        return self.sent()[event_id]

    def wait_until_applied(self, *, seconds: float = 30) -> None:
        """Wait until the inbox is empty."""
        eventually(lambda: self.inbox.size() == 0, seconds=seconds, what="applying")

    def wait_until_done(self, *, seconds: float = 60) -> None:
        """Wait until inbox and outbox are empty."""
        self.wait_until_applied(seconds=seconds)
        eventually(lambda: self.outbox.size() == 0, seconds=seconds, what="confirming")
