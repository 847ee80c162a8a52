"""Lists in the chat: what they show, what a tap on each row asks, and WhatsApp's limits."""

from datetime import UTC, datetime, timedelta

import pytest

from app.dialog360.messages import Row, Section, build_list
from app.domain.business import Business, Category, Policy, Topic
from app.domain.list_words import (
    BUTTON_LIMIT,
    DESCRIPTION_LIMIT,
    MOST_ROWS,
    TITLE_LIMIT,
    Menu,
)
from app.domain.lists import build_menu
from app.domain.menu import MAIN_PAGE, Page, PageKind, read_choice, read_page
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.domain.times import to_milliseconds
from app.domain.wording import measure_text
from config.replies_loader import load_replies
from sandbox.interactive import check_interactive

REPLIES = load_replies()
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123")


def topic(topic_id: str, category: str = "marketing", **names: str) -> Topic:
    return Topic(topic_id, Category(category), names=names)


SHOP = Business(
    "Shop",
    topics=(
        topic("offers", en="Offers", de="Angebote"),
        topic("news", en="News"),
        topic("orders", "utility", en="Order updates"),
        Topic("recalls", Category.UTILITY, essential=True),
    ),
)
LONG = "Sehr lange Bezeichnung eines Themas, wie sie niemand wählen sollte, Nummer "
MANY = Business(
    "Shop",
    topics=tuple(
        Topic(
            f"topic-{number}-{'x' * 80}",
            Category.MARKETING,
            names={"en": f"{LONG}{number} 🎁🎁🎁", "ar": f"{'عرض طويل ' * 9}{number}"},
            descriptions={"en": "d" * 300},
        )
        for number in range(40)
    ),
)
PAGES = [
    *(Page(PageKind.MAIN, number=number) for number in (1, 2, 6, 99)),
    *(Page(PageKind.FREQUENCIES, number=number) for number in (1, 5, 99)),
    *(Page(PageKind.FREQUENCY, one) for one in (None, "offers", MANY.topics[0].id)),
    Page(PageKind.CHANNEL),
]


def preferences(**registers: RegisterValue) -> Preferences:
    return Preferences(
        {
            name.replace("__", "."): Register(value, Stamp(1, False, "x"))
            for name, value in registers.items()
        }
    )


IN = preferences(messages="opted_in")
EVERYTHING = preferences(
    messages="opted_in",
    paused_until=to_milliseconds(NOW + timedelta(days=300)),
    channel="none",
    frequency="99/month",
    topics__offers=False,
    frequency__offers="1/week",
)


def open_page(
    page: Page = MAIN_PAGE,
    current: Preferences = IN,
    *,
    business: Business = SHOP,
    language: str = "en",
    way_back: bool = True,
) -> Menu:
    menu = build_menu(
        page,
        current,
        business=business,
        replies=REPLIES,
        language=language,
        way_back=way_back,
        now=NOW,
    )
    assert menu is not None
    return menu


def ids(menu: Menu) -> list[str]:
    return [row.id for row in menu.rows]


def test_the_list_shows_the_present_state_and_all_there_is_to_choose() -> None:
    menu = open_page()

    assert menu.button == "Choose"
    assert [section.title for section in menu.sections] == ["Topics", "More choices"]
    assert [(row.id, row.title, row.description) for row in menu.rows] == [
        ("heed:stop:offers", "Offers", "On · Tap to turn off"),
        ("heed:stop:news", "News", "On · Tap to turn off"),
        ("heed:stop:orders", "Order updates", "On · Tap to turn off"),
        ("heed:menu:frequency", "How often", "No limit"),
        ("heed:menu:channel", "Channel", "WhatsApp"),
        ("heed:pause:7", "Pause for 7 days", ""),
        ("heed:pause:30", "Pause for 30 days", ""),
        ("heed:pause:90", "Pause for 90 days", ""),
        ("heed:stop", "Stop all messages", ""),
    ]


def test_what_was_chosen_shows_and_each_row_offers_the_other_way() -> None:
    rows = {row.id: row for row in open_page(current=EVERYTHING).rows}

    assert rows["heed:start:offers"].description == "Off · Tap to turn on"
    assert rows["heed:stop:news"].description == "On · Tap to turn off"
    assert rows["heed:menu:frequency"].description == "At most 99 a month"
    assert rows["heed:menu:channel"].description == "No channel"
    assert rows["heed:resume"].description == "Pause: until 27 September 2027"
    assert len(rows) == MOST_ROWS


def test_what_nobody_has_asked_for_is_shown_as_it_is_sent() -> None:
    """Marketing needs a yes; a list that said "on" would promise what is refused."""
    assert ids(open_page(current=Preferences()))[:3] == [
        "heed:start:offers",
        "heed:start:news",
        "heed:stop:orders",
    ]


def test_after_stop_there_is_the_way_back_alone_where_it_may_be_told() -> None:
    stopped = preferences(messages="opted_out", topics__offers=False)

    for page in PAGES:
        assert ids(open_page(page, stopped)) == ["heed:start"]
    assert (
        build_menu(
            MAIN_PAGE,
            stopped,
            business=SHOP,
            replies=REPLIES,
            language="en",
            way_back=False,
            now=NOW,
        )
        is None
    )


