"""What is counted of confirmations: each once, however often a job of it runs."""

from datetime import datetime

from app.domain.confirmations import Confirmation, ConfirmationState
from app.metrics import (
    CONFIRM_SECONDS,
    DELIVERED_SECONDS,
    REPORTS,
    SENT_SECONDS,
    Metrics,
)
from app.ports import Clock


class ConfirmationMetrics:
    """Counts what the confirmer tells it."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock

    def settled(self, confirmation: Confirmation) -> None:
        """Note how long a confirmation took that 360dialog has accepted."""
        if confirmation.state is not ConfirmationState.SENT:
            return
        now = self._clock()
        self._metrics.observe(CONFIRM_SECONDS, (now - confirmation.created_at).total_seconds())
        if _answers_a_message(confirmation):
            self._metrics.observe(SENT_SECONDS, (now - confirmation.occurred_at).total_seconds())

    def reported(self, confirmation: Confirmation, status: str, at: datetime) -> None:
        """Note what became of a confirmation, and when it was on the person's phone."""
        self._metrics.count(REPORTS, status)
        if status == "delivered" and _answers_a_message(confirmation):
            seconds = (at - confirmation.occurred_at).total_seconds()
            self._metrics.observe(DELIVERED_SECONDS, seconds)


def _answers_a_message(confirmation: Confirmation) -> bool:
    # The others answer a tap on the person's page, which has no time of WhatsApp's.
    return bool(confirmation.details.get("answers"))
