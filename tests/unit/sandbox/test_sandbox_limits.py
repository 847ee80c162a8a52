"""Each limit of the messages API: at the limit accepted, one past it refused with Meta's code."""

from typing import Any

import pytest

from sandbox.catalogue import Catalogue
from sandbox.errors import LimitError
from sandbox.limits import check_message
from tests.unit.sandbox.client import (
    ADA_BSUID,
    buttons,
    interactive,
    link_action,
    list_action,
    template_message,
    text_message,
    with_button,
)

catalogue = Catalogue()


def header(**fields: Any) -> dict[str, Any]:
    return {"header": fields}


ACCEPTED: dict[str, dict[str, Any]] = {
    "longest text": text_message(text={"body": "x" * 4096, "preview_url": True}),
    "number without plus": text_message(to="447700900123"),
    "number with spaces": text_message(to="+44 7700 900123"),
    "bsuid": text_message(to=None, recipient=ADA_BSUID),
    "to wins over recipient": text_message(recipient="nonsense"),
    "longest callback data": text_message(biz_opaque_callback_data="x" * 512),
    "reply to a message": text_message(context={"message_id": "wamid.x"}),
    "three buttons": interactive("button", buttons(3)),
    "longest button": interactive("button", buttons(id="i" * 256, title="t" * 20)),
    "longest body": interactive("button", buttons(), body={"text": "x" * 1024}),
    "longest header": interactive("button", buttons(), **header(type="text", text="x" * 60)),
    "image header": interactive("button", buttons(), **header(type="image", image={"id": "1"})),
    "longest footer": interactive("button", buttons(), footer={"text": "x" * 60}),
    "ten rows": interactive("list", list_action(10)),
    "ten sections": interactive("list", list_action(1, 10)),
    "longest row": interactive(
        "list", list_action(id="i" * 200, title="t" * 24, description="d" * 72)
    ),
    "longest list body": interactive("list", list_action(), body={"text": "x" * 4096}),
    "longest link text": interactive("cta_url", link_action(display_text="x" * 20)),
    "contact request": interactive("request_contact_info", {"name": "request_contact_info"}),
    "template": template_message(),
    "template with payload": with_button(template_message()),
    "image": text_message(type="image", image={"link": "https://example.com/a.png"}),
}

REFUSED: dict[str, tuple[int, Any]] = {
    "not an object": (100, ["text"]),
    "no product": (100, {"to": "+447700900123", "type": "text", "text": {"body": "x"}}),
    "other product": (100, text_message(messaging_product="sms")),
    "group": (100, text_message(recipient_type="group")),
    "nobody": (131008, text_message(to=None)),
    "bsuid in to": (131009, text_message(to=ADA_BSUID)),
    "word in to": (131009, text_message(to="Ada")),
    "number in to": (100, text_message(to=447700900123)),
    "number in recipient": (131009, text_message(to=None, recipient="447700900123")),
    "parent bsuid": (131009, text_message(to=None, recipient="GB.ENT.123")),
    "unknown type": (100, text_message(type="poll")),
    "wrong type of type": (100, text_message(type=["text"])),
    "no text": (131008, text_message(text=None)),
    "text not an object": (100, text_message(text="Hello")),
    "no body": (131008, text_message(text={})),
    "blank body": (131009, text_message(text={"body": " \n"})),
    "body not a string": (100, text_message(text={"body": 5})),
    "long body": (131009, text_message(text={"body": "x" * 4097})),
    "preview not a flag": (100, text_message(text={"body": "x", "preview_url": "yes"})),
    "long callback data": (131009, text_message(biz_opaque_callback_data="x" * 513)),
    "context without id": (131008, text_message(context={})),
    "unknown interactive": (131009, interactive("carousel", {})),
    "no action": (
        131008,
        text_message(type="interactive", interactive={"type": "button", "body": {"text": "x"}}),
    ),
    "no buttons": (131009, interactive("button", {"buttons": []})),
    "four buttons": (131009, interactive("button", buttons(4))),
    "same button ids": (131009, interactive("button", buttons(2, id="same"))),
    "long button title": (131009, interactive("button", buttons(title="t" * 21))),
    "long button id": (131009, interactive("button", buttons(id="i" * 257))),
    "button without title": (131008, interactive("button", buttons(title=None))),
    "long interactive body": (131009, interactive("button", buttons(), body={"text": "x" * 1025})),
    "long header": (131009, interactive("button", buttons(), **header(type="text", text="x" * 61))),
    "image header of a list": (131009, interactive("list", list_action(), **header(type="image"))),
    "long footer": (131009, interactive("button", buttons(), footer={"text": "x" * 61})),
    "eleven rows": (131009, interactive("list", list_action(11))),
    "eleven rows in two sections": (131009, interactive("list", list_action(6, 2))),
    "eleven sections": (131009, interactive("list", list_action(1, 11))),
    "same row ids": (131009, interactive("list", list_action(2, id="same"))),
    "long row title": (131009, interactive("list", list_action(title="t" * 25))),
    "long row id": (131009, interactive("list", list_action(id="i" * 201))),
    "long row description": (131009, interactive("list", list_action(description="d" * 73))),
    "long list button": (131009, interactive("list", {**list_action(), "button": "x" * 21})),
    "long list body": (131009, interactive("list", list_action(), body={"text": "x" * 4097})),
    "long link text": (131009, interactive("cta_url", link_action(display_text="x" * 21))),
    "link elsewhere": (131009, interactive("cta_url", link_action(url="javascript:alert(1)"))),
    "unknown template": (132001, template_message("autumn_offer")),
    "parameters missing": (132000, template_message("spring_offer", "Ada", "again")),
    "button that is not there": (131009, with_button(template_message(), index="2")),
    "url button": (131009, with_button(template_message(), sub_type="url")),
    "two payloads": (131009, with_button(template_message(), parameters=[{}, {}])),
    "image without file": (131008, text_message(type="image", image={})),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_within_every_limit_is_accepted(body: dict[str, Any]) -> None:
    checked = check_message(body, catalogue.find)

    assert checked.address == (body.get("to") or body["recipient"])


@pytest.mark.parametrize(("code", "body"), REFUSED.values(), ids=REFUSED)
def test_what_is_past_a_limit_is_refused_with_its_code(code: int, body: Any) -> None:
    with pytest.raises(LimitError) as refused:
        check_message(body, catalogue.find)

    assert refused.value.code == code
    assert "Ada" not in refused.value.details


def test_a_section_needs_a_title_when_there_are_two() -> None:
    body = interactive("list", list_action(1, 2))
    del body["interactive"]["action"]["sections"][1]["title"]

    with pytest.raises(LimitError, match="title"):
        check_message(body, catalogue.find)
