"""The gate: who may be sent what, and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.business import Business, Category, Policy, Topic
from app.domain.events import Event, Source
from app.domain.holds import hold_scope
from app.domain.permission import ALL_TOPICS, Permission, Purpose, Reason, may_send
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.recipients import Recipient
from app.domain.registers import is_restrictive
from app.domain.times import to_milliseconds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OFFERS = Topic("offers", Category.MARKETING)
ORDERS = Topic("orders", Category.UTILITY)
RECALLS = Topic("recalls", Category.UTILITY, essential=True)
SURVEYS = Topic("surveys", Category.MARKETING, default=False)
LATER = to_milliseconds(NOW + timedelta(days=7))


def preferences(**registers: object) -> Preferences:
    return Preferences(
        registers={
            name.replace("__", "."): Register(value, Stamp(1, False, "x"))  # type: ignore[arg-type]
            for name, value in registers.items()
        },
    )


def ask(
    current: Preferences,
    topic: Topic = OFFERS,
    *,
    channel: str = "whatsapp",
    purpose: Purpose = Purpose.BUSINESS,
    holds: tuple[str, ...] = (),
    last_message_at: datetime | None = None,
) -> Permission:
    return may_send(
        current,
        topic,
        channel=channel,
        purpose=purpose,
        now=NOW,
        holds=holds,
        last_message_at=last_message_at,
        policy=Policy(),
    )


IN = preferences(messages="opted_in")

CASES = [
    pytest.param(IN, OFFERS, None, id="opted in"),
    pytest.param(preferences(messages="opted_out"), ORDERS, Reason.OPTED_OUT, id="stopped"),
    pytest.param(preferences(messages="opted_out"), RECALLS, Reason.OPTED_OUT, id="stop ends all"),
    pytest.param(Preferences(), OFFERS, Reason.NOT_OPTED_IN, id="unknown, marketing"),
    pytest.param(Preferences(), ORDERS, None, id="unknown, utility"),
    pytest.param(preferences(topics__offers=True), OFFERS, None, id="unknown, asked for it"),
    pytest.param(
        preferences(paused_until=LATER), OFFERS, Reason.PAUSED, id="paused before unknown"
    ),
    pytest.param(preferences(paused_until=1), ORDERS, None, id="the pause is over"),
    pytest.param(
        preferences(messages="opted_in", paused_until=LATER), RECALLS, None, id="pause, essential"
    ),
    pytest.param(
        preferences(messages="opted_in", topics__offers=False), OFFERS, Reason.TOPIC_OFF, id="topic"
    ),
    pytest.param(
        preferences(messages="opted_in", topics__marketing=False),
        OFFERS,
        Reason.TOPIC_OFF,
        id="category",
    ),
    pytest.param(
        preferences(messages="opted_in", topics__marketing=False), ORDERS, None, id="other category"
    ),
    pytest.param(IN, SURVEYS, Reason.TOPIC_OFF, id="off by default"),
    pytest.param(
        preferences(messages="opted_in", whatsapp_marketing="stopped"),
        OFFERS,
        Reason.STOPPED_IN_WHATSAPP,
        id="WhatsApp's switch",
    ),
    pytest.param(
        preferences(messages="opted_in", whatsapp_marketing="stopped"),
        ORDERS,
        None,
        id="not utility",
    ),
    pytest.param(
        preferences(messages="opted_in", channel="sms"),
        OFFERS,
        Reason.PREFERS_CHANNEL,
        id="channel",
    ),
]


@pytest.mark.parametrize(("current", "topic", "reason"), CASES)
def test_the_gate(current: Preferences, topic: Topic, reason: Reason | None) -> None:
    permission = ask(current, topic)

    assert permission.reason == reason
    assert permission.allowed == (reason is None)


def test_a_pause_says_until_when() -> None:
    assert ask(preferences(paused_until=LATER)).until == NOW + timedelta(days=7)


def test_whatsapps_switch_says_nothing_of_other_channels() -> None:
    stopped = preferences(messages="opted_in", whatsapp_marketing="stopped", channel="sms")

    assert ask(stopped, channel="sms").allowed


@pytest.mark.parametrize(
    ("holds", "topic", "held"),
    [
        ((ALL_TOPICS,), RECALLS, True),
        (("offers",), OFFERS, True),
        (("offers",), ORDERS, False),
        (("marketing",), OFFERS, True),
        (("marketing",), ORDERS, False),
        (("recalls",), RECALLS, False),
    ],
)
def test_a_hold_refuses_what_it_is_about(holds: tuple[str, ...], topic: Topic, held: bool) -> None:
    assert (ask(IN, topic, holds=holds).reason is Reason.HELD) is held


def test_a_reply_within_the_window_is_allowed_even_after_stop() -> None:
    stopped = preferences(messages="opted_out")
    recently, long_ago = NOW - timedelta(hours=23), NOW - timedelta(hours=24)

    assert ask(stopped, purpose=Purpose.REPLY, last_message_at=recently).allowed
    assert not ask(stopped, purpose=Purpose.REPLY, last_message_at=long_ago).allowed
    assert not ask(stopped, purpose=Purpose.REPLY).allowed
    assert not ask(stopped, purpose=Purpose.BUSINESS, last_message_at=recently).allowed


def held(**settings: object) -> str | None:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    event = Event("a" * 32, Recipient(wa_id="447700900123"), Source.API, NOW, NOW, named)  # type: ignore[arg-type]
    return hold_scope(event)


def test_a_restriction_holds_what_it_is_about_and_a_permission_holds_nothing() -> None:
    assert held(messages="opted_out") == ALL_TOPICS
    assert held(paused_until=LATER) == ALL_TOPICS
    assert held(topics__offers=False) == "offers"
    assert held(whatsapp_marketing="stopped") == "marketing"
    assert held(topics__offers=False, topics__news=False) == ALL_TOPICS
    assert held(frequency="weekly") == ALL_TOPICS
    assert held(messages="opted_in", paused_until=None, topics__offers=True) is None


def test_another_channel_and_a_cap_restrict_and_an_unknown_register_does_not() -> None:
    assert is_restrictive("channel", "sms")
    assert not is_restrictive("channel", "whatsapp")
    assert is_restrictive("frequency.offers", "weekly")
    assert not is_restrictive("language", "pt")


def test_a_business_finds_its_topics_and_numbers() -> None:
    business = Business("Example", topics=(OFFERS, replace(ORDERS, names={"pt": "Pedidos"})))
    orders = business.topic("orders")

    assert business.topic("none") is None
    assert business.number(None) is None
    assert orders is not None
    assert orders.name("pt") == "Pedidos"
    assert orders.name("de", "pt") == "Pedidos"
    assert OFFERS.name("de") == "offers"
