"""What a person agreed to and took back, as a consent record (ISO/IEC TS 27560:2023).

The names of the fields are those of the specification where it has one: a header, what is done
with the data and why, the parties, and the events. `evidence` and what it holds are ours.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.business import Business, Category
from app.domain.times import from_milliseconds, to_text

SCHEMA = "ISO/IEC TS 27560:2023"
ALL_PURPOSES = "*"
_BY_PERSON = frozenset({"keyword", "button", "page", "flow", "platform", "opt_in"})
_TOPIC = "topics."
_SOURCE = "opt_in_source"
# They go with a choice, and are none.
_BESIDE = frozenset({"language", "opt_in_source", "all_topics"})
_NOTICE = ("wording_id", "wording_language", "wording", "business_name")
# What stands in fields of its own, and is not repeated among the evidence.
_TOLD = frozenset({*_NOTICE, "words", "actor", "reason", "via"})


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose receipt it is, and what holds for them now; `view` is what the API shows."""

    identity: str
    view: Mapping[str, Any]


def write_receipt(
    holder: Holder,
    entries: Iterable[Mapping[str, Any]],
    chains: Sequence[Mapping[str, Any]],
    *,
    business: Business,
    now: datetime,
) -> dict[str, Any]:
    """Return the record of every choice of one person, the oldest event first."""
    events = _events(entries)
    heads = "\x1f".join(f"{one['identity']}:{one['head']}" for one in chains)
    return {
        "schema_version": SCHEMA,
        # The same evidence has the same number, whenever and however often it is asked for.
        "record_id": hashlib.sha256(f"{holder.identity}\x1f{heads}".encode()).hexdigest()[:32],
        "issued_at": to_text(now),
        "pii_principal_id": holder.view["recipient"],
        "pii_principal_bsuid": holder.view["bsuid"],
        "privacy_notices": _notices(events),
        "purposes": [_purpose(topic.id, business, holder.view) for topic in business.topics],
        "parties": [_controller(business)],
        "state": {
            name: holder.view[name]
            for name in (
                "messages",
                "paused_until",
                "frequency",
                "channel",
                "whatsapp_marketing",
                "held",
                "revision",
            )
        },
        "events": events,
        "integrity": {
            "verified": all(chain["intact"] for chain in chains),
            "entries": sum(chain["length"] for chain in chains),
            "method": "each entry holds the SHA-256 of the one before",
            "chains": [
                {name: chain[name] for name in ("length", "intact", "head")} for chain in chains
            ],
        },
    }


def _purpose(topic_id: str, business: Business, view: Mapping[str, Any]) -> dict[str, Any]:
    topic = business.topic(topic_id)
    category = topic.category if topic else Category.MARKETING
    needs_yes = category not in business.policy.allow_unknown
    return {
        "purpose": topic_id,
        "purpose_name": topic.name(business.language) if topic else topic_id,
        "purpose_type": category.value,
        # Without a yes only what the business's policy allows is sent; that has another ground.
        "lawful_basis": "consent" if needs_yes else "as the controller has declared",
        "allowed": bool(view["topics"].get(topic_id)) and view["messages"] != "opted_out",
        "pii_information": [
            {"pii_type": "phone number or business-scoped WhatsApp id", "sensitive": False}
        ],
        "collection_method": "the person's message, tap, form, or a record with its proof",
        "processing_method": "messages on WhatsApp through 360dialog",
        "retention_period": "until the person asks to be forgotten",
        "withdrawal_method": "reply STOP on WhatsApp, or the person's preference page",
    }


def _controller(business: Business) -> dict[str, Any]:
    return {
        "party_role": "PII controller",
        "party_name": business.name,
        "party_phone": [
            f"+{one.display_phone_number}" for one in business.numbers if one.display_phone_number
        ],
    }


