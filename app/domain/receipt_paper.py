"""A receipt as lines for paper, in the words of one language. Pure; a printer draws what it gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.business import Business
from app.domain.receipt import ALL_PURPOSES


@dataclass(frozen=True, slots=True)
class ReceiptTexts:
    """The words on a receipt in one language."""

    language: str
    rtl: bool
    texts: Mapping[str, str]

    def text(self, key: str, **values: str) -> str:
        """Return a text with its values put in."""
        return self.texts[key].format(**values)

    def either(self, key: str, otherwise: str) -> str:
        """Return a text, or what stands for it where there is none."""
        return self.texts.get(key, otherwise)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a title, a heading, a fact with its label, or somebody's own words."""

    kind: str
    text: str
    label: str = ""


def lay_out(receipt: Mapping[str, Any], texts: ReceiptTexts, business: Business) -> Iterator[Line]:
    """Yield the lines of a receipt from top to bottom."""
    yield Line("title", texts.text("title"))
    yield Line("text", texts.text("intro"))
    yield Line("fact", business.name, texts.text("business"))
    yield Line("fact", _person(receipt), texts.text("person"))
    yield Line("fact", write_time(receipt["issued_at"]), texts.text("issued"))
    yield Line("fact", receipt["record_id"], texts.text("number"))
    yield from _state(receipt, texts, business)
    yield Line("heading", texts.text("events"))
    if not receipt["events"]:
        yield Line("text", texts.text("nothing"))
    for number, event in enumerate(receipt["events"], start=1):
        yield from _event(number, event, texts, business)
    yield from _integrity(receipt["integrity"], texts)


def _person(receipt: Mapping[str, Any]) -> str:
    person = str(receipt["pii_principal_id"])
    number = f"+{person}" if person.isdigit() else person
    bsuid = receipt["pii_principal_bsuid"]
    return f"{number}, {bsuid}" if bsuid and bsuid != person else number


def _state(receipt: Mapping[str, Any], texts: ReceiptTexts, business: Business) -> Iterator[Line]:
    state = receipt["state"]
    yield Line("heading", texts.text("state"))
    yield Line("fact", texts.text(f"messages.{state['messages']}"), texts.text("messages"))
    if state["paused_until"]:
        yield Line("fact", write_time(state["paused_until"]), texts.text("paused_until"))
    for purpose in receipt["purposes"]:
        answer = texts.text("allowed" if purpose["allowed"] else "not_allowed")
        yield Line("fact", answer, _topic(purpose["purpose"], texts, business))


def _event(
    number: int, event: Mapping[str, Any], texts: ReceiptTexts, business: Business
) -> Iterator[Line]:
    state = texts.either(f"state.{event['event_state']}", event["event_state"])
    yield Line("event", f"{number}. {state[:1].upper()}{state[1:]}")
    # A line has either words or a time: in Arabic and Hebrew the two run in different directions.
    yield Line("fact", write_time(event["event_time"]), texts.text("happened"))
    if "method" not in event:
        return
    method = texts.either(f"method.{event['method']}", event["method"])
    yield Line("fact", method, texts.text("method"))
    source = event["evidence"].get("opt_in_source")
    if source:
        yield Line("fact", str(source), texts.text("way_in"))
    for key in ("given", "withdrawn"):
        if event[key]:
            names = ", ".join(_topic(one, texts, business) for one in event[key])
            yield Line("fact", names, texts.text(key))
    if event["validity_until"]:
        yield Line("fact", write_time(event["validity_until"]), texts.text("paused_until"))
    yield from _said(event, texts)
    if event["outcome"] != "applied":
        outcome = texts.either(f"outcome.{event['outcome']}", str(event["outcome"]))
        yield Line("fact", outcome, texts.text("outcome"))
    yield Line("fact", write_time(event["received_at"]), texts.text("received"))
    yield from _confirmation(event["confirmation"], texts)


def _said(event: Mapping[str, Any], texts: ReceiptTexts) -> Iterator[Line]:
    """Yield what was shown, what was said, and who wrote it down."""
    notice = event["privacy_notice"] or {}
    if notice.get("wording"):
        # A link says which words stand beside it; that they were read there, nobody has seen.
        is_beside = event["evidence"].get("wording_told_by") is not None
        label = texts.text("wording_beside" if is_beside else "wording")
        yield Line("quote", str(notice["wording"]), label)
        yield Line("fact", str(notice.get("wording_id") or "-"), texts.text("wording_id"))
    if event["words"]:
        yield Line("quote", str(event["words"]), texts.text("words"))
    for name, reference in (event["evidence"].get("evidence") or {}).items():
        yield Line("fact", str(reference), str(name))
    if event["recorded_by"]:
        by = event["recorded_by"]
        names = ", ".join(str(by[name]) for name in ("actor", "via") if by.get(name))
        yield Line("fact", names, texts.text("recorded_by"))
        if by.get("reason"):
            yield Line("quote", str(by["reason"]), texts.text("reason"))


def _confirmation(answer: Mapping[str, Any] | None, texts: ReceiptTexts) -> Iterator[Line]:
    if not answer:
        yield Line("fact", texts.text("confirmation.none"), texts.text("confirmation"))
        return
    state = texts.either(f"confirmation.{answer['state']}", str(answer["state"] or "-"))
    yield Line("fact", state, texts.text("confirmation"))
    if answer["text"]:
        yield Line("quote", str(answer["text"]), texts.text("answer"))
    for one in answer["deliveries"]:
        status = str(one["status"])
        yield Line("fact", write_time(one["at"]), texts.either(f"delivery.{status}", status))


def _integrity(integrity: Mapping[str, Any], texts: ReceiptTexts) -> Iterator[Line]:
    yield Line("heading", texts.text("integrity"))
    key = "verified" if integrity["verified"] else "broken"
    yield Line("text", texts.text(key, count=str(integrity["entries"])))
    for chain in integrity["chains"]:
        yield Line("fact", f"{chain['head']} ({chain['length']})", texts.text("head"))
    yield Line("text", texts.text("attached"))


def _topic(topic_id: str, texts: ReceiptTexts, business: Business) -> str:
    if topic_id == ALL_PURPOSES:
        return texts.text("all_topics")
    topic = business.topic(topic_id)
    if topic:
        return topic.name(texts.language, business.language)
    return texts.either(f"category.{topic_id}", topic_id)


def write_time(text: object) -> str:
    """Return a time of a receipt to the second, in UTC and in a form that every country reads."""
    return f"{str(text)[:10]} {str(text)[11:19]} UTC" if text else "-"
