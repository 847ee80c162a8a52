"""What the ways to ask cost: the check against bare reads, the drop-in against the bare call."""

import time
from collections.abc import Callable
from statistics import median

import requests

from app.domain.recipients import identity_of_wa_id
from app.gate import Gate
from app.store import keys
from benchmarks.bodies import wa_id_of
from benchmarks.people import People
from benchmarks.service import API_HEADERS, API_SECRET, ROOT, Service
from benchmarks.table import Table, percentile, say_milliseconds

_ASKED = 10_000
_STORED = 400


def measure_senders(service: Service, *, rounds: int, messages: int) -> Table:
    """Measure both; `messages` are sent one after the other over one connection each way."""
    service.reset()
    service.start_web()
    service.sandbox.world.faults.add({"kind": "refuse_statuses"})
    _fill(service)
    reads, checks, calls = _measure_checks(service, rounds)
    bare, through = _measure_messages(service, messages)
    service.reset()
    return Table(
        "Ways to ask",
        ("what", "median", "p99", "× its baseline"),
        (
            _row(f"bare reads of {_ASKED:,} people from Redis", reads, reads),
            _row("`Gate.may_send_many` for them, in Python", checks, reads),
            _row("`POST /v1/check` for them", calls, reads),
            _row("one `POST /messages` to the sandbox itself", bare, bare),
            _row("the same through the drop-in", through, bare),
        ),
        (
            (
                f"The drop-in adds {median(through) - median(bare):.1f} ms to a message. The sandbox "
                "answers in a few milliseconds; against an API that takes 200 ms the same is "
                f"{1 + (median(through) - median(bare)) / 200:.2f} times the bare call."
            ),
            (
                "Bare reads: the same keys of the same people in one pipeline, by redis-py, with "
                f"nothing made of them. {_STORED} of the people have a record."
            ),
        ),
    )


def _row(name: str, values: list[float], baseline: list[float]) -> tuple[str, ...]:
    return (
        name,
        say_milliseconds(median(values)),
        say_milliseconds(percentile(values, 0.99)),
        f"{median(values) / median(baseline):.2f}",
    )


def _fill(service: Service) -> None:
    service.start_pool()
    service.wait_for_workers()
    people = People(service)
    for person in range(_STORED):
        people.write(person, "STOP" if person % 2 else "START")
    people.wait_until_done(seconds=300)
    service.stop_pools()
    service.sandbox.world.faults.add({"kind": "refuse_statuses"})


def _measure_checks(service: Service, rounds: int) -> tuple[list[float], list[float], list[float]]:
    gate = Gate.connect(service.redis.url, ROOT / "config" / "business.toml")
    people = [wa_id_of(person) for person in range(_ASKED)]
    identities = [identity_of_wa_id(wa_id) for wa_id in people]
    body = {"recipients": people, "topic": "offers"}

    def read() -> None:
        pipeline = service.store.pipeline(transaction=False)
        for identity in identities:
            pipeline.hvals(keys.holds_key(identity))
            pipeline.get(keys.window_key(identity))
            pipeline.hmget(keys.preferences_key(identity), "version", "record", "head")
        pipeline.execute()

    def call() -> None:
        url = f"{service.web_url}/v1/check"
        service.http.post(url, json=body, headers=API_HEADERS, timeout=60).raise_for_status()

    measured: tuple[list[float], list[float], list[float]] = ([], [], [])
    # One after the other in each round, so that what else runs here slows all of them alike.
    for _ in range(rounds):
        for values, do in zip(
            measured, (read, lambda: gate.may_send_many(people, "offers"), call), strict=True
        ):
            values.append(_time(do))
    return measured


def _measure_messages(service: Service, messages: int) -> tuple[list[float], list[float]]:
    key = service.environ["D360_API_KEY"]
    bare: list[float] = []
    through: list[float] = []
    with requests.Session() as direct, requests.Session() as gated:
        for number in range(messages + 1):
            for values, http, url, secret in (
                (bare, direct, service.sandbox.url, key),
                (through, gated, service.web_url, API_SECRET),
            ):
                to = f"+{wa_id_of(1_000_000 + number)}"
                values.append(_time(lambda: _send(http, url, secret, to)))  # noqa: B023
    # The first opens connections, and reads the list of templates.
    return bare[1:], through[1:]


def _send(http: requests.Session, url: str, secret: str, to: str) -> None:
    words = {"type": "body", "parameters": [{"type": "text", "text": "7731"}]}
    template = {"name": "order_update", "language": {"code": "en_GB"}, "components": [words]}
    message = {"messaging_product": "whatsapp", "to": to, "type": "template", "template": template}
    http.post(
        f"{url}/messages", json=message, headers={"D360-API-KEY": secret}, timeout=30
    ).raise_for_status()


def _time(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - started)