def _events(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        kind = entry.get("kind")
        if kind == "event":
            _add_event(found, entry)
        elif kind in {"confirmation", "delivery"}:
            _add_answer(found.get(str(entry.get("event"))), entry)
        else:
            # Links of ids, and what a later version adds, are part of the proof too.
            found[str(entry.get("hash"))] = {
                "event_time": _moment(entry.get("at")),
                "event_state": str(kind),
                "hash": entry.get("hash"),
            }
    return sorted(found.values(), key=lambda event: event["event_time"] or "")


def _add_event(found: dict[str, dict[str, Any]], entry: Mapping[str, Any]) -> None:
    event = entry["event"]
    known = found.get(event["id"])
    if known:
        # It was applied under one id and then, linked, under the other.
        known["changed"] = known["changed"] or entry.get("changed") or {}
        return
    settings = {
        name: value for name, value in (event.get("settings") or {}).items() if name not in _BESIDE
    }
    if settings:
        found[event["id"]] = _event(entry, settings)


def _event(entry: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    event, proof = entry["event"], entry["event"].get("proof") or {}
    given, withdrawn = _given(event["settings"]), _withdrawn(settings)
    by_person = event["source"] in _BY_PERSON and not proof.get("actor")
    notice = {name: proof[name] for name in _NOTICE if proof.get(name)}
    until = settings.get("paused_until")
    return {
        "event_id": event["id"],
        "event_time": _moment(event["occurred_at"]),
        "received_at": _moment(event["received_at"]),
        "applied_at": _moment(entry.get("at")),
        "event_type": "explicit" if by_person else "recorded on the person's behalf",
        "event_state": _state(given, withdrawn, settings),
        "entity_id": "the person" if by_person else str(proof.get("actor") or event["source"]),
        "validity_until": _moment(until) if isinstance(until, int) else None,
        "given": given,
        "withdrawn": withdrawn,
        "method": event["source"],
        "privacy_notice": notice or None,
        "words": proof.get("words"),
        "recorded_by": {
            name: proof[name] for name in ("actor", "via", "reason") if proof.get(name)
        },
        "evidence": {
            name: value for name, value in proof.items() if name not in _TOLD and value is not None
        },
        "outcome": entry.get("outcome"),
        "changed": {
            name: values
            for name, values in (entry.get("changed") or {}).items()
            if name not in _BESIDE
        },
        "confirmation": None,
        "hash": entry.get("hash"),
    }


def _given(settings: Mapping[str, Any]) -> list[str]:
    names = [ALL_PURPOSES] if settings.get("messages") == "opted_in" else []
    names += [Category.MARKETING.value] if settings.get("whatsapp_marketing") == "allowed" else []
    names += [n.removeprefix(_TOPIC) for n, on in settings.items() if n.startswith(_TOPIC) and on]
    # A yes through a source is a yes to its topics and to no other; any other is one to all.
    return [one for one in names if one != ALL_PURPOSES] if settings.get(_SOURCE) else names


def _withdrawn(settings: Mapping[str, Any]) -> list[str]:
    names = [ALL_PURPOSES] if settings.get("messages") == "opted_out" else []
    names += [Category.MARKETING.value] if settings.get("whatsapp_marketing") == "stopped" else []
    return names + [
        name.removeprefix(_TOPIC)
        for name, value in settings.items()
        if name.startswith(_TOPIC) and value is False
    ]


def _state(given: list[str], withdrawn: list[str], settings: Mapping[str, Any]) -> str:
    if given and withdrawn:
        return "changed"
    if given or withdrawn:
        return "given" if given else "withdrawn"
    if "paused_until" in settings:
        return "suspended" if settings["paused_until"] else "resumed"
    return "in question" if settings.get("question") else "changed"


def _add_answer(event: dict[str, Any] | None, entry: Mapping[str, Any]) -> None:
    if event is None or "method" not in event:
        return
    answer = event["confirmation"] or {
        "state": None,
        "reason": None,
        "text": None,
        "deliveries": [],
    }
    event["confirmation"] = answer
    if entry["kind"] == "confirmation":
        answer |= {name: entry.get(name) for name in ("state", "reason", "text", "language")}
        return
    answer["deliveries"].append({"status": entry.get("status"), "at": _moment(entry.get("at"))})


def _notices(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each wording that was shown, once."""
    notices = {
        str(notice.get("wording_id") or notice.get("wording")): notice
        for event in events
        if (notice := event.get("privacy_notice"))
    }
    return list(notices.values())


def _moment(milliseconds: object) -> str | None:
    return to_text(from_milliseconds(milliseconds)) if isinstance(milliseconds, int) else None