def test_caps_are_chosen_for_everything_or_for_one_topic() -> None:
    overall = open_page(Page(PageKind.FREQUENCY), preferences(frequency="1/week"))
    topics = open_page(Page(PageKind.FREQUENCIES), EVERYTHING)
    one = open_page(Page(PageKind.FREQUENCY, "offers"), EVERYTHING)

    assert [(row.id, row.title, row.description) for row in overall.rows] == [
        ("heed:frequency:any", "No limit", ""),
        ("heed:frequency:1/day", "At most 1 a day", ""),
        ("heed:frequency:1/week", "At most 1 a week", "Your choice now"),
        ("heed:frequency:1/month", "At most 1 a month", ""),
        ("heed:menu:frequencies", "One topic only", ""),
        ("heed:preferences", "Back", ""),
    ]
    assert [(row.id, row.description) for row in topics.rows] == [
        ("heed:menu:frequency:offers", "At most 1 a week"),
        ("heed:menu:frequency:news", "No limit"),
        ("heed:menu:frequency:orders", "No limit"),
        ("heed:menu:frequency", ""),
    ]
    assert ids(one)[2] == "heed:frequency:1/week:offers"
    assert one.rows[2].description == "Your choice now"
    assert ids(one)[-1] == "heed:menu:frequencies"


def test_channels_are_those_of_the_business() -> None:
    here = Business("Shop", channels=())

    assert ids(open_page(Page(PageKind.CHANNEL))) == [
        "heed:channel:whatsapp",
        "heed:channel:sms",
        "heed:channel:email",
        "heed:channel:none",
        "heed:preferences",
    ]
    assert "heed:menu:channel" not in ids(open_page(business=here))


def test_pauses_that_the_policy_does_not_allow_are_not_offered() -> None:
    short = Business("Shop", policy=Policy(longest_pause_days=30))

    assert [one for one in ids(open_page(business=short)) if "pause" in one] == [
        "heed:pause:7",
        "heed:pause:30",
    ]


def test_forty_topics_are_each_reached_once_page_by_page() -> None:
    seen: list[str] = []
    page, visited = MAIN_PAGE, 0
    while page and visited < 20:
        visited += 1
        found = ids(open_page(page, business=MANY))
        seen += [one for one in found if one.startswith("heed:stop:")]
        later = [read_page(one) for one in found if one.startswith("heed:preferences:")]
        page = later[0] if later else None  # type: ignore[assignment]

    assert seen == [f"heed:stop:{one.id}" for one in MANY.topics]
    assert visited == 6


def test_caps_of_forty_topics_are_each_reached_once() -> None:
    seen: list[str] = []
    for number in range(1, 6):
        seen += ids(open_page(Page(PageKind.FREQUENCIES, number=number), business=MANY))

    opened = [one for one in seen if one.startswith("heed:menu:frequency:")]
    assert opened == [f"heed:menu:frequency:{one.id}" for one in MANY.topics]


def test_two_names_that_are_clipped_the_same_differ_in_the_small_print() -> None:
    rows = open_page(business=MANY).rows[:2]

    assert rows[0].title == rows[1].title
    assert all(row.title.endswith("…") for row in rows)
    assert "Sehr lange Bezeichnung eines Themas" in rows[0].description


def test_a_page_that_has_gone_is_the_first_one() -> None:
    assert open_page(Page(PageKind.MAIN, number=99)) == open_page()
    assert open_page(Page(PageKind.MAIN, number=99), business=MANY) == open_page(business=MANY)
    assert open_page(Page(PageKind.FREQUENCY, "gone")) == open_page()
    assert open_page(Page(PageKind.FREQUENCIES, number=9)) == open_page(Page(PageKind.FREQUENCIES))


@pytest.mark.parametrize("language", REPLIES.languages)
@pytest.mark.parametrize(
    ("business", "current"),
    [(SHOP, IN), (SHOP, EVERYTHING), (MANY, EVERYTHING), (Business("Bare"), Preferences())],
    ids=["shop", "all", "many", "bare"],
)
def test_every_list_is_within_every_limit_and_every_row_is_understood(
    language: str, business: Business, current: Preferences
) -> None:
    for page in PAGES:
        menu = open_page(page, current, business=business, language=language)

        sections = [
            Section(one.title, [Row(row.id, row.title, row.description) for row in one.rows])
            for one in menu.sections
        ]
        body = build_list(ADA, "Text", menu.button, sections)
        check_interactive(body["interactive"])
        assert measure_text(menu.button) <= BUTTON_LIMIT
        for row in menu.rows:
            assert len(row.id) <= 200
            assert measure_text(row.title) <= TITLE_LIMIT
            assert measure_text(row.description) <= DESCRIPTION_LIMIT
            assert "{" not in row.title + row.description
            is_command = row.id.split(":")[1] in {"stop", "start", "pause", "resume"}
            assert is_command or read_page(row.id) or read_choice(row.id, business) is not None


@pytest.mark.parametrize("name", ["", "\n", "\u202e", "\ud800", "{count}", "a" * 9999])
def test_no_name_breaks_a_list(name: str) -> None:
    odd = Business(name, topics=(Topic("odd", Category.MARKETING, names={"en": name}),))

    row = open_page(business=odd).rows[0]

    assert row.title.strip()
    row.title.encode("utf-8")
