"""Workers killed under load: what is lost, what happens twice, and how late the last one is.

People write STOP and START while worker processes die, one by one and all together, by SIGKILL
(a machine that goes away) and by SIGTERM (a deploy). Redis, web and the sandbox live on.
"""

import itertools
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.people import People
from benchmarks.service import Part, Service, eventually

_WRITERS = 4
# Every so many kills it is the whole pool at once, as on a platform.
_WHOLE_POOL_EVERY = 6
# Of each person's commands, in turns: STOP alone, or STOP and two seconds later START.
_STORIES = (("STOP",), ("STOP", "START"), ("STOP",))
# This share of the sendings is accepted and gets no answer: a status must settle them.
_CUT_SHARE = 100
# Nobody writes while this many wait: a slow machine gets less load, and the delays that are left
# are those of the kills.
_MOST_WAITING = 60


@dataclass(frozen=True, slots=True)
class KillPlan:
    """How much is written, how fast at most, and how often somebody dies of what."""

    commands: int
    per_second: float
    kills_by_sigkill: int
    kills_by_sigterm: int
    patience_seconds: float = 120.0


SHORT = KillPlan(commands=600, per_second=20, kills_by_sigkill=6, kills_by_sigterm=6)
"""What every `make test` does."""
FULL = KillPlan(commands=10_000, per_second=20, kills_by_sigkill=60, kills_by_sigterm=60)
"""What the promise of the project says; it takes about nine minutes."""


@dataclass(frozen=True, slots=True)
class KillResult:
    """What came of it. The first five must be 0; delays are from the 200 to the commit.

    Two commands rightly get no answer: one that a later one has overtaken (stale), and one whose
    answer would have been late and no longer true (superseded).
    """

    lost: int
    wrong_registers: int
    applied_twice: int
    confirmed_twice: int
    never_confirmed: int
    commands: int
    stale: int
    superseded: int
    sigkills: int
    sigterms: int
    whole_pools: int
    swept: int
    median_delay_seconds: float
    p99_delay_seconds: float
    worst_delay_seconds: float
    slowest_start_seconds: float
    """How long the slowest new pool needed until its first process was there."""
    seconds: float
    examples: tuple[str, ...] = ()
    """What is stored about the first few events with which something is wrong."""


