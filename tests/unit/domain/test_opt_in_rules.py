"""An opt-in opens exactly the topics of its source, whatever came before and in every order."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Category, Policy, Topic
from app.domain.commands import Command, settings_of
from app.domain.events import Event, Source
from app.domain.opt_in import proof_of_opt_in, settings_of_opt_in
from app.domain.permission import Purpose, Reason, may_send
from app.domain.preferences import Outcome, Preferences, apply_event
from app.domain.preferences_json import preferences_from_json, preferences_to_json
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.domain.sources import OptInSource, SourceKind, Wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = Policy()
TOPICS = {
    "offers": Topic("offers", Category.MARKETING),
    "news": Topic("news", Category.MARKETING),
    "surveys": Topic("surveys", Category.MARKETING, default=False),
    "orders": Topic("orders", Category.UTILITY),
}
TILL = OptInSource("till", SourceKind.IN_STORE, "Shop", topics=("offers",))
SITE = OptInSource("site", SourceKind.WEBSITE_FORM, "Shop", topics=("news", "surveys"))
Step = OptInSource | str


def event(step: Step, minute: int) -> Event:
    at = NOON + timedelta(minutes=minute)
    settings: dict[str, RegisterValue]
    if isinstance(step, OptInSource):
        source, settings = Source.OPT_IN, settings_of_opt_in(step)
    else:
        name, _, topic = step.partition(" ")
        source = Source.KEYWORD
        settings = settings_of(
            Command(name), topic=topic or None, days=7, occurred_at=at, policy=POLICY
        )
    return Event(
        id=f"event-{minute:03d}",
        recipient=Recipient(wa_id="447700900123"),
        source=source,
        occurred_at=at,
        received_at=at,
        settings=settings,
    )


def after(*steps: Step) -> Preferences:
    current = Preferences()
    for minute, step in enumerate(steps):
        current = apply_event(current, event(step, minute), NOON).after
    return current


def open_topics(preferences: Preferences) -> set[str]:
    return {
        topic.id
        for topic in TOPICS.values()
        if may_send(
            preferences,
            topic,
            channel="whatsapp",
            purpose=Purpose.BUSINESS,
            policy=POLICY,
            now=NOON + timedelta(hours=1),
        ).allowed
    }


# Orders are utility, which the policy lets go to everybody who has not said no.
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param((), {"orders"}, id="nothing said"),
        pytest.param((TILL,), {"offers", "orders"}, id="a yes to one topic"),
        pytest.param((SITE,), {"news", "surveys", "orders"}, id="a topic that is off by default"),
        pytest.param((TILL, SITE), {"offers", "news", "surveys", "orders"}, id="two ways in"),
        pytest.param(("START",), {"offers", "news", "orders"}, id="START is a yes to all"),
        pytest.param(("START", SITE), {"offers", "news", "surveys", "orders"}, id="no narrowing"),
        pytest.param((TILL, "START"), {"offers", "news", "orders"}, id="START widens"),
        pytest.param((TILL, "STOP"), set(), id="STOP ends it"),
        pytest.param((TILL, "STOP", SITE), {"news", "surveys", "orders"}, id="no older yes"),
        pytest.param(("START", "STOP", TILL), {"offers", "orders"}, id="no older START"),
        pytest.param((TILL, "STOP", "START"), {"offers", "news", "orders"}, id="START after STOP"),
        pytest.param(("STOP", TILL, "STOP", TILL), {"offers", "orders"}, id="again and again"),
        pytest.param(("STOP offers", TILL), {"offers", "orders"}, id="read and agreed since"),
        pytest.param(("STOP marketing", TILL), {"offers", "orders"}, id="of a whole category"),
        pytest.param((TILL, "STOP offers"), {"orders"}, id="turned off by name"),
        pytest.param((TILL, "STOP", "START offers", SITE), {"offers", "news", "surveys", "orders"},
                     id="asked for by name since"),
        pytest.param((TILL, "PAUSE"), set(), id="paused"),
        pytest.param(("PAUSE", TILL), set(), id="a pause stays"),
    ],
)  # fmt: skip
def test_the_gate_is_open_for_exactly_the_topics_that_a_yes_covers(
    steps: tuple[Step, ...], expected: set[str]
) -> None:
    preferences = after(*steps)

    assert open_topics(preferences) == expected
    assert open_topics(preferences_from_json(preferences_to_json(preferences))) == expected


def test_the_reason_is_that_nobody_asked() -> None:
    permission = may_send(
        after(TILL),
        TOPICS["news"],
        channel="whatsapp",
        purpose=Purpose.BUSINESS,
        policy=POLICY,
        now=NOON,
    )

    assert permission.reason is Reason.NOT_OPTED_IN


@given(
    st.lists(
        st.sampled_from(["START", "STOP", "STOP offers", "START news", "PAUSE", TILL, SITE]),
        max_size=5,
    )
)
def test_every_order_of_arrival_gives_the_same_preferences(steps: list[Step]) -> None:
    events = [event(step, minute) for minute, step in enumerate(steps)]
    ends = []
    for order in itertools.islice(itertools.permutations(events), 24):
        current = Preferences()
        for one in (*order, *order):
            current = apply_event(current, one, NOON).after
        ends.append(current.registers)

    assert all(end == ends[0] for end in ends)


@given(
    st.permutations(["START", TILL, SITE, "START offers"]), st.integers(min_value=0, max_value=3)
)
def test_a_stop_beats_every_older_yes_however_late_it_arrives(
    steps: list[Step], position: int
) -> None:
    events = [event(step, minute) for minute, step in enumerate(steps)]
    events.insert(position, event("STOP", 30))
    current = Preferences()
    for one in events * 2:
        current = apply_event(current, one, NOON).after

    assert current.messages == "opted_out"
    assert open_topics(current) == set()


def test_the_same_yes_again_is_no_change_and_a_wider_one_is() -> None:
    once = after(TILL)

    assert apply_event(once, event(TILL, 9), NOON).outcome is Outcome.UNCHANGED
    assert apply_event(once, event("START", 9), NOON).outcome is Outcome.APPLIED
    assert apply_event(after("STOP"), event("STOP", 9), NOON).outcome is Outcome.UNCHANGED


def test_the_proof_holds_the_very_words() -> None:
    wording = Wording("en", "Yes, Shop may send me offers on WhatsApp.")
    proof = proof_of_opt_in(TILL, wording, campaign={"utm_source": "flyer"})

    assert proof == {
        "opt_in_source": "till",
        "opt_in_kind": "in_store",
        "opt_in_topics": ["offers"],
        "business_name": "Shop",
        "wording_id": wording.id,
        "wording_language": "en",
        "wording": "Yes, Shop may send me offers on WhatsApp.",
        "campaign": {"utm_source": "flyer"},
    }
    assert "wording" not in proof_of_opt_in(TILL, None)
    assert Wording("de", wording.text).id != wording.id != Wording("en", wording.text + " ").id
