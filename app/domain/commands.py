"""What a person can ask for, and which registers that sets."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.business import Policy
from app.domain.times import to_milliseconds


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
) -> dict[str, str | bool | int | None]:
    """Return the registers that a command sets; they depend on nothing but the command.

    START lifts STOP and a pause, and leaves alone the topics that were turned off by name. START
    of one topic does not lift STOP: only the bare word does (design 2.4). A pause counts from the
    person's own moment, so that a late delivery does not lengthen it.
    """
    if command is Command.STOP:
        return {f"topics.{topic}": False} if topic else {"messages": "opted_out"}
    if command is Command.START:
        return (
            {f"topics.{topic}": True} if topic else {"messages": "opted_in", "paused_until": None}
        )
    if command is Command.PAUSE:
        until = occurred_at + timedelta(days=policy.pause_days(days))
        return {"paused_until": to_milliseconds(until)}
    if command is Command.RESUME:
        return {"paused_until": None}
    return {}
