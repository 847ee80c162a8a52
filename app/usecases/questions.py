"""When we are not sure whether somebody said stop, we ask, and a human sees it (design 2.10)."""

from typing import Any

from app.domain.events import Event
from app.domain.preferences import Transition
from app.domain.times import to_milliseconds


def answered_question(transition: Transition) -> str | None:
    """Return the id of the question that a transition answers or asks anew, or None.

    Of two sentences that wait for the same answer, a human sees the later one.
    """
    before = transition.before.registers.get("question")
    after = transition.after.registers.get("question")
    if before is None or before.value is None or after == before:
        return None
    return before.stamp.event_id


def review_entry(event: Event, identity: str) -> tuple[int, dict[str, Any]]:
    """Return when a question came up, and what a human needs to decide it."""
    asked_at = to_milliseconds(event.occurred_at)
    return asked_at, {
        "id": event.id,
        "identity": identity,
        "words": event.proof.get("words"),
        "rule": event.proof.get("rule"),
        "language": event.proof.get("recognized_language"),
        "country": event.proof.get("country"),
        "asked_at": asked_at,
    }
