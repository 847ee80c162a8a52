"""A STOP while a person is forgotten, and a worker that dies while it forgets them."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.events import Act, Event, Source, event_id_of
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.apply import apply_accepted
from app.web.views import view_recipient
from tests.builders import ADA, ADA_BSUID
from tests.following import Follower


def event_of(number: int, at: datetime, **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "id": event_id_of("forgetting", str(number), at.isoformat()),
        "recipient": Recipient(wa_id=ADA, bsuid=ADA_BSUID),
        "source": Source.API,
        "occurred_at": at,
        "received_at": at,
    }
    return Event(**{**fields, **changes})


def test_a_stop_while_forgetting_is_never_lost(runtime: Runtime, now: datetime) -> None:
    """In every round the two run at once, with the STOP a moment earlier or later."""
    for number in range(60):
        runtime.redis.flushall()
        yes = event_of(number, now - timedelta(seconds=9), settings={"messages": "opted_in"})
        stop = event_of(
            number + 1000,
            now + timedelta(milliseconds=number % 3 - 1),
            settings={"messages": "opted_out"},
        )
        erase = event_of(number + 2000, now, act=Act.FORGET)
        runtime.inbox.accept([yes], now=now)
        apply_accepted(yes.id, applier=runtime.applier, now=now)
        runtime.inbox.accept([stop, erase], now=now)
        both = [
            threading.Thread(
                target=apply_accepted,
                args=(one.id,),
                kwargs={"applier": runtime.applier, "now": now},
            )
            for one in (stop, erase)
        ]
        for one in both:
            one.start()
        for one in both:
            one.join()

        view = view_recipient(Recipient(wa_id=ADA), runtime)
        assert (view["messages"], view["held"]) == ("opted_out", False), number
        assert runtime.inbox.size() == 0
        kinds = [one["type"] for one in Follower().follow(runtime)]
        assert "forgotten" in kinds


class Died(BaseException):
    """As SIGKILL would end it."""


@pytest.mark.parametrize("step", ["keep", "record", "erase_traces", "erase", "append", "redact"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_a_worker_dies_the_next_one_finishes(
    runtime: Runtime, now: datetime, step: str, nth: int, when: str, monkeypatch: Any
) -> None:
    stop = event_of(1, now - timedelta(seconds=9), settings={"messages": "opted_out"})
    erase = event_of(2, now, act=Act.FORGET)
    runtime.inbox.accept([stop], now=now)
    apply_accepted(stop.id, applier=runtime.applier, now=now)
    runtime.inbox.accept([erase], now=now)
    forgetter = runtime.applier.forgetter
    owner = next(
        one for one in (forgetter.people, forgetter.eraser, runtime.feed) if hasattr(one, step)
    )
    real, calls = getattr(owner, step), []

    def dying(*arguments: Any, **options: Any) -> Any:
        calls.append(step)
        if len(calls) == nth and when == "before":
            raise Died
        answer = real(*arguments, **options)
        if len(calls) == nth:
            raise Died
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(type(owner), step, lambda _, *args, **options: dying(*args, **options))
        try:
            apply_accepted(erase.id, applier=runtime.applier, now=now)
        except Died:
            view = view_recipient(Recipient(wa_id=ADA), runtime)
            assert view["messages"] == "opted_out"
    apply_accepted(erase.id, applier=runtime.applier, now=now)

    assert view_recipient(Recipient(wa_id=ADA), runtime)["messages"] == "opted_out"
    assert [one["type"] for one in Follower().follow(runtime)] == ["forgotten"]
    for identity in (f"wa.{ADA}", f"bs.{ADA_BSUID}"):
        assert runtime.preferences.evidence(identity) == []
        assert runtime.preferences.load(identity).forgotten
    assert runtime.inbox.size() == 0
