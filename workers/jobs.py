"""The jobs: five lines of glue each. Every one may run twice, late, and out of order."""

import logging

from app import metrics
from app.usecases.apply import apply_accepted
from app.usecases.confirm import confirm, record_delivery
from workers import get_runtime
from workers.deliveries import work_on
from workers.failures import report_failure

logger = logging.getLogger(__name__)


@report_failure
def apply_job(event_id: str) -> None:
    """Apply one event of the inbox."""
    runtime = get_runtime()
    result = apply_accepted(event_id, applier=runtime.applier, now=runtime.clock())
    if result is None:
        return
    event, outcome = result
    command = event.command or event.source.value
    runtime.metrics.count(metrics.APPLIED, command, outcome)
    seconds = (runtime.clock() - event.received_at).total_seconds()
    runtime.metrics.observe(metrics.APPLY_SECONDS, seconds)
    logger.info(
        "event.applied",
        extra={
            "id": event_id,
            "command": command,
            "outcome": outcome,
            "seconds": round(seconds, 3),
        },
    )


@report_failure
def confirm_job(confirmation_id: str) -> None:
    """Send one confirmation, or see that there is nothing to send."""
    runtime = get_runtime()
    confirmation = confirm(confirmation_id, confirmer=runtime.confirmer)
    if confirmation is None:
        return
    state, reason = confirmation.state.value, confirmation.reason or ""
    runtime.metrics.count(metrics.CONFIRMATIONS, state, reason)
    seconds = (runtime.clock() - confirmation.created_at).total_seconds()
    logger.info(
        "confirmation.looked_at",
        extra={
            "id": confirmation_id,
            "state": state,
            "reason": reason,
            "seconds": round(seconds, 3),
        },
    )


@report_failure
def record_delivery_job(confirmation_id: str, status: str) -> None:
    """Keep what 360dialog reported of a confirmation of ours."""
    runtime = get_runtime()
    record_delivery(confirmation_id, status, confirmer=runtime.confirmer)
    logger.info("confirmation.reported", extra={"id": confirmation_id, "status": status})


@report_failure
def deliver_job(endpoint_id: str) -> None:
    """Deliver what waits for one endpoint."""
    work_on(endpoint_id, get_runtime())
