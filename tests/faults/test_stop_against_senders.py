"""Senders hammer the gate while a person says STOP: after the 200 nothing is allowed.

The moment is that of our answer: whoever asks after somebody else was answered 200 must be refused,
while the hold stands, while a worker puts the register in its place, and afterwards. A request that
was sent before the 200 may be decided either way; it is not counted.
"""

import itertools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from benchmarks.bodies import wa_id_of
from benchmarks.people import People
from benchmarks.service import API_HEADERS, API_SECRET, Service, eventually

_THREADS_EACH = 3
_ASKED_AFTER = 4

Ask = Callable[[requests.Session, str], bool]


@dataclass
class Round:
    """One person who says STOP once; `asked` counts answers by way, before and after the 200."""

    person: int
    bsuid: str | None
    is_stopped: bool = False
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    allowed_after: Counter[str] = field(default_factory=Counter)

    @property
    def addresses(self) -> list[str]:
        """Every form in which a sender may know the person."""
        wa_id = wa_id_of(self.person)
        return [f"+{wa_id}", f"00{wa_id}", *([self.bsuid] if self.bsuid else [])]


class Senders:
    """Threads that ask about the person of the present round, all the time."""

    def __init__(self, ways: dict[str, Ask], first: Round) -> None:
        self.round = first
        self.errors: list[str] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(way, ask), daemon=True)
            for way, ask in ways.items()
            for _ in range(_THREADS_EACH)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, way: str, ask: Ask) -> None:
        with requests.Session() as http:
            for turn in itertools.count():
                if self._over.is_set():
                    return
                now = self.round
                address = now.addresses[turn % len(now.addresses)]
                # Read before the question leaves: only such a question is later than the 200.
                was_stopped = now.is_stopped
                try:
                    is_allowed = ask(http, address)
                except Exception as error:  # noqa: BLE001 - a thread must not die in silence
                    self.errors.append(f"{way}: {type(error).__name__} {error}")
                    return
                self._note(now, way, was_stopped=was_stopped, is_allowed=is_allowed)

    def _note(self, now: Round, way: str, *, was_stopped: bool, is_allowed: bool) -> None:
        with self._lock:
            if was_stopped:
                now.after[way] += 1
                now.allowed_after[way] += is_allowed
            else:
                now.before[way] += is_allowed


@contextmanager
def hammering(ways: dict[str, Ask], first: Round) -> Iterator[Senders]:
    senders = Senders(ways, first)
    try:
        yield senders
    finally:
        senders.stop()


def run_rounds(service: Service, people: People, count: int) -> Counter[str]:
    """Run the rounds, and return how many questions were asked after a 200."""
    service.start_pool()
    service.wait_for_workers("commands")
    # Reports of what was sent would take the webhook's time; this is about STOP.
    service.sandbox.world.faults.add({"kind": "refuse_statuses"})
    ways = {"check": _asker_of_check(service), "drop-in": _asker_of_drop_in(service)}
    rounds = [
        Round(number, f"GB.{10**12 + number}" if number % 3 else None) for number in range(count)
    ]
    asked: Counter[str] = Counter()
    with hammering(ways, rounds[0]) as senders, requests.Session() as http:
        for now in rounds:
            senders.round = now
            _wait(senders, lambda now=now: all(now.before[way] for way in ways))  # type: ignore[misc]
            _, body = people.body(now.person, "STOP", bsuid=now.bsuid)
            assert people.post(body, http) == 200
            now.is_stopped = True
            _wait(
                senders,
                lambda now=now: (
                    all(now.after[way] >= _ASKED_AFTER for way in ways)  # type: ignore[misc]
                    and people.inbox.size() == 0
                ),
            )
            asked += now.after
    assert {now.person: now.allowed_after for now in rounds if now.allowed_after.total()} == {}
    return asked


def _wait(senders: Senders, is_true: Callable[[], bool]) -> None:
    def is_true_or_broken() -> bool:
        return is_true() or bool(senders.errors)

    eventually(is_true_or_broken, what="the senders' turn", every_seconds=0.002)
    assert senders.errors == []


def _asker_of_check(service: Service) -> Ask:
    def ask(http: requests.Session, address: str) -> bool:
        # Utility goes to people who never said anything, so before the STOP it is allowed.
        body = {"recipients": [address], "topic": "orders"}
        url = f"{service.web_url}/v1/check"
        answer = http.post(url, json=body, headers=API_HEADERS, timeout=20)
        answer.raise_for_status()
        return bool(answer.json()["results"][0]["allowed"])

    return ask


def _asker_of_drop_in(service: Service) -> Ask:
    words = {"type": "body", "parameters": [{"type": "text", "text": "7731"}]}
    template = {"name": "order_update", "language": {"code": "en_GB"}, "components": [words]}
    message = {"messaging_product": "whatsapp", "type": "template", "template": template}

    def ask(http: requests.Session, address: str) -> bool:
        to = {"recipient": address} if address.startswith("GB.") else {"to": address}
        url, headers = f"{service.web_url}/messages", {"D360-API-KEY": API_SECRET}
        answer = http.post(url, json={**message, **to}, headers=headers, timeout=30)
        if answer.status_code == 200:
            return True
        assert answer.json()["error"]["code"] == 131050, answer.text
        return False

    return ask


@pytest.mark.slow
def test_nobody_is_allowed_after_a_stop(service: Service, people: People) -> None:
    asked = run_rounds(service, people, 60)

    assert min(asked["check"], asked["drop-in"]) >= 60 * _ASKED_AFTER


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    os.environ.get("HEED_FULL") != "1",
    reason="takes minutes: HEED_FULL=1 make test ARGS='-m full'",
)
def test_nobody_is_allowed_after_any_of_thousands_of_stops(
    service: Service, people: People
) -> None:
    asked = run_rounds(service, people, 3000)

    assert min(asked["check"], asked["drop-in"]) >= 3000 * _ASKED_AFTER
