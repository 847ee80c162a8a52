"""What it costs to compare another system's list with ours: time against bare reads, and memory."""

import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from app.domain.events import Event, Source, event_id_of
from app.domain.recipients import Recipient
from app.runtime import Runtime, build_runtime
from app.store import keys
from app.usecases.apply import record
from app.usecases.reconcile import BATCH, Reconciler, Tally, reconcile
from benchmarks.service import Service
from benchmarks.table import Table, percentile, say_bytes
from config.settings import load_settings

_FIRST = 447_701_000_000
_KNOWN_EVERY = 100


def measure_lists(service: Service, *, rows: int, rounds: int) -> Table:
    """Compare a list of so many rows, of which one in a hundred is known, in several rounds."""
    service.reset()
    runtime = build_runtime(load_settings(service.environ))
    _stop_some(runtime, rows)
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_time_of(lambda: _compare(runtime, rows)))
        bare.append(_time_of(lambda: _read_bare(runtime, rows)))
    small, large = _peak_of(runtime, BATCH), _peak_of(runtime, rows)
    seconds = percentile(ours, 0.5)
    table = Table(
        "Reconciling a list",
        ("what", "number", "means"),
        (
            (
                f"{rows:,} rows, × bare reads",
                f"{seconds / percentile(bare, 0.5):.1f}",
                "reading CSV, phone numbers, registers, holds and windows, and comparing",
            ),
            ("rows a second", f"{rows / seconds:,.0f}", "of one process, Redis on this machine"),
            (
                f"peak memory at {BATCH:,} rows",
                say_bytes(small),
                "what Python allocated beyond the program",
            ),
            (
                f"peak memory at {rows:,} rows, × that",
                f"{large / small:.2f}",
                "1 means that it does not grow with the list",
            ),
        ),
        (
            (
                "Bare: the records of the same people by HMGET, in pipelines of the same size, "
                "with nothing read from a file and nothing decided."
            ),
        ),
    )
    service.reset()
    return table


def _lines(rows: int) -> Iterator[str]:
    yield "phone,subscribed\n"
    for number in range(_FIRST, _FIRST + rows):
        yield f"+{number},yes\n"


def _compare(runtime: Runtime, rows: int) -> None:
    tally = Tally()
    found = reconcile(
        _lines(rows),
        delimiter=",",
        recipient=None,
        state=None,
        reconciler=Reconciler(runtime.checker, runtime.clock),
        tally=tally,
    )
    different = sum(1 for _ in found)
    if (tally.rows, different) != (rows, rows):
        raise RuntimeError("each row says yes, and nobody did; something was left out")


def _read_bare(runtime: Runtime, rows: int) -> None:
    numbers = iter(range(_FIRST, _FIRST + rows))
    while batch := list(itertools.islice(numbers, BATCH)):
        pipeline = runtime.redis.pipeline(transaction=False)
        for number in batch:
            pipeline.hmget(keys.preferences_key(f"wa.{number}"), "version", "record", "head")
        pipeline.execute()


def _stop_some(runtime: Runtime, rows: int) -> None:
    now = datetime.now(UTC)
    for number in range(_FIRST, _FIRST + rows, _KNOWN_EVERY):
        event = Event(
            id=event_id_of("bench", str(number)),
            recipient=Recipient(wa_id=str(number)),
            source=Source.API,
            occurred_at=now,
            received_at=now,
            settings={"messages": "opted_out"},
        )
        record(event, applier=runtime.applier, now=now)


def _time_of(do: Callable[[], None]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _peak_of(runtime: Runtime, rows: int) -> float:
    _compare(runtime, BATCH)  # what is made once is not of the list
    tracemalloc.start()
    try:
        _compare(runtime, rows)
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
