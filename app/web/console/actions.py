"""The forms of an agent, read with care: what is wrong is said at its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from app.domain.business import Business
from app.domain.commands import Command, settings_of
from app.domain.frequency import parse_cap
from app.domain.menu import choose_cap, choose_channel
from app.domain.registers import RegisterValue
from app.domain.times import to_milliseconds
from app.web.console.context import LONGEST_REASON

ACTIONS = ("stop", "pause", "resume", "topics", "frequency", "channel", "start")
PAUSES = (7, 30, 90)
# Over everything; caps of single topics are chosen in the chat and on the page.
CAPS = ("1/day", "3/week", "1/week", "1/month")
WAYS_TO_ASK = ("phone", "email", "in_person", "chat", "letter")


class FormError(ValueError):
    """What is wrong with a field; `key` names the text that says so."""

    def __init__(self, key: str, *, number: int | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.number = number


@dataclass(frozen=True, slots=True)
class Wish:
    """What an agent wants to be changed, and why."""

    settings: Mapping[str, RegisterValue]
    reason: str
    asked_how: str | None = None


def read_wish(
    action: str, form: Mapping[str, str], *, business: Business, now: datetime, zone: tzinfo
) -> Wish:
    """Read one form.

    Raises:
        FormError: nothing may be changed.
    """
    asked_how = _read_asked(form) if action == "start" else None
    settings = _read_settings(action, form, business, now, zone)
    return Wish(settings, read_reason(form), asked_how)


def read_reason(form: Mapping[str, str]) -> str:
    """Return why; it is never empty.

    Raises:
        FormError: it is empty or too long.
    """
    reason = form.get("reason", "").strip()
    if not reason:
        raise FormError("fault.reason")
    if len(reason) > LONGEST_REASON:
        raise FormError("fault.too_long", number=LONGEST_REASON)
    return reason


def _read_settings(
    action: str, form: Mapping[str, str], business: Business, now: datetime, zone: tzinfo
) -> Mapping[str, RegisterValue]:
    if action in {"stop", "start"}:
        return settings_of(
            Command.STOP if action == "stop" else Command.START,
            topic=None,
            days=None,
            occurred_at=now,
            policy=business.policy,
        )
    # These say nothing about whether the person asked for an end; an open question stays.
    match action:
        case "resume":
            return {"paused_until": None}
        case "pause":
            end = _read_end(form, business.policy.longest_pause_days, now, zone)
            return {"paused_until": to_milliseconds(end)}
        case "topics":
            return _read_topics(form, business)
        case "frequency":
            return _read_frequency(form)
    return _read_channel(form, business)


def _read_channel(form: Mapping[str, str], business: Business) -> Mapping[str, RegisterValue]:
    chosen = choose_channel(form.get("channel", ""), business)
    if chosen is None:
        raise FormError("fault.channel")
    return chosen


def _read_end(form: Mapping[str, str], longest: int, now: datetime, zone: tzinfo) -> datetime:
    length = form.get("length", "")
    if length in {str(days) for days in PAUSES}:
        return now + timedelta(days=min(int(length), longest))
    if length != "until":
        raise FormError("fault.length")
    try:
        day = date.fromisoformat(form.get("until", ""))
    except ValueError:
        raise FormError("fault.until", number=longest) from None
    # "Until Monday" ends as Monday begins, where the people of the business live.
    end = datetime.combine(day, time(), tzinfo=zone)
    if not now < end <= now + timedelta(days=longest):
        raise FormError("fault.until", number=longest)
    return end


def _read_topics(form: Mapping[str, str], business: Business) -> dict[str, RegisterValue]:
    """Return what was ticked or unticked: a topic that was left alone stays without a choice."""
    changed: dict[str, RegisterValue] = {}
    for topic in business.topics:
        before = form.get(f"was.{topic.id}")
        after = f"topic.{topic.id}" in form
        if before in {"on", "off"} and after != (before == "on") and not topic.essential:
            changed[f"topics.{topic.id}"] = after
    if not changed:
        raise FormError("fault.nothing")
    return changed


def _read_frequency(form: Mapping[str, str]) -> Mapping[str, RegisterValue]:
    cap = form.get("cap")
    if cap not in {*CAPS, "none"}:
        raise FormError("fault.frequency")
    return choose_cap(parse_cap(cap))


def _read_asked(form: Mapping[str, str]) -> str:
    if form.get("asked") != "yes":
        raise FormError("fault.asked")
    if form.get("how") not in WAYS_TO_ASK:
        raise FormError("fault.how")
    return form["how"]
