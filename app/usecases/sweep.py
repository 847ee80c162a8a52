"""The sweeper: whatever was accepted and is not done gets its job again (design 2.2).

A job may be lost between the queue and the worker, the queue may be emptied by hand, a worker may
be killed. The inbox and the outbox know what is still to do; a job is only the way it gets done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ports import Inbox, Jobs, Outbox

# An event that fails again and again is tried less and less often, but for ever: its hold stands,
# and people on call see it (docs/runbook.md).
_PATIENCE_SECONDS = (3, 3, 3, 5, 10, 30, 60, 120, 300, 600)
_CONFIRM_AGAIN = timedelta(seconds=3)
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Swept:
    """How many jobs were enqueued again."""

    events: int
    confirmations: int


def sweep(*, inbox: Inbox, outbox: Outbox, jobs: Jobs, now: datetime) -> Swept:
    """Enqueue again what is due and has no job waiting."""
    return Swept(_sweep_events(inbox, jobs, now), _sweep_confirmations(outbox, jobs, now))


def _sweep_events(inbox: Inbox, jobs: Jobs, now: datetime) -> int:
    due = inbox.due(now, most=_MOST)
    if not due:
        return 0
    waiting = jobs.waiting_to_apply()
    orphans = [event_id for event_id in due if event_id not in waiting]
    jobs.enqueue_apply(orphans)
    inbox.postpone({event_id: now + _patience(attempts) for event_id, attempts in due.items()})
    return len(orphans)


def _sweep_confirmations(outbox: Outbox, jobs: Jobs, now: datetime) -> int:
    due = outbox.due(now, most=_MOST)
    if not due:
        return 0
    waiting = jobs.waiting_to_confirm()
    orphans = [confirmation_id for confirmation_id in due if confirmation_id not in waiting]
    jobs.enqueue_confirm(orphans)
    for confirmation_id in due:
        outbox.postpone(confirmation_id, now + _CONFIRM_AGAIN)
    return len(orphans)


def _patience(attempts: int) -> timedelta:
    return timedelta(seconds=_PATIENCE_SECONDS[min(attempts, len(_PATIENCE_SECONDS) - 1)])
