"""[flows] of business.toml: which field of which WhatsApp Flow sets which register.

[flows."prefs-"]                       # answers whose flow_token begins so
marketing = "topics.marketing"         # true or false
frequency = "frequency"                # "weekly", "3/week", "any"
holiday = "pause_days"                 # a number; 0 ends a pause
how = { register = "channel", values = { "0_sms" = "sms" } }
what = { register = "topics", options = ["offers", "news"] }   # a list of what is wanted
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.business import Category
from app.domain.flows import PAUSE_DAYS, TOKEN, TOPICS, Flow, FlowField, read_value
from app.domain.registers import RegisterValue

_PLAIN = ("messages", "channel", "frequency", PAUSE_DAYS, TOPICS)
_ENTRIES = {"register", "values", "options"}


def read_flows(document: object, topics: Collection[str], problems: list[str]) -> tuple[Flow, ...]:
    """Return the flows; what cannot be meant is added to the problems."""
    if not isinstance(document, Mapping):
        problems.append('flows: [flows."<how flow_token begins>"] with one line a field')
        return ()
    return tuple(
        Flow(
            prefix,
            tuple(
                _read_field(f"flows.{prefix}.{name}", name, entry, topics, problems)
                for name, entry in fields.items()
            ),
        )
        for prefix, fields in document.items()
        if _is_table(prefix, fields, problems)
    )


def _is_table(prefix: str, fields: object, problems: list[str]) -> bool:
    if isinstance(fields, Mapping) and fields:
        return True
    problems.append(f"flows.{prefix}: names no field")
    return False


def _read_field(
    where: str, name: str, entry: object, topics: Collection[str], problems: list[str]
) -> FlowField:
    if isinstance(entry, str):
        entry = {"register": entry}
    if not isinstance(entry, Mapping) or set(entry) - _ENTRIES:
        problems.append(f"{where}: a register, or a table of {', '.join(sorted(_ENTRIES))}")
        entry = {"register": "messages"}
    found = FlowField(
        name=name,
        register=str(entry.get("register", "")),
        values=_table(where, entry.get("values", {}), problems),
        options=tuple(str(one) for one in _list(entry.get("options", []))),
    )
    problems.extend(f"{where}: {problem}" for problem in _lint(found, topics))
    return found


def _lint(one: FlowField, topics: Collection[str]) -> list[str]:
    if one.name == TOKEN:
        return [f"{TOKEN} is WhatsApp's own field"]
    known = {*topics, *Category}
    kind, _, topic = one.register.partition(".")
    is_of_topic = kind in {"topics", "frequency"} and topic in known
    if one.register not in _PLAIN and not is_of_topic:
        registers = f"{', '.join(_PLAIN)}, topics.<topic> or frequency.<topic>"
        return [f"sets {registers}; topics are {', '.join(sorted(known))}"]
    if one.register == TOPICS:
        unknown = sorted({*one.options, *map(str, one.values.values())} - set(topics))
        if unknown or not one.options:
            return [f"options must list topics of the business{_named(unknown)}"]
        return []
    if one.options:
        return ["options belong to a field that sets topics"]
    return [
        f"{key} = {value!r} makes no sense for {one.register}"
        for key, value in one.values.items()
        if not _makes_sense(one.register, value)
    ]


def _makes_sense(register: str, value: RegisterValue) -> bool:
    if register == PAUSE_DAYS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return read_value(register, value) is not None


def _named(unknown: list[str]) -> str:
    return f"; {', '.join(unknown)} is none" if unknown else ""


def _table(where: str, values: object, problems: list[str]) -> dict[str, RegisterValue]:
    if isinstance(values, Mapping) and all(
        isinstance(value, str | bool | int) for value in values.values()
    ):
        return {str(key): value for key, value in values.items()}
    problems.append(f"{where}: values maps answers of the form to ours")
    return {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
