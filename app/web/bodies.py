"""Bodies of requests, read with care: what is wrong is said, and nothing is guessed."""

import json
from datetime import datetime
from typing import Any

from flask import request

from app.domain.business import Business, Category
from app.domain.channels import Channel
from app.domain.frequency import MOST, parse_cap, register_of
from app.domain.recipients import Recipient, RecipientError, parse_recipient
from app.domain.registers import RegisterValue
from app.domain.times import from_text, to_milliseconds
from app.web.errors import ProblemError

MOST_RECIPIENTS = 10_000
"""How many people one request may be about."""

_LARGEST_BODY = 1024 * 1024
_LONGEST_TEXT = 500
_ALL = "all"
_REGISTERS = ("messages", "paused_until", "topics", "frequency", "channel")


def read_json() -> dict[str, Any]:
    """Return the body, which must be a JSON object.

    Raises:
        ProblemError: 400 or 413.
    """
    request.max_content_length = _LARGEST_BODY
    raw = request.get_data(cache=False)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ProblemError(400, "Not JSON", "The body must be a JSON object.") from None
    if not isinstance(body, dict):
        raise ProblemError(400, "Not an object", "The body must be a JSON object.")
    return body


def refuse_unknown(body: dict[str, Any], request_type: type) -> None:
    """Refuse names that the request does not have: a misspelt one must not be passed over.

    Raises:
        ProblemError: 400, with the names that there are.
    """
    known = list(request_type.__annotations__)
    if set(body) - set(known):
        raise ProblemError(400, "Unknown name", f"The body may have: {', '.join(known)}.")


def parse_id(text: str, where: str) -> Recipient:
    """Return the recipient that a text names; `where` it stands is for the error.

    Raises:
        ProblemError: 400; the text is not repeated.
    """
    try:
        return parse_recipient(text)
    except RecipientError as error:
        raise ProblemError(400, "Not a recipient", f"{where} is {error}.") from None


def read_flag(body: dict[str, Any], name: str) -> bool:
    """Return a yes or no; no when it is left out.

    Raises:
        ProblemError: 400.
    """
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise ProblemError(400, "Not a yes or no", f"`{name}` is true or false.")
    return value


def read_text(body: dict[str, Any], path: str, *, default: str | None = None) -> str:
    """Return a short text; `path` is its full name, for the error."""
    value = body.get(path.rpartition(".")[2], default)
    if not isinstance(value, str) or not value.strip():
        raise ProblemError(400, "Missing text", f"`{path}` must be a text that is not empty.")
    if len(value) > _LONGEST_TEXT:
        raise ProblemError(400, "Too long", f"`{path}` may have {_LONGEST_TEXT} characters.")
    return value.strip()


def read_changes(
    body: dict[str, Any], business: Business, now: datetime
) -> dict[str, RegisterValue]:
    """Return the registers that a PATCH sets.

    Raises:
        ProblemError: 400; nothing is changed when any part is wrong.
    """
    unknown = sorted(set(body) - {*_REGISTERS, "evidence"})
    if unknown:
        raise ProblemError(
            400, "Unknown register", f"These can be changed: {', '.join(_REGISTERS)}."
        )
    settings: dict[str, RegisterValue] = {}
    if "messages" in body:
        settings["messages"] = _choice(body["messages"], "messages", ("opted_in", "opted_out"))
    if "paused_until" in body:
        settings["paused_until"] = _moment(body["paused_until"], business, now)
    if "topics" in body:
        settings.update(_topics(body["topics"], business))
    if "channel" in body:
        settings["channel"] = _choice(body["channel"], "channel", tuple(Channel))
    if "frequency" in body:
        settings.update(_frequency(body["frequency"], business))
    if not settings:
        raise ProblemError(400, "Nothing to change", f"Name a register: {', '.join(_REGISTERS)}.")
    return settings


def _choice(value: object, name: str, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    raise ProblemError(400, "Unknown value", f"`{name}` is {' or '.join(allowed)}.")


def _moment(value: object, business: Business, now: datetime) -> int | None:
    if value is None:
        return None
    try:
        until = from_text(value if isinstance(value, str) else "")
    except ValueError:
        raise ProblemError(
            400,
            "Not a time",
            "`paused_until` is a time such as 2026-12-31T23:00:00Z, or null for no pause.",
        ) from None
    longest = business.policy.longest_pause_days
    if until <= now or (until - now).days >= longest:
        raise ProblemError(
            400, "Time out of range", f"`paused_until` must lie within {longest} days from now."
        )
    return to_milliseconds(until)


def _topics(value: object, business: Business) -> dict[str, RegisterValue]:
    known = [*(topic.id for topic in business.topics), *(category.value for category in Category)]
    if not isinstance(value, dict) or not all(
        topic in known and isinstance(choice, bool) for topic, choice in value.items()
    ):
        raise ProblemError(
            400, "Unknown topics", f"`topics` maps {', '.join(known)} to true or false."
        )
    return {f"topics.{topic}": choice for topic, choice in value.items()}


def _frequency(value: object, business: Business) -> dict[str, RegisterValue]:
    known = [*(topic.id for topic in business.topics), *(category.value for category in Category)]
    caps = value.items() if isinstance(value, dict) else ()
    settings: dict[str, RegisterValue] = {
        register_of(None if topic == _ALL else topic): str(cap) if cap else None
        for topic, text in caps
        if topic in {_ALL, *known} and ((cap := parse_cap(text)) or text is None)
    }
    if not isinstance(value, dict) or len(settings) != len(value):
        raise ProblemError(
            400,
            "Unknown frequency",
            f"`frequency` maps {', '.join([_ALL, *known])} to a cap such as 1/day, 3/week or "
            f"10/month (at most {MOST}), or to null for none.",
        )
    return settings