def run_kills(plan: KillPlan, folder: Path) -> KillResult:
    """Do it for real, and count.

    Raises:
        TimeoutError: the workers did not get done after the last kill.
    """
    with Service(folder, worker_processes=4) as service:
        service.start_web()
        people = People(service)
        faults = service.sandbox.world.faults
        faults.add({"kind": "cut", "times": max(1, plan.commands // _CUT_SHARE)})
        pool = service.start_pool()
        service.wait_for_workers()
        started = time.monotonic()
        load = _Load(people, plan)
        load.start()
        killer = _Killer(service, pool, plan, load)
        killer.run()
        load.join()
        people.wait_until_done(seconds=plan.patience_seconds)
        return _count(people, load.written, killer, time.monotonic() - started)


class _Load:
    """Writes with a few connections, in threads, at a steady pace unless the workers are behind."""

    def __init__(self, people: People, plan: KillPlan) -> None:
        self._people = people
        self._orders = self._make_orders(plan.commands)
        self._pause = _WRITERS / plan.per_second
        self._lock = threading.Lock()
        self._refused: Counter[int] = Counter()
        self._number = 0
        self._threads = [threading.Thread(target=self._write) for _ in range(_WRITERS)]
        self.written: dict[int, list[tuple[str, str]]] = {}

    @staticmethod
    def _make_orders(commands: int) -> list[tuple[int, tuple[str, ...]]]:
        stories = itertools.cycle(_STORIES)
        orders: list[tuple[int, tuple[str, ...]]] = []
        number = 0
        for person in itertools.count(1):
            if number >= commands:
                return orders
            story = next(stories)
            orders.append((person, story))
            number += len(story)
        raise AssertionError("itertools.count never ends")

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()
        if self._refused:
            raise ConnectionError(f"the webhook did not answer 200 but {self._refused}")

    def wait_for(self, commands: float) -> None:
        """Wait until so many commands are written, or no more are."""
        while self._number < commands and any(thread.is_alive() for thread in self._threads):
            time.sleep(0.01)

    def _write(self) -> None:
        with requests.Session() as http:
            http.trust_env = False
            while True:
                with self._lock:
                    if not self._orders:
                        return
                    person, story = self._orders.pop()
                for position, text in enumerate(story):
                    self._write_one(http, person, text, 2 * position)

    def _write_one(
        self, http: requests.Session, person: int, text: str, later_seconds: int
    ) -> None:
        while self._people.inbox.size() > _MOST_WAITING:
            time.sleep(0.05)
        began = time.monotonic()
        event_id, body = self._people.body(person, text, later_seconds=later_seconds)
        # Some notifications come twice; a redelivery must change nothing.
        times = 2 if random.random() < 0.05 else 1
        for _ in range(times):
            status = self._people.post(body, http)
            if status != requests.codes.ok:
                self._refused[status] += 1
                return
        with self._lock:
            self.written.setdefault(person, []).append((text, event_id))
            self._number += 1
        time.sleep(max(0.0, self._pause - (time.monotonic() - began)))


class _Killer:
    """Ends workers all along the load, by SIGKILL and SIGTERM in turns that nobody can foresee."""

    def __init__(self, service: Service, pool: Part, plan: KillPlan, load: _Load) -> None:
        self._service = service
        self._pool = pool
        self._load = load
        self._commands_per_kill = plan.commands / (plan.kills_by_sigkill + plan.kills_by_sigterm)
        kills = [signal.SIGKILL] * plan.kills_by_sigkill + [signal.SIGTERM] * plan.kills_by_sigterm
        random.shuffle(kills)
        self._kills = kills
        self.done: Counter[signal.Signals] = Counter()
        self.whole_pools = 0
        self.slowest_start = 0.0

    def run(self) -> None:
        # In the thread that started the pool: Linux ends a child with the thread of its parent.
        for number, signum in enumerate(self._kills, 1):
            self._load.wait_for((number - 0.5) * self._commands_per_kill)
            if number % _WHOLE_POOL_EVERY == 0:
                self._end_pool(signum)
            else:
                self._end_one(signum)
            self.done[signum] += 1

    def _end_one(self, signum: signal.Signals) -> None:
        victim = random.choice(eventually(self._pool.members, what="a worker to kill"))
        try:
            os.kill(victim, signum)
        except ProcessLookupError:
            return  # it has just ended by itself, after an earlier signal

    def _end_pool(self, signum: signal.Signals) -> None:
        self.whole_pools += 1
        if signum is signal.SIGKILL:
            self._pool.kill_all()
        else:
            # A deploy: the old ones finish while the new ones start.
            self._pool.terminate()
        started = time.monotonic()
        self._pool = self._service.start_pool()
        eventually(self._pool.members, what="the start of a pool")
        self.slowest_start = max(self.slowest_start, time.monotonic() - started)


def _count(
    people: People,
    written: dict[int, list[tuple[str, str]]],
    killer: _Killer,
    seconds: float,
) -> KillResult:
    sent = people.sent()
    faults: Counter[str] = Counter()
    delays: list[float] = []
    examples: list[str] = []
    for person, story in written.items():
        chain = people.evidence(person)
        entries = [entry for entry in chain if entry["kind"] == "event"]
        delays += [(entry["at"] - entry["event"]["received_at"]) / 1000 for entry in entries]
        applied = Counter(entry["event"]["id"] for entry in entries)
        stale = {one["event"]["id"] for one in entries if one["outcome"] == "stale"}
        answers = {entry["event"]: entry for entry in chain if entry["kind"] == "confirmation"}
        last = story[-1][0]
        faults["wrong"] += (
            people.messages(person) != {"STOP": "opted_out", "START": "opted_in"}[last]
        )
        for _, event_id in story:
            is_stale = event_id in stale
            is_superseded = answers.get(event_id, {}).get("reason") == "superseded"
            found = {
                "lost": applied[event_id] == 0,
                "twice": applied[event_id] > 1,
                "confirmed twice": sent[event_id] > 1,
                "never confirmed": sent[event_id] == 0 and not (is_stale or is_superseded),
            }
            faults.update({name: int(is_so) for name, is_so in found.items()})
            faults.update(stale=int(is_stale), superseded=int(is_superseded))
            if any(found.values()):
                examples.append(f"{found} {people.outbox.load(event_id)}")
    delays.sort()
    swept = people.swept()
    return KillResult(
        lost=faults["lost"],
        wrong_registers=faults["wrong"],
        applied_twice=faults["twice"],
        confirmed_twice=faults["confirmed twice"],
        never_confirmed=faults["never confirmed"],
        commands=sum(map(len, written.values())),
        stale=faults["stale"],
        superseded=faults["superseded"],
        sigkills=killer.done[signal.SIGKILL],
        sigterms=killer.done[signal.SIGTERM],
        whole_pools=killer.whole_pools,
        swept=swept,
        median_delay_seconds=delays[len(delays) // 2],
        p99_delay_seconds=delays[int(len(delays) * 0.99)],
        worst_delay_seconds=delays[-1],
        slowest_start_seconds=killer.slowest_start,
        seconds=seconds,
        examples=tuple(examples[:10]),
    )
