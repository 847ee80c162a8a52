"""The gate: may these people be messaged?"""

import time
from statistics import median

from benchmarks.bodies import wa_id_of
from benchmarks.people import People
from benchmarks.service import API_HEADERS, Service
from benchmarks.table import Table, percentile, say_milliseconds

_SIZES = (1, 100, 1_000, 10_000)
_STORED = 400


def measure_gate(service: Service, *, rounds: int) -> Table:
    """Ask for few and many; a tenth of the people of the largest question has a record."""
    service.reset()
    service.start_web()
    service.start_pool()
    service.wait_for_workers()
    people = People(service)
    for person in range(_STORED):
        people.write(person, "STOP" if person % 2 else "START")
    people.wait_until_done(seconds=300)
    service.stop_pools()
    times: dict[int, list[float]] = {size: [] for size in _SIZES}
    for _ in range(rounds):
        for size in _SIZES:
            # A small question is asked more often, since noise weighs more in it.
            for _ in range(max(1, min(20, 1_000 // size))):
                times[size].append(_ask(service, size))
    service.reset()
    one = median(times[1])
    return Table(
        "The gate",
        ("recipients in one `POST /v1/check`", "median", "p99", "for each", "× one alone"),
        tuple(
            (
                f"{size:,}",
                say_milliseconds(median(times[size])),
                say_milliseconds(percentile(times[size], 0.99)),
                f"{1000 * median(times[size]) / size:.0f} µs",
                f"{median(times[size]) / size / one:.3f}",
            )
            for size in _SIZES
        ),
        (
            (
                f"{_STORED:,} people have a record; the others never wrote. `× one alone`: what one "
                "recipient costs in a question of this size against a question of its own."
            ),
        ),
    )


def _ask(service: Service, size: int) -> float:
    body = {"recipients": [wa_id_of(person) for person in range(size)], "topic": "offers"}
    url = f"{service.web_url}/v1/check"
    started = time.perf_counter()
    answer = service.http.post(url, json=body, headers=API_HEADERS, timeout=60)
    milliseconds = 1000 * (time.perf_counter() - started)
    answer.raise_for_status()
    return milliseconds
