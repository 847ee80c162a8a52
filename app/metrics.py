"""Numbers for Prometheus: counted in this process, kept in Redis, right over all processes.

Several gunicorn workers and RQ workers on several machines count the same things. Each adds up in
memory and hands its sums to Redis once a second, so that counting costs the hot path nothing.
Labels are constants of ours, never anything that a person wrote.
"""

import atexit
import os
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

_FLUSH_SECONDS = 1.0
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)


@dataclass(frozen=True, slots=True)
class Spec:
    """One metric: its name, what it means, and the names of its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    is_histogram: bool = False


NOTIFICATIONS = Spec("heed_notifications", "POSTs to the webhook, by answer", ("status",))
UPDATES = Spec("heed_updates", "Updates inside notifications, by what they were", ("kind",))
APPLIED = Spec("heed_events_applied", "Events applied by workers", ("command", "outcome"))
CONFIRMATIONS = Spec(
    "heed_confirmations", "Steps of confirmations, by state and reason", ("state", "reason")
)
CHECKS = Spec("heed_checks", "Answers of the gate", ("reason",))
PASSED = Spec("heed_gateway_requests", "Messages that senders handed us, by outcome", ("outcome",))
REFUSED = Spec("heed_gateway_refusals", "Messages that were not passed on", ("reason",))
PASS_SECONDS = Spec(
    "heed_gateway_seconds",
    "From a sender's message to 360dialog's answer to it",
    is_histogram=True,
)
SWEPT = Spec("heed_swept", "Jobs that the sweeper had to enqueue again", ("kind",))
REPORTS = Spec(
    "heed_confirmation_reports", "What became of confirmations that were sent", ("status",)
)
DELIVERIES = Spec(
    "heed_deliveries", "Attempts to deliver events, by endpoint", ("endpoint", "outcome")
)
ACCEPT_SECONDS = Spec(
    "heed_accept_seconds", "From the person's message to our 200", is_histogram=True
)
ENFORCE_SECONDS = Spec(
    "heed_enforce_seconds",
    "From the person's message that restricts to the hold that refuses senders",
    is_histogram=True,
)
APPLY_SECONDS = Spec(
    "heed_apply_seconds", "From our 200 to the preferences written", is_histogram=True
)
CONFIRM_SECONDS = Spec(
    "heed_confirm_seconds",
    "From the preferences written to the confirmation accepted by 360dialog",
    is_histogram=True,
)
SENT_SECONDS = Spec(
    "heed_sent_seconds",
    "From the person's message to its confirmation accepted by 360dialog",
    is_histogram=True,
)
DELIVERED_SECONDS = Spec(
    "heed_delivered_seconds",
    "From the person's message to its confirmation on their phone",
    is_histogram=True,
)
ALL_SPECS = (
    NOTIFICATIONS,
    UPDATES,
    APPLIED,
    CONFIRMATIONS,
    CHECKS,
    PASSED,
    REFUSED,
    PASS_SECONDS,
    SWEPT,
    REPORTS,
    DELIVERIES,
    ACCEPT_SECONDS,
    ENFORCE_SECONDS,
    APPLY_SECONDS,
    CONFIRM_SECONDS,
    SENT_SECONDS,
    DELIVERED_SECONDS,
)


class MetricStore(Protocol):
    """Where the sums of all processes come together."""

    def add(self, values: Mapping[str, float], *, source: str, batch: int) -> None:
        """Add to the sums; the same batch of a source asked for again adds nothing."""
        ...

    def read(self) -> dict[str, float]:
        """Return all sums."""
        ...


class Metrics:
    """Counts in memory; a daemon thread hands the sums on."""

    def __init__(self, store: MetricStore) -> None:
        self._store = store
        self._values: Counter[str] = Counter()
        self._lock = threading.Lock()
        # What is handed on and not known to have arrived: the store may have taken it, so it goes
        # again as the same batch.
        self._waiting: dict[str, float] = {}
        self._batch = 0
        self._name = uuid.uuid4().hex
        self._flushing = threading.Lock()
        self._thread: threading.Thread | None = None

    def count(self, spec: Spec, *labels: str, by: float = 1) -> None:
        """Add to a counter."""
        self._add({_key(spec.name, labels): by})

    def observe(self, spec: Spec, seconds: float) -> None:
        """Add one duration to a histogram; a clock that ran ahead counts as nothing."""
        seconds = max(seconds, 0.0)
        bucket = next((limit for limit in _BUCKETS if seconds <= limit), float("inf"))
        self._add(
            {
                _key(f"{spec.name}_bucket", (str(bucket),)): 1,
                _key(f"{spec.name}_sum", ()): seconds,
            },
        )

    def flush(self) -> None:
        """Hand the sums on now; what the store does not take goes again the next time."""
        with self._flushing:
            while self._fill_batch():
                # Forked processes share the name, and none of them its number.
                source = f"{self._name}.{os.getpid()}"
                try:
                    self._store.add(self._waiting, source=source, batch=self._batch)
                except Exception:  # noqa: BLE001 - numbers must never break what they count
                    return
                self._waiting = {}

    def _fill_batch(self) -> bool:
        if not self._waiting:
            with self._lock:
                values, self._values = self._values, Counter()
            self._waiting = dict(values)
            self._batch += 1
        return bool(self._waiting)

    def _add(self, values: Mapping[str, float]) -> None:
        with self._lock:
            for key, value in values.items():
                self._values[key] += value  # type: ignore[assignment]
            if self._thread is None:
                # Started by the first count and not before: a fork would not carry it along.
                self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
                self._thread.start()
                # The last second of a process that ends in good order counts as well.
                atexit.register(self.flush)

    def _run(self) -> None:
        wake = threading.Event()
        while True:
            wake.wait(_FLUSH_SECONDS)
            self.flush()


@dataclass(frozen=True, slots=True)
class Sample:
    """One sum, taken apart again."""

    spec: Spec
    part: str
    labels: tuple[str, ...]
    value: float


def samples_of(values: Mapping[str, float]) -> Iterable[Sample]:
    """Take stored sums apart; what no spec knows (any more) is left out."""
    parts = {
        f"{spec.name}{part}": (spec, part)
        for spec in ALL_SPECS
        for part in (("_bucket", "_sum") if spec.is_histogram else ("",))
    }
    for key, value in sorted(values.items()):
        name, *labels = key.split("|")
        if name in parts:
            spec, part = parts[name]
            yield Sample(spec, part, tuple(labels), value)


def buckets() -> tuple[str, ...]:
    """Return the upper limits of the histograms, as they stand in keys."""
    return (*map(str, _BUCKETS), "inf")


def _key(name: str, labels: tuple[str, ...]) -> str:
    return "|".join((name, *labels))
