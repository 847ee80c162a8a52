"""What every opt-in ends with, whatever the way: a record, open topics, a confirmation."""

from typing import Any

from tests.stack import RunningStack, text_of

RECORD = {
    "opt_in_source",
    "opt_in_kind",
    "opt_in_topics",
    "business_name",
    "wording_id",
    "wording_language",
    "wording",
}


def last_opt_in(stack: RunningStack, person: str) -> dict[str, Any]:
    events = [one for one in stack.history(person) if one["kind"] == "event"]
    proof: dict[str, Any] = events[-1]["event"]["proof"]
    return proof


def open_topics(stack: RunningStack, person: str) -> set[str]:
    topics = ("offers", "news", "orders")
    return {topic for topic in topics if stack.check(person, topic)["allowed"]}


def confirmations(stack: RunningStack, person: str) -> list[str]:
    return [text_of(body) for body in stack.sent_to(person)]
