"""What happens by time: the sweeper, once a second, in one process of all (design 2.2)."""

import logging
import signal
import threading
import time
import uuid
from datetime import timedelta

from app import metrics
from app.runtime import Runtime
from app.store.connection import StoreError
from app.store.lease import Lease
from app.usecases.pauses import tell_ended_pauses
from app.usecases.sweep import sweep
from workers.figures import FigureCount

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0
_LEASE = timedelta(seconds=3)
# More than this end in the same second only where a campaign paused many at once; they take turns.
_MOST_PAUSES = 200
_TIDY_EVERY_SECONDS = 60.0


def run_schedule(runtime: Runtime) -> None:
    """Sweep every second until told to stop; another machine takes over within the lease."""
    stopping = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopping.set())
    lease = Lease(runtime.redis, holder=uuid.uuid4().hex, duration=_LEASE)
    tidy_at = 0.0
    figures = FigureCount(runtime)
    while not stopping.wait(_EVERY_SECONDS):
        try:
            if lease.hold():
                sweep_once(runtime)
                tell_pauses(runtime)
                tidy_at = tidy_by_time(runtime, tidy_at)
                figures.advance()
        except StoreError as error:
            # Redis is away: nothing can be done, and nothing is lost. The next second tries again.
            logger.warning("sweep.failed", extra={"error": type(error).__name__})
    lease.release()


def tell_pauses(runtime: Runtime) -> None:
    """Put the end of each pause that is over into the feed."""
    ended = tell_ended_pauses(
        preferences=runtime.preferences,
        feed=runtime.feed,
        business=runtime.business,
        now=runtime.clock(),
        most=_MOST_PAUSES,
    )
    if ended:
        logger.info("pauses.ended", extra={"count": ended})


def tidy_by_time(runtime: Runtime, tidy_at: float) -> float:
    """Let go of old entries of the feed now and then; return when to do so again.

    What waits for endpoints is kept so that for those that were removed it is not.
    """
    now = time.monotonic()
    if now < tidy_at:
        return tidy_at
    if trimmed := runtime.feed.trim(runtime.clock()):
        logger.info("feed.trimmed", extra={"entries": trimmed})
    for endpoint in runtime.deliveries.endpoints:
        runtime.deliveries.lanes.keep(endpoint.id)
    return now + _TIDY_EVERY_SECONDS


def sweep_once(runtime: Runtime) -> None:
    """Enqueue again whatever is due and has no job."""
    swept = sweep(
        inbox=runtime.inbox, outbox=runtime.outbox, jobs=runtime.queues, now=runtime.clock()
    )
    if swept.events or swept.confirmations:
        runtime.metrics.count(metrics.SWEPT, "event", by=swept.events)
        runtime.metrics.count(metrics.SWEPT, "confirmation", by=swept.confirmations)
        logger.info(
            "sweep.enqueued",
            extra={"events": swept.events, "confirmations": swept.confirmations},
        )
    # Last: what people said comes before who is told of it.
    endpoints = runtime.deliveries.find_work(runtime.clock())
    if endpoints:
        waiting = runtime.queues.waiting_to_deliver()
        runtime.queues.enqueue_deliver([one for one in endpoints if one not in waiting])
