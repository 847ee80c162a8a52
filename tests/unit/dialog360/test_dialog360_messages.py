from typing import Any

import pytest

from app.dialog360 import messages
from app.dialog360.messages import Button, Row, Section, build_buttons, build_list, build_text
from app.domain.recipients import Recipient
from tests.payloads.samples import load_sample

ADA = Recipient(wa_id="447700900123", bsuid="GB.81726354908172635490")
ADA_BY_BSUID = Recipient(bsuid="GB.81726354908172635490")
TEXT = "You're unsubscribed. Reply START to opt back in."


def test_a_text_is_built_as_documented() -> None:
    answers = "wamid.HQYMNDQ3NzAwOTAwMTIzFQIAEhgUNjI4QjQ5RDk2RENERTk3QTQzMEQA"
    body = build_text(ADA, TEXT, tracker="optout-confirm:01JEXAMPLE", answers=answers)

    assert body == load_sample("send_request_text")


def test_a_person_without_a_number_is_reached_by_bsuid() -> None:
    assert build_text(ADA_BY_BSUID, TEXT) == load_sample("send_request_text_bsuid")


def test_reply_buttons_are_built_as_documented() -> None:
    buttons = [
        Button("pref:pause:7d", "Pause 7 days"),
        Button("pref:pause:30d", "Pause 30 days"),
        Button("pref:start", "Resubscribe"),
    ]
    body = build_buttons(
        ADA, "Messages are stopped. Want a break instead?", buttons, footer="Example Brand"
    )

    assert body == load_sample("send_request_reply_buttons")


def test_a_list_is_built_as_documented() -> None:
    rows = [
        Row("pref:topic:orders", "Order updates", "Delivery and payment notices"),
        Row("pref:topic:offers", "Offers", "Promotions, at most weekly"),
    ]
    body = build_list(
        ADA,
        "What would you like to receive?",
        "Choose",
        [Section("Topics", rows)],
        header="Preferences",
        footer="Example Brand",
    )

    assert body == load_sample("send_request_list")


def test_trackers_and_answers_go_with_every_kind() -> None:
    for body in (
        build_buttons(ADA, "?", [Button("a", "A")], tracker="heed:1", answers="wamid.1"),
        build_list(
            ADA, "?", "?", [Section("", [Row("a", "A")])], tracker="heed:1", answers="wamid.1"
        ),
    ):
        assert body["biz_opaque_callback_data"] == "heed:1"
        assert body["context"] == {"message_id": "wamid.1"}


def rows(count: int, start: int = 0) -> list[Row]:
    return [Row(str(number), str(number)) for number in range(start, start + count)]


def text(length: int) -> dict[str, Any]:
    return build_text(ADA, "x" * length)


def button(identity: int = 1, title: int = 1, body: int = 1, footer: int = 0) -> dict[str, Any]:
    buttons = [Button("i" * identity, "t" * title)]
    return build_buttons(ADA, "x" * body, buttons, footer="f" * footer)


def one_row(identity: int = 1, title: int = 1, description: int = 0) -> dict[str, Any]:
    row = Row("i" * identity, "t" * title, "d" * description)
    return build_list(ADA, "x", "Choose", [Section("", [row])])


def listed(
    body: int = 1, choose: int = 1, title: int = 1, header: int = 0, footer: int = 0
) -> dict[str, Any]:
    sections = [Section("s" * title, rows(1))]
    return build_list(
        ADA, "x" * body, "c" * choose, sections, header="h" * header, footer="f" * footer
    )


LIMITS = [
    (text, {}, messages.LONGEST_TEXT),
    (button, "body", messages.LONGEST_INTERACTIVE_BODY),
    (button, "identity", messages.LONGEST_BUTTON_ID),
    (button, "title", messages.LONGEST_BUTTON_TITLE),
    (button, "footer", messages.LONGEST_FOOTER),
    (listed, "body", messages.LONGEST_LIST_BODY),
    (listed, "choose", messages.LONGEST_LIST_BUTTON),
    (listed, "title", messages.LONGEST_SECTION_TITLE),
    (listed, "header", messages.LONGEST_HEADER),
    (listed, "footer", messages.LONGEST_FOOTER),
    (one_row, "identity", messages.LONGEST_ROW_ID),
    (one_row, "title", messages.LONGEST_ROW_TITLE),
    (one_row, "description", messages.LONGEST_ROW_DESCRIPTION),
]


@pytest.mark.parametrize(("build", "field", "limit"), LIMITS)
def test_a_limit_may_be_reached_and_not_passed(build: Any, field: Any, limit: int) -> None:
    name = field or "length"
    build(**{name: limit})

    with pytest.raises(ValueError, match=f"at most {limit} are allowed"):
        build(**{name: limit + 1})


def build_sections(*sections: Section) -> dict[str, Any]:
    return build_list(ADA, "x", "Choose", sections)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: build_text(ADA, " "), "the text is empty"),
        (lambda: build_text(ADA, "x", tracker="t" * 513), "the tracker has 513"),
        (lambda: build_buttons(ADA, "x", []), "0 buttons"),
        (
            lambda: build_buttons(ADA, "x", [Button(str(n), str(n)) for n in range(4)]),
            "4 buttons",
        ),
        (
            lambda: build_buttons(ADA, "x", [Button("a", "A"), Button("a", "B")]),
            "the button ids are not unique",
        ),
        (
            lambda: build_buttons(ADA, "x", [Button("a", "A"), Button("b", "A")]),
            "the button titles are not unique",
        ),
        (build_sections, "0 sections"),
        (lambda: build_sections(Section("s", [])), "0 rows"),
        (lambda: build_sections(Section("s", rows(11))), "11 rows"),
        (lambda: build_sections(Section("a", rows(6)), Section("b", rows(6, 6))), "12 rows"),
        (lambda: build_sections(Section("a", rows(1)), Section("b", rows(1))), "not unique"),
        (lambda: build_sections(Section("a", rows(1)), Section("", rows(1, 1))), "is empty"),
        (lambda: build_sections(Section("a", rows(1)), Section("b", [])), "0 rows of a section"),
        (
            lambda: build_sections(*[Section(str(n), rows(1, n)) for n in range(11)]),
            "11 sections",
        ),
    ],
)
def test_what_the_platform_would_refuse_is_not_built(build: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        build()


def test_an_error_never_quotes_the_text() -> None:
    with pytest.raises(ValueError) as caught:
        build_text(ADA, "secret" * 1000)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "limit", "expected"),
    [("Offers", 6, "Offers"), ("Offers and news", 8, "Offers…"), ("Angebote", 5, "Ange…")],
)
def test_a_label_is_cut_with_an_ellipsis(given: str, limit: int, expected: str) -> None:
    assert messages.truncate(given, limit) == expected
