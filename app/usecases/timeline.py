"""A person's history as sentences that anybody can read. Pure; any evidence in, sentences out.

    12 March 14:05: wrote “chega de promo” → Offers off; confirmed, delivered

Entries of one event (the event, its answer, the delivery of that) become one item. A sentence is
a list of parts, so that a page can set the person's own words apart and escape them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from app.domain.business import Business
from app.domain.console_texts import ConsoleLanguage
from app.domain.times import from_milliseconds
from app.usecases.timeline_changes import describe_changes
from app.usecases.timeline_items import Detail, Item, Part, quote_words

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def tell_history(
    entries: Iterable[Mapping[str, Any]],
    *,
    texts: ConsoleLanguage,
    business: Business,
    now: datetime,
    zone: tzinfo,
) -> list[Item]:
    """Return what happened, the newest first."""
    teller = _Teller(texts, business, now, zone)
    items: dict[str, Item] = {}
    for position, entry in enumerate(entries):
        kind, event_id = entry.get("kind"), _event_id_of(entry)
        known = items.get(f"event.{event_id}")
        if kind == "event" and known is None:
            items[f"event.{event_id}"] = teller.tell_event(entry)
        elif kind in {"event", "confirmation", "delivery"} and known:
            teller.tell_more(known, entry)
        else:
            items[f"{kind}.{event_id}.{position}"] = teller.tell_other(entry)
    # Oldest first and then turned: of two in the same second the later one was applied later.
    return sorted(items.values(), key=lambda item: item.at)[::-1]


def _event_id_of(entry: Mapping[str, Any]) -> str:
    event = entry.get("event")
    return str(event.get("id")) if isinstance(event, Mapping) else str(event)


class _Teller:
    def __init__(
        self, texts: ConsoleLanguage, business: Business, now: datetime, zone: tzinfo
    ) -> None:
        self._texts = texts
        self._business = business
        self._now = now
        self._zone = zone

    def tell_event(self, entry: Mapping[str, Any]) -> Item:
        event = entry["event"]
        proof = event.get("proof") or {}
        at = from_milliseconds(event["occurred_at"])
        item = Item(
            at=at,
            moment=self._moment(at),
            actor=_ACTORS.get(str(event.get("source")), "system"),
            subject=self._subject(event, proof),
        )
        self._add_effects(item, entry)
        told = " ".join(filter(None, (event.get("command"), event.get("topic"))))
        self._detail(item, "command", told)
        # Whatever proof there is: also what a later version will keep.
        for name in sorted(proof, key=_rank):
            self._detail(item, name, self._proof(name, proof[name]))
        for name, value in (
            ("source", self._word("source", event.get("source"))),
            ("number", event.get("phone_number_id")),
            ("received", self._moment(from_milliseconds(event["received_at"]))),
            ("applied", self._moment(from_milliseconds(entry["at"]))),
            ("event_id", event.get("id")),
            ("hash", entry.get("hash")),
        ):
            self._detail(item, name, value)
        return item

    def tell_more(self, item: Item, entry: Mapping[str, Any]) -> None:
        """Add the answer, its delivery, or the same event under the person's other id."""
        match entry["kind"]:
            case "confirmation":
                item.answers.append(self._answer(entry))
                self._detail(item, "answer", entry.get("text"))
                self._detail(item, "answer_id", entry.get("message_id"))
            case "delivery":
                item.answers.append(self._delivery(entry))
            case _:
                # It was applied under one id and then, linked, under the other.
                if entry.get("changed"):
                    item.effects.clear()
                    self._add_effects(item, entry)
        self._detail(item, "hash", entry.get("hash"))

    def tell_other(self, entry: Mapping[str, Any]) -> Item:
        """Tell what stands for itself; a kind that a later version adds is told by its name."""
        kind = str(entry.get("kind"))
        at = from_milliseconds(int(entry.get("at") or 0))
        item = Item(at=at, moment=self._moment(at), actor="system", subject=[])
        match kind:
            case "linked":
                names = ", ".join(
                    str(one.get("identity", "")).partition(".")[2] for one in entry["with"]
                )
                key = "timeline.linked" if names else "timeline.linked_new"
                item.subject = self._compose(key, ids=Part("id", names))
            case "confirmation":
                item.subject = [Part("text", self._answer(entry))]
            case "delivery":
                item.subject = [Part("text", self._delivery(entry))]
            case _:
                item.subject = [Part("text", self._texts.either(f"timeline.kind.{kind}", kind))]
        for name in ("actor", "reason", "text"):
            self._detail(item, name if name != "text" else "answer", entry.get(name))
        self._detail(item, "event_id", _event_id_of(entry))
        self._detail(item, "hash", entry.get("hash"))
        return item

    def _subject(self, event: Mapping[str, Any], proof: Mapping[str, Any]) -> list[Part]:
        source, words = event.get("source"), proof.get("words")
        match source:
            case "keyword":
                return self._compose("timeline.wrote", words=quote_words(words))
            case "button":
                key = "timeline.tapped" if words else "timeline.tapped_button"
                return self._compose(key, words=quote_words(words))
            case "page" | "flow":
                return self._compose(f"timeline.{source}")
            case "platform":
                value = (event.get("settings") or {}).get("whatsapp_marketing")
                return self._compose(f"timeline.platform.{value}")
            case "operator" | "api":
                return self._compose(
                    f"timeline.{source}",
                    actor=Part("name", str(proof.get("actor") or "?")),
                    reason=quote_words(proof.get("reason")),
                )
        return self._compose("timeline.other", source=Part("name", self._word("source", source)))

    def _add_effects(self, item: Item, entry: Mapping[str, Any]) -> None:
        event = entry["event"]
        effects = describe_changes(
            entry.get("changed") or {}, self._texts, self._business, self._moment
        )
        command = str(event.get("command") or "").lower()
        if not effects and command in {"help", "preferences"}:
            effects = [self._texts.text(f"timeline.asked.{command}")]
        outcome = entry.get("outcome")
        if not effects and (event.get("settings") or {}).keys() - {"language"}:
            effects = [self._texts.either(f"timeline.outcome.{outcome}", str(outcome))]
        item.effects.extend(effects)

    def _answer(self, entry: Mapping[str, Any]) -> str:
        state, kind = entry.get("state"), entry.get("reply")
        if state == "sent" and self._texts.has(f"timeline.answer.{kind}"):
            return self._texts.text(f"timeline.answer.{kind}")
        return self._texts.text(
            f"timeline.answer.{state}", reason=self._reason(entry.get("reason"))
        )

    def _delivery(self, entry: Mapping[str, Any]) -> str:
        code = entry.get("error_code")
        return self._texts.text(
            f"timeline.delivery.{entry.get('status')}", code=str(code) if code else "?"
        )

    def _reason(self, reason: object) -> str:
        name, _, code = str(reason or "").partition("_")
        known = self._texts.either(f"timeline.reason.{reason}", "")
        if known or not self._texts.has(f"timeline.reason.{name}"):
            return known or str(reason or "?")
        return self._texts.text(f"timeline.reason.{name}", code=code)

    def _proof(self, name: str, value: object) -> object:
        if name == "asked_how":
            return self._word("how", value)
        if name == "window_from" and isinstance(value, int):
            return self._moment(from_milliseconds(value))
        is_table = isinstance(value, (Mapping, list))
        return json.dumps(value, ensure_ascii=False) if is_table else value

    def _word(self, table: str, value: object) -> str:
        return self._texts.either(f"{table}.{value}", str(value)) if value else ""

    def _compose(self, key: str, **values: Part) -> list[Part]:
        pieces = _PLACEHOLDER.split(self._texts.text(key))
        parts = [
            values.get(piece, Part("text", f"{{{piece}}}")) if at % 2 else Part("text", piece)
            for at, piece in enumerate(pieces)
        ]
        return [part for part in parts if part.text]

    def _detail(self, item: Item, name: str, value: object) -> None:
        if value is not None and value != "":
            kind = "id" if name in _IDS else "words" if name in _QUOTED else "name"
            item.details.append(
                Detail(self._texts.either(f"detail.{name}", name), str(value), kind)
            )

    def _moment(self, at: datetime) -> str:
        return self._texts.write_moment(at, now=self._now, zone=self._zone)


_ACTORS = {
    **dict.fromkeys(("keyword", "button", "page", "flow", "opt_in"), "person"),
    "operator": "team",
    "platform": "platform",
}
_IDS = frozenset(
    {"rule", "button_id", "number", "message_id", "answers", "event_id", "hash", "answer_id"}
)
_ORDER = ("words", "rule", "certainty", "recognized_language", "reason", "actor", "via")
_QUOTED = frozenset({"words", "reason", "answer", "wording"})


def _rank(name: str) -> tuple[int, str]:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER), name
