"""Child processes that run the real jobs up to one step, say so, and wait there to be killed.

`python -m tests.faults.children` forks one for each order it reads, which saves each the start of
a Python. Production code has no hooks for this: collaborators in the runtime are replaced by
subclasses of themselves that stop.
"""

import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.dialog360.webhook import parse_notification
from app.domain.changes import Change, Unpublished
from app.domain.confirmations import Confirmation, ConfirmationState
from app.domain.events import Event
from app.domain.inbound import InboundMessage
from app.domain.preferences import Preferences
from app.domain.records import Record
from app.runtime import Runtime, build_runtime
from app.store.connection import connect
from app.store.feed import RedisFeed
from app.store.inbox import RedisInbox
from app.store.outbox import RedisOutbox
from app.store.preferences import RedisPreferences
from app.usecases.receive import receive
from config.settings import load_settings
from tests.faults.timing import QUICK
from workers import set_runtime
from workers.worker import run_worker

HERE = "I am here"


def stop_here() -> None:
    """Tell the test that the step is reached, and wait for SIGKILL."""
    sys.stdout.write(f"{HERE}\n")
    sys.stdout.flush()
    time.sleep(600)


class InboxThatStops(RedisInbox):
    step = ""

    def accept(self, events: Any, **rest: Any) -> list[InboundMessage]:
        unlinked = super().accept(events, **rest)
        if self.step == "accepted":
            stop_here()
        return unlinked

    def claim(self, event_id: str, *, now: datetime, lease: timedelta) -> Event | None:
        if self.step == "dequeued":
            stop_here()
        event = super().claim(event_id, now=now, lease=lease)
        if self.step == "claimed":
            stop_here()
        return event

    def done(self, event: Event) -> None:
        if self.step == "confirmation opened":
            stop_here()
        super().done(event)
        if self.step == "done":
            stop_here()


class PreferencesThatStop(RedisPreferences):
    step = ""

    def commit(
        self,
        record: Record,
        preferences: Preferences,
        *,
        entry: Mapping[str, Any] | None,
        event_id: str | None = None,
        applied: Mapping[str, Any] | None = None,
        link_to: str | None = None,
        confirms: bool = False,
        change: Change | None = None,
    ) -> dict[str, Any] | None:
        kind = entry["kind"] if entry else "pointer"
        if self.step == f"before commit of {kind}":
            stop_here()
        answer = super().commit(
            record,
            preferences,
            entry=entry,
            event_id=event_id,
            applied=applied,
            link_to=link_to,
            confirms=confirms,
            change=change,
        )
        if self.step == f"after commit of {kind}":
            stop_here()
        return answer

    def drop_unpublished(self, identity: str, one: Unpublished) -> None:
        if self.step == "in the feed":
            stop_here()
        super().drop_unpublished(identity, one)
        if self.step == "off the list":
            stop_here()


class FeedThatStops(RedisFeed):
    step = ""

    def append(self, key: str, change: Change) -> str:
        if self.step == "before the feed":
            stop_here()
        return super().append(key, change)


class OutboxThatStops(RedisOutbox):
    step = ""

    def lease(self, identity: str, holder: str, duration: timedelta) -> bool:
        leased = super().lease(identity, holder, duration)
        if self.step == "leased":
            stop_here()
        return leased

    def save(self, confirmation: Confirmation, version: int) -> bool:
        saved = super().save(confirmation, version)
        if version == 0 and self.step == "confirmation saved":
            stop_here()
        if confirmation.state is ConfirmationState.SENT and self.step == "sending recorded":
            stop_here()
        return saved

    def close(self, confirmation: Confirmation) -> None:
        if self.step == "answer in evidence":
            stop_here()
        super().close(confirmation)


class SenderThatStops:
    """Wraps the real client of 360dialog."""

    def __init__(self, runtime: Runtime, step: str) -> None:
        self._d360 = runtime.d360
        self._step = step

    def send(self, body: Mapping[str, Any], *, phone_number_id: str | None) -> str:
        if self._step == "before the send":
            stop_here()
        message_id = self._d360.send(body, phone_number_id=phone_number_id)
        if self._step == "after the send":
            stop_here()
        return message_id


def runtime_that_stops(runtime: Runtime, step: str) -> Runtime:
    """Return the runtime with each collaborator stopping at the step."""
    inbox = InboxThatStops(runtime.redis, runtime.queues)
    preferences = PreferencesThatStop(runtime.redis)
    outbox = OutboxThatStops(runtime.redis, runtime.queues)
    feed = FeedThatStops(runtime.redis, kept=timedelta(days=1))
    inbox.step = preferences.step = outbox.step = feed.step = step
    replace: Callable[..., Any] = dataclasses.replace
    stopping: Runtime = replace(
        runtime,
        inbox=inbox,
        receiver=replace(runtime.receiver, inbox=inbox),
        applier=replace(
            runtime.applier, inbox=inbox, preferences=preferences, outbox=outbox, feed=feed
        ),
        confirmer=replace(
            runtime.confirmer,
            preferences=preferences,
            outbox=outbox,
            sender=SenderThatStops(runtime, step),
            timing=QUICK,
        ),
    )
    return stopping


def run_child(runtime: Runtime, order: Mapping[str, Any]) -> None:
    """Do what a worker, or the route of the webhook, does."""
    stopping = runtime_that_stops(runtime, order["step"])
    if order["role"] == "web":
        notification = parse_notification(order["body"])
        receive(notification, receiver=stopping.receiver, now=stopping.clock())
        return
    set_runtime(stopping)
    settings = runtime.settings
    run_worker(order["role"], connect(settings.redis_url.reveal(), tls_verify=True))


def main() -> None:
    """Read an order a line from standard input, and fork a child for each."""
    runtime = build_runtime(load_settings(os.environ), for_worker=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            try:
                run_child(runtime, json.loads(line))
            finally:
                os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
