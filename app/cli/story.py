"""A person's preferences and history as lines that a person can read."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.cli.output import printable
from app.domain.preferences import ALL_TOPICS_REGISTER
from app.domain.times import from_milliseconds

_WIDTH = 12
_SAME_AS_STATE = {True: "on", False: "off", None: "not set"}


def describe_recipient(view: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of `recipients show`."""
    yield _line("Recipient", view["recipient"])
    if view["bsuid"] and view["bsuid"] != view["recipient"]:
        yield _line("BSUID", view["bsuid"])
    yield _line("Messages", view["messages"])
    yield _line("Paused", f"until {view['paused_until']}" if view["paused_until"] else "no")
    topics = (f"{topic} {_SAME_AS_STATE[choice]}" for topic, choice in view["topics"].items())
    yield _line("Topics", ", ".join(topics) or "none")
    if view["frequency"]:
        caps = (f"{topic} {cap}" for topic, cap in view["frequency"].items())
        yield _line("Frequency", ", ".join(caps))
    yield _line("Channel", view["channel"])
    yield _line("In WhatsApp", f"marketing {view['whatsapp_marketing']}")
    holds = sorted({"everything" if scope == "*" else scope for scope in view["holds"]})
    yield _line("Held", ", ".join(holds) if holds else "no")
    yield _line("Revision", f"{view['revision']}, changed {view['updated_at'] or 'never'}")
    if "history" in view:
        yield from _describe_history(view)


def _describe_history(view: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    if not view["history"]:
        yield "Nothing has happened yet."
        return
    yield "History, the oldest first:"
    for entry in view["history"]:
        yield f"  {_moment(entry['at'])}  {_describe_entry(entry)}"
    broken = [chain["identity"] for chain in view["chains"] if not chain["intact"]]
    if broken:
        yield "The evidence was EDITED: its chain of hashes is broken."
    else:
        yield "The evidence is intact."


def _describe_entry(entry: Mapping[str, Any]) -> str:
    match entry["kind"]:
        case "event":
            return _describe_event(entry)
        case "linked":
            names = ", ".join(one["identity"] for one in entry["with"])
            return f"linked with {printable(names) or 'another id of the same person'}"
        case "confirmation":
            because = f" ({entry['reason']})" if entry["reason"] else ""
            return printable(f"confirmation {entry['reply']} {entry['state']}{because}")
        case "delivery":
            code = f" (code {entry['error_code']})" if entry["error_code"] else ""
            return printable(f"confirmation {entry['status']}{code}")
    return printable(entry["kind"])


def _describe_event(entry: Mapping[str, Any]) -> str:
    event, proof = entry["event"], entry["event"]["proof"]
    parts = [f"by {event['source']}"]
    if proof.get("actor"):
        parts.append(f"({printable(proof['actor'])}: {printable(proof.get('reason', ''))})")
    if proof.get("words"):
        parts.append(f"“{printable(proof['words'])}”")
    if proof.get("rule"):
        parts.append(f"[{event['command']}, {proof['rule']}]")
    changed = ", ".join(
        f"{printable(name)}: {_value(name, before)} → {_value(name, after)}"
        for name, (before, after) in entry["changed"].items()
        if name != ALL_TOPICS_REGISTER
    )
    parts.append(changed or f"changed nothing ({entry['outcome']})")
    return " ".join(parts)


def _value(name: str, value: object) -> str:
    if value is None or isinstance(value, bool):
        return _SAME_AS_STATE[value]
    if isinstance(value, int) and name in {"paused_until", "question"}:
        return _moment(value)
    return printable(value)


def _moment(milliseconds: int) -> str:
    return from_milliseconds(milliseconds).strftime("%Y-%m-%d %H:%M:%SZ")


def _line(name: str, value: object) -> str:
    return f"{name:<{_WIDTH}} {printable(value)}"
