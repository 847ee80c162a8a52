"""Build bodies for `POST /messages`, within the limits that WhatsApp sets.

https://docs.360dialog.com/docs/messaging-api/api-reference/messages
A limit that is broken here is a ValueError before anything leaves: the platform would refuse the
whole message, and a person would go without their confirmation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.recipients import Recipient

LONGEST_TEXT = 4096
LONGEST_INTERACTIVE_BODY = 1024
LONGEST_LIST_BODY = 4096
LONGEST_HEADER = 60
LONGEST_FOOTER = 60
LONGEST_TRACKER = 512

MOST_BUTTONS = 3
LONGEST_BUTTON_ID = 256
LONGEST_BUTTON_TITLE = 20

LONGEST_LIST_BUTTON = 20
MOST_SECTIONS = 10
MOST_ROWS = 10
LONGEST_SECTION_TITLE = 24
LONGEST_ROW_ID = 200
LONGEST_ROW_TITLE = 24
LONGEST_ROW_DESCRIPTION = 72

LONGEST_CTA_BODY = 1024
LONGEST_CTA_TEXT = 20

MOST_TEMPLATE_BUTTONS = 10
LONGEST_TEMPLATE_LABEL = 25
# Not documented any more; longer ones have been refused.
LONGEST_TEMPLATE_PAYLOAD = 128

_ELLIPSIS = "…"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """A reply button: `id` comes back as `button_id`, `title` is what the person sees."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One choice of a list."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading; the title may be empty if it is the only section."""

    title: str
    rows: Sequence[Row]


def build_text(
    recipient: Recipient, text: str, *, tracker: str | None = None, answers: str | None = None
) -> Body:
    """Build a text message without a link preview.

    Raises:
        ValueError: the text is empty, or something is too long.
    """
    _check("text", text, LONGEST_TEXT)
    content = {"preview_url": False, "body": text}
    return _build(recipient, "text", content, tracker=tracker, answers=answers)


def build_buttons(
    recipient: Recipient,
    text: str,
    buttons: Sequence[Button],
    *,
    footer: str | None = None,
    tracker: str | None = None,
    answers: str | None = None,
) -> Body:
    """Build a message with one to three reply buttons.

    Raises:
        ValueError: a limit is broken, or two buttons share their id or title.
    """
    _check("text", text, LONGEST_INTERACTIVE_BODY)
    _check_count("buttons", len(buttons), MOST_BUTTONS)
    for button in buttons:
        _check("button id", button.id, LONGEST_BUTTON_ID)
        _check("button title", button.title, LONGEST_BUTTON_TITLE)
    _check_unique("button ids", [button.id for button in buttons])
    _check_unique("button titles", [button.title for button in buttons])
    replies = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}} for button in buttons
    ]
    content = _interactive("button", text, {"buttons": replies}, footer=footer)
    return _build(recipient, "interactive", content, tracker=tracker, answers=answers)


def build_list(
    recipient: Recipient,
    text: str,
    button: str,
    sections: Sequence[Section],
    *,
    header: str | None = None,
    footer: str | None = None,
    tracker: str | None = None,
    answers: str | None = None,
) -> Body:
    """Build a message with a list of choices that opens by the button.

    Raises:
        ValueError: a limit is broken, or two rows share their id.
    """
    _check("text", text, LONGEST_LIST_BODY)
    _check("list button", button, LONGEST_LIST_BUTTON)
    _check_sections(sections)
    action = {"button": button, "sections": [_section_to_wire(section) for section in sections]}
    content = _interactive("list", text, action, header=header, footer=footer)
    return _build(recipient, "interactive", content, tracker=tracker, answers=answers)


def build_template(
    recipient: Recipient,
    name: str,
    language: str,
    values: Sequence[str],
    *,
    button_id: str,
    tracker: str | None = None,
) -> Body:
    """Build a template with values for its body, and the payload of its first quick reply.

    Raises:
        ValueError: a limit is broken.
    """
    _check("payload", button_id, LONGEST_TEMPLATE_PAYLOAD)
    components = [
        {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": button_id}],
        },
    ]
    content = {"name": name, "language": {"code": language}, "components": components}
    return _build(recipient, "template", content, tracker=tracker, answers=None)


def truncate(text: str, limit: int) -> str:
    """Return the text, cut to the limit with an ellipsis where it is longer.

    For labels that come from configuration or data; what a person must read in full belongs into
    a text that fits.
    """
    if len(text) <= limit:
        return text
    return text[: limit - len(_ELLIPSIS)].rstrip() + _ELLIPSIS


def _build(
    recipient: Recipient,
    kind: str,
    content: Mapping[str, Any],
    *,
    tracker: str | None,
    answers: str | None,
) -> Body:
    body: Body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(recipient),
        "type": kind,
        kind: content,
    }
    if tracker:
        _check("tracker", tracker, LONGEST_TRACKER)
        body["biz_opaque_callback_data"] = tracker
    if answers:
        body["context"] = {"message_id": answers}
    return body


def _address(recipient: Recipient) -> dict[str, str]:
    # With both, `to` would win. Without the plus, Meta may take the number for a national one and
    # put the business's own country code in front.
    if recipient.wa_id:
        return {"to": f"+{recipient.wa_id}"}
    return {"recipient": recipient.bsuid or ""}


def _interactive(
    kind: str,
    text: str,
    action: Mapping[str, Any],
    *,
    header: str | None = None,
    footer: str | None = None,
) -> Body:
    content: Body = {"type": kind}
    if header:
        _check("header", header, LONGEST_HEADER)
        content["header"] = {"type": "text", "text": header}
    content["body"] = {"text": text}
    if footer:
        _check("footer", footer, LONGEST_FOOTER)
        content["footer"] = {"text": footer}
    return {**content, "action": action}


def _section_to_wire(section: Section) -> Body:
    rows = [
        {"id": row.id, "title": row.title}
        | ({"description": row.description} if row.description else {})
        for row in section.rows
    ]
    return ({"title": section.title} if section.title else {}) | {"rows": rows}


def _check_sections(sections: Sequence[Section]) -> None:
    rows = [row for section in sections for row in section.rows]
    _check_count("sections", len(sections), MOST_SECTIONS)
    _check_count("rows", len(rows), MOST_ROWS)
    _check_unique("row ids", [row.id for row in rows])
    for section in sections:
        _check_count("rows of a section", len(section.rows), MOST_ROWS)
        if section.title or len(sections) > 1:
            _check("section title", section.title, LONGEST_SECTION_TITLE)
    for row in rows:
        _check("row id", row.id, LONGEST_ROW_ID)
        _check("row title", row.title, LONGEST_ROW_TITLE)
        if row.description:
            _check("row description", row.description, LONGEST_ROW_DESCRIPTION)


def _check(what: str, text: str, limit: int) -> None:
    # The text itself stays out of the message: it may name a person.
    if not text.strip():
        raise ValueError(f"the {what} is empty")
    if len(text) > limit:
        raise ValueError(f"the {what} has {len(text)} characters, at most {limit} are allowed")


def _check_count(what: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise ValueError(f"{count} {what}, from 1 to {most} are allowed")


def _check_unique(what: str, values: Sequence[str]) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"the {what} are not unique")
