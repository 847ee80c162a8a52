"""What a person can ask for, and which registers that sets."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.business import Policy
from app.domain.registers import RegisterValue
from app.domain.times import SERVICE_WINDOW, to_milliseconds

ANSWERED: dict[str, RegisterValue] = {"question": None}
"""The register of a question that is open no longer."""

KEEP_BUTTON = "heed:keep"
"""The button that answers our question with no: nothing else changes."""


class Command(StrEnum):
    """What the person asked; the value is the wire and storage form.

    UNSURE and NONE are answers of recognition only: UNSURE means that a reasonable person might
    read a restriction into the words, NONE that the words are about something else.
    """

    STOP = "STOP"
    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    HELP = "HELP"
    PREFERENCES = "PREFERENCES"
    UNSURE = "UNSURE"
    NONE = "NONE"


def settings_of(
    command: Command,
    *,
    topic: str | None,
    days: int | None,
    occurred_at: datetime,
    policy: Policy,
) -> dict[str, RegisterValue]:
    """Return the registers that a command sets; they depend on nothing but the command.

    START lifts STOP and a pause, and leaves alone the topics that were turned off by name. START
    of one topic does not lift STOP: only the bare word does (design 2.4). A pause counts from the
    person's own moment, so that a late delivery does not lengthen it. UNSURE opens a question,
    which holds messages until the person answers it.
    """
    if command is Command.UNSURE:
        return {"question": to_milliseconds(occurred_at + SERVICE_WINDOW)}
    choice = _choice_of(command, topic, occurred_at + timedelta(days=policy.pause_days(days)))
    # Whoever says what they want has answered what we asked.
    return {**choice, **ANSWERED} if choice else {}


def _choice_of(
    command: Command, topic: str | None, pause_end: datetime
) -> dict[str, RegisterValue]:
    match command:
        case Command.STOP:
            return {f"topics.{topic}": False} if topic else {"messages": "opted_out"}
        case Command.START if topic:
            return {f"topics.{topic}": True}
        case Command.START:
            return {"messages": "opted_in", "paused_until": None}
        case Command.PAUSE:
            return {"paused_until": to_milliseconds(pause_end)}
        case Command.RESUME:
            return {"paused_until": None}
    return {}
