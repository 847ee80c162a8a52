"""The revision changes exactly when what others see changes."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Business, Category, Topic
from app.domain.events import Event, Source
from app.domain.preferences import Outcome, Preferences, Transition, apply_event
from app.domain.recipients import Recipient
from app.domain.state import describe_state, topics_on
from tests.unit.domain.test_preferences import NOON, any_event

BUSINESS = Business(
    name="Example Shop",
    topics=(
        Topic(id="offers", category=Category.MARKETING, default=True),
        Topic(id="news", category=Category.MARKETING, default=False),
        Topic(id="orders", category=Category.UTILITY, default=True),
    ),
)
# A topic and its category again and again, so that the same words come in every order.
SAID: list[dict[str, Any]] = [
    {"topics.offers": False},
    {"topics.offers": True},
    {"topics.marketing": True},
    {"topics.marketing": False},
    {"topics.orders": False},
    {"messages": "opted_out"},
    {"messages": "opted_in", "opt_in_source": "till", "topics.news": True},
    {"messages": "opted_in"},
    {"language": "pt"},
]


def apply(before: Preferences, event: Event) -> Transition:
    topics_of = partial(topics_on, business=BUSINESS)
    return apply_event(before, event, event.received_at, topics_of=topics_of)


def say(number: int, at: datetime, **settings: Any) -> Event:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return Event(f"{number:032x}", Recipient(wa_id="447700900123"), Source.API, at, at, named)


def visible(preferences: Preferences) -> dict[str, Any]:
    """What the API shows and what the feed names as changed, without the count itself."""
    state = describe_state("wa.447700900123", preferences, business=BUSINESS, now=None)
    values = {name: one.value for name, one in preferences.registers.items() if one.value}
    off = {name for name, one in preferences.registers.items() if one.value is False}
    hidden = {"revision", "updated_at", "language"}
    return {
        **{name: value for name, value in state.items() if name not in hidden},
        "values": {name: value for name, value in values.items() if name not in hidden},
        "off": off,
    }


@st.composite
def any_word(draw: st.DrawFn) -> Event:
    at = NOON + timedelta(milliseconds=draw(st.integers(0, 50)))
    return say(draw(st.integers(0, 2**64)), at, **draw(st.sampled_from(SAID)))


@given(st.lists(st.one_of(any_word(), any_event()), max_size=12, unique_by=lambda one: one.id))
def test_it_changes_exactly_when_what_others_see_does(events: list[Event]) -> None:
    current = Preferences()
    for one in events:
        after = apply(current, one).after
        assert after.revision in {current.revision, current.revision + 1}
        assert (after.revision != current.revision) == (visible(after) != visible(current))
        assert (after.revision != current.revision) == (after.updated_at is not current.updated_at)
        current = after


@pytest.mark.parametrize(
    ("words", "is_on"),
    [
        pytest.param([False, True, False], False, id="off, its category on, off again"),
        pytest.param([True, False, True], True, id="on, its category off, on again"),
    ],
)
def test_the_same_word_said_again_after_its_category_is_a_change(
    words: list[bool], is_on: bool
) -> None:
    first, category, again = words
    current = apply(Preferences(), say(1, NOON, topics__offers=first)).after
    later = say(2, NOON + timedelta(seconds=1), topics__marketing=category)
    current = apply(current, later).after

    transition = apply(current, say(3, NOON + timedelta(seconds=2), topics__offers=again))

    assert topics_on(current, BUSINESS)["offers"] is not is_on
    assert topics_on(transition.after, BUSINESS)["offers"] is is_on
    assert transition.outcome is Outcome.APPLIED
    assert transition.after.revision == current.revision + 1


def test_a_pause_that_moves_a_little_is_seen_and_is_no_change_to_the_person() -> None:
    def pause(number: int, seconds: int) -> Event:
        end = int((NOON + timedelta(days=7, seconds=seconds)).timestamp() * 1000)
        return say(number, NOON + timedelta(seconds=seconds), paused_until=end)

    current = apply(Preferences(), pause(1, 0)).after
    transition = apply(current, pause(2, 4))

    assert transition.outcome is Outcome.UNCHANGED
    assert transition.after.revision == current.revision + 1
