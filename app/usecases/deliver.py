"""One delivery: take what is due at an endpoint, send it, and keep what came of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.delivery_ports import DeadLetters, EndpointHealth, EventSender, Lanes
from app.domain.deliveries import (
    DEAD_LETTERS_KEPT,
    GIVE_UP_AFTER,
    Answer,
    EndpointState,
    Health,
    Verdict,
    after_failure,
    after_success,
    may_attempt,
    next_attempt,
    take_probe,
)
from app.domain.endpoints import Endpoint
from app.ports import Clock

# Longer than an attempt may take, so that nobody sends what somebody still sends.
LEASE = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """What delivering needs, put together once by the runtime."""

    lanes: Lanes
    dead: DeadLetters
    health: EndpointHealth
    sender: EventSender
    clock: Clock
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one attempt. `outcome` is delivered, failed or dead."""

    event_id: str
    outcome: str
    answer: Answer
    attempts: int
    before: EndpointState
    after: EndpointState


def deliver_next(endpoint: Endpoint, *, deliverer: Deliverer) -> Delivery | None:
    """Try the event that is due longest at an endpoint; None when there is nothing to do now."""
    now = deliverer.clock()
    health, version = deliverer.health.load(endpoint.id)
    if not may_attempt(health, now):
        return None
    if health.state is EndpointState.PAUSED:
        # One event finds out whether the endpoint is back; all others wait for the answer.
        probing = take_probe(health, now, LEASE)
        if not deliverer.health.save(endpoint.id, probing, version):
            return None
    claimed = deliverer.lanes.claim(endpoint.id, now, LEASE)
    if claimed is None:
        return None
    answer = deliverer.sender.post(endpoint, event_id=claimed.id, event=claimed.event)
    now = deliverer.clock()
    tries = claimed.tries.after(answer, now)
    if answer.verdict is Verdict.DELIVERED:
        deliverer.lanes.delivered(endpoint.id, claimed, now)
        after = _note_success(endpoint, health, deliverer)
        return Delivery(claimed.id, "delivered", answer, tries.attempts, health.state, after)
    _, changed = deliverer.health.change(
        endpoint.id, lambda one: after_failure(one, answer, now, lane=claimed.lane)
    )
    until = next_attempt(tries, now, chance=deliverer.chance(), retry_after=answer.retry_after)
    if until is None or now - claimed.taken_in_at > GIVE_UP_AFTER:
        deliverer.lanes.bury(endpoint.id, claimed, tries, now)
        outcome = "dead"
    else:
        deliverer.lanes.postpone(endpoint.id, claimed, tries, until)
        outcome = "failed"
    return Delivery(claimed.id, outcome, answer, tries.attempts, health.state, changed.state)


def resume(endpoint_id: str, *, deliverer: Deliverer) -> None:
    """Let an endpoint have everything that waits, now."""
    deliverer.health.change(endpoint_id, lambda _: after_success())
    deliverer.lanes.wake(endpoint_id, deliverer.clock())


def tidy(endpoint_id: str, *, deliverer: Deliverer) -> int:
    """Take back what dead processes held, and give up what waits too long; returns the latter."""
    now = deliverer.clock()
    deliverer.lanes.reclaim(endpoint_id, now)
    deliverer.dead.drop_old(endpoint_id, now - DEAD_LETTERS_KEPT)
    return deliverer.dead.bury_old(endpoint_id, now - GIVE_UP_AFTER, now)


def _note_success(endpoint: Endpoint, seen: Health, deliverer: Deliverer) -> EndpointState:
    if seen == after_success():
        return seen.state
    before, after = deliverer.health.change(
        endpoint.id,
        # One that somebody disabled meanwhile stays so: 410 was said after this was sent.
        lambda one: one if one.state is EndpointState.DISABLED else after_success(),
    )
    if before.state is EndpointState.PAUSED and after.state is EndpointState.OPEN:
        deliverer.lanes.wake(endpoint.id, deliverer.clock())
    return after.state
