"""What the answer to a WhatsApp Flow of the business means, by its configuration.

A Flow is a form that the business designs, so its fields have any name. business.toml says which
field sets which register; everything else in the answer is none of our business and is not kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.channels import Channel
from app.domain.frequency import is_cap, parse_cap
from app.domain.registers import RegisterValue
from app.domain.times import to_milliseconds

PAUSE_DAYS = "pause_days"
"""What a field sets that says for how many days to pause."""

TOPICS = "topics"
"""What a field sets that lists the topics which are wanted, among its options."""

TOKEN = "flow_token"  # noqa: S105 - a field's name

_NO_CAP = frozenset({"any", "none", "unlimited"})
_LONGEST_ANSWER = 100


@dataclass(frozen=True, slots=True)
class FlowField:
    """One field of a form.

    `register` is a register, PAUSE_DAYS or TOPICS. `values` translates the form's answers
    ("0_weekly") into ours ("weekly"); what it does not know counts as it is. `options` are the
    topics that a field of TOPICS asks about: those that are not chosen are off.
    """

    name: str
    register: str
    values: Mapping[str, RegisterValue] = field(default_factory=dict)
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One form, known by how its `flow_token` begins; "" stands for every token, and for none."""

    prefix: str
    fields: tuple[FlowField, ...]


@dataclass(frozen=True, slots=True)
class FlowReading:
    """What an answer sets; `taken` are the fields that did, and `ignored` counts the others."""

    settings: Mapping[str, RegisterValue]
    taken: Mapping[str, Any]
    ignored: int
    flow: str


def read_flow(
    answer: Mapping[str, Any],
    flows: Iterable[Flow],
    *,
    occurred_at: datetime,
    longest_pause_days: int,
) -> FlowReading | None:
    """Return what an answer means; None where it is not of a Flow that we know.

    The longest fitting prefix decides. A field whose answer makes no sense is ignored like one
    that is unknown: a form that changed must not take the rest of the answer with it.
    """
    flow = _find_flow(answer.get(TOKEN), flows)
    if flow is None:
        return None
    settings: dict[str, RegisterValue] = {}
    taken: dict[str, Any] = {}
    for one in flow.fields:
        if one.name not in answer:
            continue
        found = _read_field(one, answer[one.name], occurred_at, longest_pause_days)
        if found:
            settings.update(found)
            taken[one.name] = answer[one.name]
    ignored = sum(name not in taken and name != TOKEN for name in answer)
    return FlowReading(settings, taken, ignored, flow.prefix)


def read_value(register: str, value: object) -> dict[str, RegisterValue] | None:
    """Return the register set to a value; None where the value makes no sense for it.

    A form never lifts a STOP: its switch may stand on "yes" without anybody having touched it.
    """
    if register.startswith("topics."):
        return {register: value} if isinstance(value, bool) else None
    if register == "messages":
        is_no = value is False or value == "opted_out"
        return {register: "opted_out"} if is_no else None
    if register == "channel":
        return {register: str(value)} if value in set(Channel) else None
    if is_cap(register):
        cap = parse_cap(value)
        if cap:
            return {register: str(cap)}
        return {register: None} if value in _NO_CAP else None
    return None


def _find_flow(token: object, flows: Iterable[Flow]) -> Flow | None:
    text = token if isinstance(token, str) else ""
    fitting = [flow for flow in flows if text.startswith(flow.prefix)]
    return max(fitting, key=lambda flow: len(flow.prefix), default=None)


def _read_field(
    one: FlowField, answer: object, occurred_at: datetime, longest_pause_days: int
) -> dict[str, RegisterValue] | None:
    if one.register == TOPICS:
        return _read_topics(one, answer)
    value = _translate(one, answer)
    if one.register == PAUSE_DAYS:
        return _read_pause(value, occurred_at, longest_pause_days)
    return read_value(one.register, value)


def _read_topics(one: FlowField, answer: object) -> dict[str, RegisterValue] | None:
    chosen = answer if isinstance(answer, list) else None
    if chosen is None or not all(isinstance(member, str) for member in chosen):
        return None
    wanted = {_translate(one, member) for member in chosen}
    # An option that we do not know may be what the person meant; better to leave all alone.
    if wanted - set(one.options):
        return None
    return {f"topics.{topic}": topic in wanted for topic in one.options}


def _read_pause(
    value: object, occurred_at: datetime, longest_pause_days: int
) -> dict[str, RegisterValue] | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 4:  # noqa: PLR2004
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    if value == 0:
        return {"paused_until": None}
    end = occurred_at + timedelta(days=min(value, longest_pause_days))
    return {"paused_until": to_milliseconds(end)}


def _translate(one: FlowField, answer: object) -> Any:
    """Return the answer in our words. Answers of any type are keys: true, 1, "weekly"."""
    if isinstance(answer, list | dict):
        return None
    key = str(answer).lower() if isinstance(answer, bool) else str(answer)
    if len(key) > _LONGEST_ANSWER:
        return None
    return one.values.get(key, answer)
