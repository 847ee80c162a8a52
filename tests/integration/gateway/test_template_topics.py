"""What a template is about: by configuration, else by its category at WhatsApp as it is now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.dialog360.relay import Dialog360Relay
from app.domain.business import Business, Number
from app.domain.outgoing import Outgoing, OutgoingKind
from app.ports import UnknownOutcomeError
from app.runtime import Runtime
from app.store.templates import RedisTemplates
from app.usecases.templates import FRESH, PAUSE, TemplateTopics
from sandbox.catalogue import Template
from sandbox.server import RunningSandbox
from tests.builders import PHONE_NUMBER_ID, WEBHOOK_HEADERS, notification
from tests.contract.dialog360.fake_api import FakeAPI
from tests.integration.gateway.senders import reason, send, template

ACCOUNT = "D360_API_KEY"
BUSINESS = Business(
    name="Shop",
    numbers=(Number(PHONE_NUMBER_ID), Number("201", key_variable="D360_OTHER_KEY")),
    templates={"spring_offer": "offers"},
)


class Listed:
    """A list of templates that a test changes, or that does not come."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] | None = []
        self.asked: list[str | None] = []

    def list_templates(self, phone_number_id: str | None) -> list[Mapping[str, Any]]:
        self.asked.append(phone_number_id)
        if self.rows is None:
            raise UnknownOutcomeError("no answer: ReadTimeout")
        return self.rows


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def listed() -> Listed:
    return Listed()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def topics(redis: Redis, listed: Listed, clock: Clock) -> TemplateTopics:
    cache = RedisTemplates(redis, (ACCOUNT, "D360_OTHER_KEY"))
    return TemplateTopics(BUSINESS, cache, listed, clock, sleep=lambda _: None)


def row(name: str, category: str, language: str = "en") -> dict[str, Any]:
    return {"name": name, "language": language, "category": category, "status": "approved"}


def topic_of(
    topics: TemplateTopics, name: str, language: str | None = "en", number: str = PHONE_NUMBER_ID
) -> str | None:
    return topics.topic_of(Outgoing(OutgoingKind.TEMPLATE, None, name, language), number)


def pass_time(clock: Clock, redis: Redis, by: timedelta) -> None:
    """Let time pass for us and for the keys in Redis that would have expired."""
    clock.now += by
    redis.delete(f"heed:{{templates.{ACCOUNT}}}:pause")


def test_what_the_business_says_needs_no_list(topics: TemplateTopics, listed: Listed) -> None:
    assert topic_of(topics, "spring_offer") == "offers"
    assert topics.topic_of(Outgoing(OutgoingKind.FREE_FORM), None) is None
    assert listed.asked == []


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        pytest.param("order", "en", "utility", id="in this language"),
        pytest.param("order", "de", "marketing", id="in another one"),
        pytest.param("order", "fr", "marketing", id="in none: the strictest of all"),
        pytest.param("order", None, "marketing", id="no language"),
        pytest.param("code", "en", "authentication", id="authentication"),
        pytest.param("odd", "en", None, id="a category of tomorrow"),
        pytest.param("gone", "en", None, id="no such template"),
        pytest.param(".read-at", "en", None, id="a name of ours"),
    ],
)
def test_a_template_has_its_category_at_whatsapp(
    topics: TemplateTopics, listed: Listed, name: str, language: str | None, expected: str | None
) -> None:
    listed.rows = [
        row("order", "UTILITY"),
        row("order", "MARKETING", "de"),
        row("code", "AUTHENTICATION"),
        row("odd", "SERVICE"),
        {"name": 3},
    ]

    assert topic_of(topics, name, language) == expected
    # Once more, from what was kept.
    assert topic_of(topics, name, language) == expected


def test_a_template_that_whatsapp_moves_is_found_in_time(
    topics: TemplateTopics, listed: Listed, clock: Clock, redis: Redis
) -> None:
    listed.rows = [row("order", "UTILITY")]
    assert topic_of(topics, "order") == "utility"
    listed.rows = [row("order", "MARKETING")]

    pass_time(clock, redis, FRESH - timedelta(seconds=1))
    assert topic_of(topics, "order") == "utility"
    pass_time(clock, redis, timedelta(seconds=2))

    assert topic_of(topics, "order") == "marketing"
    assert len(listed.asked) == 2


def test_the_last_list_counts_while_360dialog_does_not_answer(
    topics: TemplateTopics, listed: Listed, clock: Clock, redis: Redis
) -> None:
    listed.rows = [row("order", "UTILITY")]
    topic_of(topics, "order")
    listed.rows = None

    pass_time(clock, redis, timedelta(days=2))

    assert [topic_of(topics, "order") for _ in range(3)] == ["utility"] * 3
    # One attempt, and then none until the pause is over.
    assert len(listed.asked) == 2


def test_without_any_list_the_strictest_rule_holds_and_nobody_waits_long(
    topics: TemplateTopics, listed: Listed, clock: Clock, redis: Redis
) -> None:
    listed.rows = None
    assert [topic_of(topics, "order") for _ in range(5)] == [None] * 5
    assert len(listed.asked) == 1
    listed.rows = [row("order", "UTILITY")]

    pass_time(clock, redis, PAUSE + timedelta(seconds=1))

    assert topic_of(topics, "order") == "utility"


def test_a_new_name_is_asked_for_before_the_list_is_old(
    topics: TemplateTopics, listed: Listed, clock: Clock, redis: Redis
) -> None:
    topic_of(topics, "order")
    listed.rows = [row("order", "UTILITY")]

    pass_time(clock, redis, PAUSE + timedelta(seconds=1))

    assert topic_of(topics, "order") == "utility"


def test_each_key_has_its_own_list(topics: TemplateTopics, listed: Listed) -> None:
    listed.rows = [row("order", "UTILITY")]

    assert topic_of(topics, "order") == "utility"
    assert topic_of(topics, "order", number="201") == "utility"
    assert listed.asked == [PHONE_NUMBER_ID, "201"]


def test_a_long_list_is_read_page_by_page(upstream: FakeAPI) -> None:
    names = [f"template_{number}" for number in range(5)]

    def answer(handler: Any) -> None:
        offset = int(handler.path.rpartition("=")[2])
        page = [row(name, "UTILITY") for name in names[offset : offset + 2]]
        handler.answer(200, {"waba_templates": page, "count": len(page), "total": len(names)})

    upstream.behavior = answer
    relay = Dialog360Relay(upstream.url, {None: "a-key"})

    found = relay.list_templates(None)
    relay.close()

    assert [one["name"] for one in found] == names
    assert upstream.received[1].path == "/v1/configs/templates?limit=1000&offset=2"


def test_whatsapp_tells_of_a_move_and_the_next_message_counts_as_moved(
    gateway: FlaskClient, gateway_runtime: Runtime, sandbox: RunningSandbox
) -> None:
    catalogue = sandbox.world.catalogue
    before = catalogue.find("order_update", "en_GB")
    assert isinstance(before, Template)
    assert reason(send(gateway, template())) is None
    catalogue.add(replace(before, category="marketing"))
    try:
        still = reason(send(gateway, template()))
        body = notification(field="template_category_update", new_category="MARKETING")
        gateway.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
        moved = reason(send(gateway, template()))
    finally:
        catalogue.add(before)

    assert still is None
    assert moved == "not_opted_in"
