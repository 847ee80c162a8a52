"""Questions that a person left open, and what a human decides about them (design 2.10)."""

from datetime import datetime
from typing import Any

from app.domain.commands import ANSWERED, Command
from app.domain.events import Source
from app.domain.recipients import recipient_of_identity
from app.ports import Reviews
from app.usecases.apply import Applier
from app.usecases.change import change

STOP, KEEP = "stop", "keep"


class NoQuestionError(LookupError):
    """The question is not open: somebody has answered it, or it never was."""


def decide(
    question_id: str,
    decision: str,
    *,
    actor: str,
    reason: str,
    reviews: Reviews,
    applier: Applier,
    now: datetime,
) -> None:
    """Apply what a human decided, with evidence of who and why; `decision` is STOP or KEEP.

    Raises:
        NoQuestionError: nothing is open under this id.
    """
    entry = reviews.get(question_id)
    if entry is None:
        raise NoQuestionError(question_id)
    settings = {**ANSWERED, **({"messages": "opted_out"} if decision == STOP else {})}
    change(
        recipient_of_identity(entry["identity"]),
        settings,
        source=Source.OPERATOR,
        actor=actor,
        reason=reason,
        via=f"review of {question_id}",
        applier=applier,
        now=now,
    )
    reviews.decided({"text": entry["words"], "language": entry["language"], "decision": decision})
    reviews.close(question_id)


def export_rows(reviews: Reviews) -> list[dict[str, Any]]:
    """Return decided sentences as rows for the corpus and, once reviewed, for the lexicon."""
    commands = {STOP: Command.STOP.value, KEEP: Command.NONE.value}
    return [
        {
            "text": one["text"],
            "language": one["language"],
            "command": commands[one["decision"]],
            "kind": "reviewed",
        }
        for one in reviews.list_decisions()
    ]
