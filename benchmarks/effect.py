"""From a STOP to its effects: enforced, applied, confirmed."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.people import People
from benchmarks.service import Service, eventually
from benchmarks.table import Table, percentile, say_milliseconds

_FIRST_PERSON = 500_000


def measure_effect(service: Service, *, stops: int) -> Table:
    """Let people write STOP one after the other, and look from outside when what happens.

    Raises:
        RuntimeError: the gate allowed somebody whose STOP had got its 200.
    """
    service.reset()
    service.start_web()
    service.start_pool()
    service.wait_for_workers()
    people = People(service)
    times: dict[str, list[float]] = {name: [] for name in _ROWS}
    allowed = 0
    for person in range(_FIRST_PERSON, _FIRST_PERSON + stops):
        event_id, body = people.body(person, "STOP")
        started = time.perf_counter()
        status = people.post(body)
        if status != 200:
            raise RuntimeError(f"the webhook answered {status}")
        times["answered 200"].append(_since(started))
        allowed += people.check(person)["allowed"]
        times["refused by the gate"].append(_since(started))
        _wait(times, "applied", started, partial(people.is_done, event_id))
        _wait(times, "confirmed", started, partial(people.sent_count, event_id))
    people.wait_until_done()
    service.reset()
    service.stop_pools()
    if allowed:
        raise RuntimeError(f"the gate allowed {allowed} people whose STOP had got its 200")
    return Table(
        "From STOP to its effects",
        ("from the POST of a STOP until", "median", "p99"),
        tuple(
            (
                f"{name}: {meaning}",
                say_milliseconds(percentile(times[name], 0.5)),
                say_milliseconds(percentile(times[name], 0.99)),
            )
            for name, meaning in _ROWS.items()
        ),
        (
            (
                f"{stops} people, one after the other, seen from outside; the two requests to Heed "
                "are part of the times. Each was refused at the first question after the 200."
            ),
        ),
    )


_ROWS = {
    "answered 200": "the restriction stands from here on",
    "refused by the gate": "`POST /v1/check` was asked next, and answered",
    "applied": "the preferences are written and the inbox entry is gone",
    "confirmed": "360dialog (the sandbox) has accepted the answer",
}


def _since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)


def _wait(
    times: dict[str, list[float]], name: str, started: float, is_so: Callable[[], object]
) -> None:
    eventually(is_so, seconds=60, what=name, every_seconds=0.001)
    times[name].append(_since(started))
