"""What it costs to take a place under a cap, against asking alone."""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from app.clock import utc_now
from app.domain.frequency import Cap, Period
from app.domain.recipients import Recipient
from app.gate import build_checker
from app.usecases.check import Checker, Question, check
from app.usecases.give_back import give_back
from benchmarks.bodies import wa_id_of
from benchmarks.service import Service
from benchmarks.table import Table, say_milliseconds
from config.business import load_business
from config.settings import ROOT

_SIZES = (1, 100, 1_000)
_CAPS = {"all": (Cap(9, Period.WEEK),), "utility": (Cap(3, Period.DAY),)}


def measure_caps(service: Service, *, rounds: int) -> Table:
    """Ask without a cap, ask under two caps, and take a place under both, in turns."""
    service.reset()
    business = load_business(ROOT / "config" / "business.toml")
    free = build_checker(service.store, business)
    capped = build_checker(
        service.store, replace(business, policy=replace(business.policy, caps=_CAPS))
    )
    ways: dict[str, Callable[[list[Recipient]], float]] = {
        "asking, no cap stands": lambda people: _ask(people, free),
        "asking, two caps stand": lambda people: _ask(people, capped),
        "taking a place under both": lambda people: _take(people, capped),
    }
    times: dict[tuple[str, int], list[float]] = {(way, size): [] for way in ways for size in _SIZES}
    for _ in range(rounds):
        for size in _SIZES:
            people = [Recipient(wa_id=wa_id_of(person)) for person in range(size)]
            for _ in range(max(1, min(50, 2_000 // size))):
                for way, measure in ways.items():
                    times[way, size].append(measure(people))
    service.reset()
    base = {size: median(times["asking, no cap stands", size]) for size in _SIZES}
    return Table(
        "Caps",
        ("what", *(f"{size:,} at once, × asking" for size in _SIZES), f"{_SIZES[-1]:,} at once"),
        tuple(
            (
                way,
                *(f"{median(times[way, size]) / base[size]:.2f}" for size in _SIZES),
                say_milliseconds(median(times[way, _SIZES[-1]])),
            )
            for way in ways
        ),
        ("In one process, without HTTP; places are given back in between and not measured.",),
    )


def _ask(people: list[Recipient], checker: Checker) -> float:
    started = time.perf_counter()
    permissions = check(people, Question("orders"), checker=checker, now=utc_now())
    milliseconds = 1000 * (time.perf_counter() - started)
    _must_be_allowed([permission.allowed for permission in permissions])
    return milliseconds


def _take(people: list[Recipient], checker: Checker) -> float:
    started = time.perf_counter()
    now = utc_now()
    permissions = check(people, Question("orders"), checker=checker, now=now, reserve=True)
    milliseconds = 1000 * (time.perf_counter() - started)
    places = [one.reservation for one in permissions if one.reservation]
    _must_be_allowed([len(places) == len(people)])
    _must_be_allowed(give_back(places, caps=checker.caps, now=now))
    return milliseconds


def _must_be_allowed(answers: list[bool]) -> None:
    if not all(answers):
        raise AssertionError("somebody was refused, and that is another measurement")
