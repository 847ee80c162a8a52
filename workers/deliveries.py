"""What the job of an endpoint does, and what is said of each attempt."""

import logging
import time

from app import metrics
from app.domain.deliveries import EndpointState
from app.domain.endpoints import Endpoint
from app.runtime import Runtime
from app.usecases.deliver import Delivery, deliver_next, tidy
from app.usecases.dispatch import dispatch
from workers.senders import Senders

logger = logging.getLogger(__name__)

# A job goes on for this long at most; the next one goes on where it was.
_LONGEST_SECONDS = 5.0
_slot: list[Senders] = []


def work_on(endpoint_id: str, runtime: Runtime) -> None:
    """Take in what is new for an endpoint, and let threads send what is due."""
    deliveries = runtime.deliveries
    endpoint = deliveries.endpoint(endpoint_id)
    if endpoint is None:
        return  # taken out of business.toml since
    give_up_at = time.monotonic() + _LONGEST_SECONDS
    buried = tidy(endpoint.id, deliverer=deliveries.deliverer)
    if buried:
        runtime.metrics.count(metrics.DELIVERIES, endpoint.id, "dead", by=buried)
        logger.error("delivery.buried", extra={"endpoint": endpoint.id, "events": buried})
    while time.monotonic() < give_up_at:
        taken = dispatch(
            endpoint,
            feed=deliveries.feed,
            lists=deliveries.lanes,
            forget=deliveries.dead.forget,
            now=runtime.clock(),
        )
        due = deliveries.lanes.counts(endpoint.id, runtime.clock()).due
        senders_of(runtime).wake(endpoint, due)
        if not taken:
            return


def senders_of(runtime: Runtime) -> Senders:
    """Return the threads of this process; made by its first job."""
    if not _slot:
        _slot.append(Senders(lambda endpoint: deliver_one(endpoint, runtime)))
    return _slot[0]


def stop_senders(seconds: float) -> None:
    """Let what is under way come to its end, since the process ends."""
    for senders in _slot:
        senders.stop(seconds)
    _slot.clear()


def deliver_one(endpoint: Endpoint, runtime: Runtime) -> bool:
    """Send one event that is due; False when there is none."""
    began = time.monotonic()
    delivery = deliver_next(endpoint, deliverer=runtime.deliveries.deliverer)
    if delivery is None:
        return False
    runtime.metrics.count(metrics.DELIVERIES, endpoint.id, delivery.outcome)
    _report(endpoint, delivery, time.monotonic() - began)
    return True


def _report(endpoint: Endpoint, delivery: Delivery, seconds: float) -> None:
    fields = {
        "endpoint": endpoint.id,
        "id": delivery.event_id,
        "attempt": delivery.attempts,
        "answer": delivery.answer.summary,
        "seconds": round(seconds, 3),
    }
    if delivery.outcome == "delivered":
        logger.info("delivery.delivered", extra=fields)
    elif delivery.outcome == "failed":
        logger.warning("delivery.failed", extra=fields)
    else:
        logger.error("delivery.buried", extra=fields)
    if delivery.after is delivery.before:
        return
    about = {"endpoint": endpoint.id, "answer": fields["answer"]}
    if delivery.after is EndpointState.OPEN:
        logger.warning("endpoint.resumed", extra=about)
    elif delivery.after is EndpointState.PAUSED:
        logger.error("endpoint.paused", extra=about)
    else:
        logger.error("endpoint.disabled", extra=about)
