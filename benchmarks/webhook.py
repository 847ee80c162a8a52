"""The webhook against the least that Flask can do with the same body, in one run."""

from dataclasses import dataclass, field
from statistics import median

from benchmarks.bodies import KINDS
from benchmarks.client import LoadProcess, Order
from benchmarks.processes import cpu_seconds
from benchmarks.service import Part, Service
from benchmarks.table import Table, percentile, say_milliseconds
from sandbox.embedded_redis import free_port

BARE, WITH_JOB, HEED = "a bare route", "a bare route + one RQ job", "Heed"
_APPS = {
    BARE: "benchmarks.baselines:create_bare()",
    WITH_JOB: "benchmarks.baselines:create_bare_with_job()",
    HEED: "app:create_app()",
}
_CONNECTIONS = 4
_WARM_UP = 60


@dataclass(slots=True)
class _Rounds:
    """What was measured of one application with one kind of notification."""

    medians: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu_milliseconds: list[float] = field(default_factory=list)


def measure_webhook(service: Service, *, rounds: int, requests: int) -> Table:
    """Measure all in turns, so that what else the machine does falls on each alike.

    Raises:
        RuntimeError: an answer was not 200.
    """
    ports = {name: free_port() for name in _APPS}
    parts = {name: service.start_web(app, port=ports[name]) for name, app in _APPS.items()}
    found = {(name, kind): _Rounds() for name in _APPS for kind in KINDS}
    first = 1
    with LoadProcess() as load:
        for name, kind in found:
            load.run(Order(ports[name], kind, _WARM_UP, _CONNECTIONS, first))
            first += _WARM_UP
        for turn in range(rounds):
            for kind in KINDS:
                names = list(_APPS)
                # Nobody is always the first after a pause.
                for name in names[turn % 3 :] + names[: turn % 3]:
                    order = Order(ports[name], kind, requests, _CONNECTIONS, first)
                    _measure_round(service, parts[name], load, order, found[name, kind])
                    first += requests
    for part in parts.values():
        part.stop()
    return Table(
        "The webhook",
        ("notifications", *_COLUMNS),
        tuple(_row(kind, found) for kind in KINDS),
        (
            (
                f"Medians of {rounds} rounds of {requests} requests over {_CONNECTIONS} connections, "
                "each waiting for its answer. `×bare`: against a Flask route under the same gunicorn "
                "that parses the same body and answers. `×job`: against that route with one "
                "`queue.enqueue`. Below 1 is better than the baseline."
            ),
            (
                "`statuses` matter to nobody and cost no Redis call; `messages` are ordinary ones (the "
                "service window is noted); `commands` are all commands (inbox, hold and RQ job in one "
                "round trip); `mix` is three statuses to one inbound message, of which a tenth is a "
                "command."
            ),
        ),
    )


_COLUMNS = (
    "median ×bare",
    "p99 ×bare",
    "processor ×bare",
    "median ×job",
    "p99 ×job",
    "processor ×job",
    "Heed: median, p99",
    "Heed: requests/s",
)


def _measure_round(
    service: Service, part: Part, load: LoadProcess, order: Order, rounds: _Rounds
) -> None:
    pids = [part.pid, *part.members()]
    before = cpu_seconds(pids)
    outcome = load.run(order)
    used = cpu_seconds(pids) - before
    # What was stored must not make the next round slower.
    service.store.flushall()
    if outcome.failures:
        raise RuntimeError(f"{outcome.failures} answers were not 200: see {service.folder}")
    rounds.medians.append(percentile(outcome.milliseconds, 0.5))
    rounds.p99s.append(percentile(outcome.milliseconds, 0.99))
    rounds.rates.append(order.requests / outcome.seconds)
    rounds.cpu_milliseconds.append(1000 * used / order.requests)


def _row(kind: str, found: dict[tuple[str, str], _Rounds]) -> tuple[str, ...]:
    heed = found[HEED, kind]
    ratios = []
    for baseline in (BARE, WITH_JOB):
        other = found[baseline, kind]
        pairs = (
            (heed.medians, other.medians),
            (heed.p99s, other.p99s),
            (heed.cpu_milliseconds, other.cpu_milliseconds),
        )
        ratios += [f"{median(ours) / median(theirs):.2f}" for ours, theirs in pairs]
    times = f"{say_milliseconds(median(heed.medians))}, {say_milliseconds(median(heed.p99s))}"
    return (kind, *ratios, times, f"{median(heed.rates):.0f}")
