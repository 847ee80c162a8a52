"""The limits of interactive messages: reply buttons, lists, one link, a request for the number."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.errors import LimitError
from sandbox.fields import (
    BAD_VALUE,
    read_choice,
    read_list,
    read_object,
    read_optional_object,
    read_optional_text,
    read_text,
    refuse_repeats,
)

MOST_BODY: Final = 1024
MOST_LIST_BODY: Final = 4096
MOST_HEADER: Final = 60
MOST_BUTTONS: Final = 3
MOST_BUTTON_TITLE: Final = 20
MOST_BUTTON_ID: Final = 256
MOST_SECTIONS: Final = 10
MOST_ROWS: Final = 10
MOST_ROW_TITLE: Final = 24
MOST_ROW_ID: Final = 200
MOST_ROW_DESCRIPTION: Final = 72


def check_interactive(interactive: dict[str, Any]) -> None:
    """Check one interactive message; raises LimitError."""
    kind = read_choice(interactive, "type", "interactive.type", tuple(_ACTIONS))
    most = MOST_LIST_BODY if kind == "list" else MOST_BODY
    body = read_object(interactive, "body", "interactive.body")
    read_text(body, "text", "interactive.body.text", at_most=most)
    check_header(interactive)
    footer = read_optional_object(interactive, "footer", "interactive.footer")
    if footer is not None:
        read_text(footer, "text", "interactive.footer.text", at_most=MOST_HEADER)
    _ACTIONS[kind](read_object(interactive, "action", "interactive.action"))


def check_header(interactive: dict[str, Any]) -> None:
    """Check the header; only reply buttons may have one that is not text."""
    header = read_optional_object(interactive, "header", "interactive.header")
    if header is None:
        return
    has_media = interactive["type"] == "button"
    kinds = ("text", "image", "video", "document") if has_media else ("text",)
    kind = read_choice(header, "type", "interactive.header.type", kinds)
    if kind == "text":
        read_text(header, "text", "interactive.header.text", at_most=MOST_HEADER)
    else:
        read_object(header, kind, f"interactive.header.{kind}")


def check_buttons(action: dict[str, Any]) -> None:
    """Check one to three reply buttons with ids of their own."""
    path = "interactive.action.buttons"
    ids = []
    for button in read_list(action, "buttons", path, at_most=MOST_BUTTONS):
        read_choice(button, "type", f"{path}.type", ("reply",))
        reply = read_object(button, "reply", f"{path}.reply")
        ids.append(read_text(reply, "id", f"{path}.reply.id", at_most=MOST_BUTTON_ID))
        read_text(reply, "title", f"{path}.reply.title", at_most=MOST_BUTTON_TITLE)
    refuse_repeats(ids, f"{path}.reply.id")


def check_list(action: dict[str, Any]) -> None:
    """Check the sections and rows of a list."""
    read_text(action, "button", "interactive.action.button", at_most=MOST_BUTTON_TITLE)
    path = "interactive.action.sections"
    sections = read_list(action, "sections", path, at_most=MOST_SECTIONS)
    ids: list[str] = []
    for section in sections:
        title = read_optional_text(section, "title", f"{path}.title", at_most=MOST_ROW_TITLE)
        if len(sections) > 1 and not title:
            raise LimitError(BAD_VALUE, f"{path}.title is required with more than one section")
        ids += check_rows(section)
    if len(ids) > MOST_ROWS:
        raise LimitError(BAD_VALUE, f"{path} have {len(ids)} rows together, at most {MOST_ROWS}")
    refuse_repeats(ids, f"{path}.rows.id")


def check_rows(section: dict[str, Any]) -> list[str]:
    """Check the rows of one section and return their ids."""
    path = "interactive.action.sections.rows"
    ids = []
    for row in read_list(section, "rows", path, at_most=1000):
        ids.append(read_text(row, "id", f"{path}.id", at_most=MOST_ROW_ID))
        read_text(row, "title", f"{path}.title", at_most=MOST_ROW_TITLE)
        read_optional_text(row, "description", f"{path}.description", at_most=MOST_ROW_DESCRIPTION)
    return ids


def check_link(action: dict[str, Any]) -> None:
    """Check a button that opens a page."""
    read_choice(action, "name", "interactive.action.name", ("cta_url",))
    path = "interactive.action.parameters"
    parameters = read_object(action, "parameters", path)
    read_text(parameters, "display_text", f"{path}.display_text", at_most=MOST_BUTTON_TITLE)
    url = read_text(parameters, "url", f"{path}.url", at_most=2000)
    if not url.startswith(("https://", "http://")):
        raise LimitError(BAD_VALUE, f"{path}.url must be a web address")


def check_contact_request(action: dict[str, Any]) -> None:
    """Check a request for the person's phone number."""
    read_choice(action, "name", "interactive.action.name", ("request_contact_info",))


_ACTIONS: Final[Mapping[str, Callable[[dict[str, Any]], None]]] = {
    "button": check_buttons,
    "list": check_list,
    "cta_url": check_link,
    "request_contact_info": check_contact_request,
}
