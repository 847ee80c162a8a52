"""Our own ids: what each asks, and what they are after everything around them has changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Business, Category, Topic
from app.domain.channels import Channel
from app.domain.frequency import WEEKLY
from app.domain.menu import (
    Page,
    PageKind,
    channel_id,
    frequency_id,
    offered_channels,
    read_choice,
    read_page,
)

SHOP = Business(
    "Shop",
    topics=(
        Topic("offers", Category.MARKETING),
        Topic("recalls", Category.UTILITY, essential=True),
    ),
    channels=(Channel.SMS,),
)
NOT_ASKED = {"question": None}


@pytest.mark.parametrize(
    ("button_id", "settings"),
    [
        ("heed:keep", {}),
        ("heed:frequency:1/week", {"frequency": "1/week"}),
        ("heed:frequency:any", {"frequency": None}),
        ("heed:frequency:3/month:offers", {"frequency.offers": "3/month"}),
        ("heed:frequency:any:offers", {"frequency.offers": None}),
        ("heed:channel:sms", {"channel": "sms"}),
        ("heed:channel:whatsapp", {"channel": "whatsapp"}),
        ("heed:channel:none", {"channel": "none"}),
        pytest.param("heed:channel:email", None, id="channel the business no longer has"),
        pytest.param("heed:channel:pigeon", None, id="unknown channel"),
        pytest.param("heed:frequency:1/week:gone", None, id="topic that has gone"),
        pytest.param("heed:frequency:1/week:recalls", None, id="essential topic"),
        pytest.param("heed:frequency:often", None, id="no cap"),
        pytest.param("heed:frequency:", None, id="empty cap"),
        pytest.param("heed:frequency:1/week:offers:x", None, id="too many parts"),
        pytest.param("heed:stop:offers", None, id="a command"),
        pytest.param("frequency:1/week", None, id="somebody else's id"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="none"),
    ],
)
def test_a_tap_sets_what_its_id_says(
    button_id: str | None, settings: dict[str, object] | None
) -> None:
    expected = None if settings is None else {**settings, **NOT_ASKED}

    assert read_choice(button_id, SHOP) == expected


@pytest.mark.parametrize(
    "page",
    [
        Page(PageKind.MAIN),
        Page(PageKind.MAIN, number=2),
        Page(PageKind.MAIN, number=9999),
        Page(PageKind.FREQUENCY),
        Page(PageKind.FREQUENCY, "offers"),
        Page(PageKind.FREQUENCY, "2"),
        Page(PageKind.FREQUENCIES),
        Page(PageKind.FREQUENCIES, number=3),
        Page(PageKind.CHANNEL),
    ],
)
def test_the_id_of_a_page_opens_it(page: Page) -> None:
    assert read_page(page.id) == page


@pytest.mark.parametrize(
    "button_id",
    ["heed:preferences:0", "heed:preferences:x", "heed:preferences:1:2", "heed:preferences:10000",
     "heed:preferences:٢", "heed:menu", "heed:menu:pause", "heed:menu:channel:1",
     "heed:menu:frequency:", "heed:menu:frequency:a:b", "heed:menu:main", "menu:frequency", None],
)  # fmt: skip
def test_what_is_no_page_opens_none(button_id: str | None) -> None:
    assert read_page(button_id) is None


@given(st.text(max_size=300), st.sampled_from(["", "heed:", "heed:menu:", "heed:frequency:"]))
def test_no_id_raises(text: str, start: str) -> None:
    read_page(start + text)
    read_choice(start + text, SHOP)


def test_ids_are_what_reading_takes() -> None:
    assert read_choice(frequency_id(WEEKLY, "offers"), SHOP) is not None
    assert read_choice(frequency_id(None), SHOP) is not None
    assert all(read_choice(channel_id(one), SHOP) for one in offered_channels(SHOP))
    assert offered_channels(SHOP) == (Channel.WHATSAPP, Channel.SMS, Channel.NONE)
