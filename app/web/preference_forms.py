"""What a person did on their preference page, as registers to set: pure, and wary of the form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.business import Business
from app.domain.channels import Channel
from app.domain.commands import ANSWERED, Command, settings_of
from app.domain.frequency import parse_cap
from app.domain.registers import RegisterValue

PAUSE_DAYS = (7, 30, 90)
CAPS = ("1/day", "3/week", "1/week", "1/month")
_LONGEST_VALUE = 20


class UnknownActionError(Exception):
    """The form asks for nothing that the page offers."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person did; `name` is the button, `settings` may be empty."""

    name: str
    settings: Mapping[str, RegisterValue] = field(default_factory=dict)
    command: Command | None = None


_BUTTONS = {
    "stop": Command.STOP,
    "start": Command.START,
    "pause": Command.PAUSE,
    "resume": Command.RESUME,
}


def read_action(
    form: Mapping[str, str], shown: Mapping[str, Any], business: Business, now: datetime
) -> Action:
    """Return what a form asks for. `shown` is what stood on the page when the person saw it.

    Raises:
        UnknownActionError: no page of ours has sent this.
    """
    name = form.get("do", "")
    if name == "save":
        changed = _read_changes(form, shown, business)
        return Action(name, {**changed, **ANSWERED} if changed else {})
    command = _BUTTONS.get(name)
    days = _read_days(form.get("days", "")) if command is Command.PAUSE else None
    if command is None or (command is Command.PAUSE and days is None):
        raise UnknownActionError
    settings = settings_of(command, topic=None, days=days, occurred_at=now, policy=business.policy)
    return Action(name, settings, command)


def _read_changes(
    form: Mapping[str, str], shown: Mapping[str, Any], business: Business
) -> dict[str, RegisterValue]:
    """Return what differs between the form and the page it was sent from.

    What the person left alone is not set again, so that a page that stood open for a day, or in a
    second tab, undoes nothing.
    """
    changed: dict[str, RegisterValue] = {}
    for topic in business.topics:
        register = f"topics.{topic.id}"
        is_on = register in form
        if not topic.essential and register in shown and is_on != shown[register]:
            changed[register] = is_on
    for register, before in shown.items():
        value = form.get(register, before)
        if value == before or not isinstance(value, str) or len(value) > _LONGEST_VALUE:
            continue
        if register.startswith("frequency") and (not value or parse_cap(value)):
            changed[register] = value or None
        if register == "channel" and value in set(Channel):
            changed[register] = value
    return changed


def _read_days(text: str) -> int | None:
    return next((days for days in PAUSE_DAYS if text == str(days)), None)
