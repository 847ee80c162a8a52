"""The limits that the messages API puts on a request.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
and the pages of each kind of message there. Pure: a body in, an address and a kind out, or a
LimitError.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.catalogue import Template
from sandbox.errors import LimitError
from sandbox.fields import (
    BAD_VALUE,
    MISSING,
    WRONG_TYPE,
    read_choice,
    read_flag,
    read_list,
    read_object,
    read_optional_object,
    read_optional_text,
    read_text,
)
from sandbox.interactive import check_interactive
from sandbox.people import BSUID_PATTERN, normalize_address

MOST_TEXT: Final = 4096
MOST_CAPTION: Final = 1024
MOST_CALLBACK_DATA: Final = 512
MOST_TEMPLATE_BUTTONS: Final = 10
LONGEST_ID: Final = 1000

FindTemplate = Callable[[str, str], Template | None]


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """A request that is within every limit.

    `address` is the recipient as it was given; `template` is set for templates only, which need
    no open window.
    """

    address: str
    kind: str
    template: Template | None
    callback_data: str | None


def check_message(body: Any, find_template: FindTemplate) -> CheckedMessage:
    """Return what a request sends to whom; raises LimitError with Meta's code."""
    if not isinstance(body, dict):
        raise LimitError(WRONG_TYPE, "the body must be a JSON object")
    check_product(body)
    address = check_recipient(body)
    callback_data = check_callback_data(body)
    context = read_optional_object(body, "context", "context")
    if context is not None:
        read_text(context, "message_id", "context.message_id", at_most=LONGEST_ID)
    kind = body.get("type", "text")
    if kind == "template":
        sent = read_object(body, "template", "template")
        template = check_template(sent, find_template)
        return CheckedMessage(address, kind, template, callback_data)
    if not isinstance(kind, str) or kind not in _CHECKS:
        raise LimitError(WRONG_TYPE, f"type must be one of template, {', '.join(_CHECKS)}")
    _CHECKS[kind](body)
    return CheckedMessage(address, kind, None, callback_data)


def check_product(body: Mapping[str, Any]) -> None:
    """Check the fields that every request has."""
    if body.get("messaging_product") != "whatsapp":
        raise LimitError(WRONG_TYPE, 'messaging_product is required and must be "whatsapp"')
    if body.get("recipient_type", "individual") != "individual":
        raise LimitError(WRONG_TYPE, 'recipient_type must be "individual"')


def check_recipient(body: Mapping[str, Any]) -> str:
    """Return the recipient as given: `to` wins over `recipient`, as at Meta."""
    if body.get("to") is not None:
        to = read_text(body, "to", "to", at_most=100)
        if BSUID_PATTERN.fullmatch(to.strip()) or normalize_address(to) is None:
            raise LimitError(BAD_VALUE, "to must be a phone number; a BSUID goes into recipient")
        return to
    if body.get("recipient") is not None:
        recipient = read_text(body, "recipient", "recipient", at_most=200)
        if not BSUID_PATTERN.fullmatch(recipient):
            raise LimitError(BAD_VALUE, "recipient must be a BSUID such as GB.1234")
        return recipient
    raise LimitError(MISSING, "to is required, or recipient for a BSUID")


def check_callback_data(body: Mapping[str, Any]) -> str | None:
    """Return the text that statuses echo."""
    value = body.get("biz_opaque_callback_data")
    if value is None:
        return None
    return read_text(
        body, "biz_opaque_callback_data", "biz_opaque_callback_data", at_most=MOST_CALLBACK_DATA
    )


def check_text(body: Mapping[str, Any]) -> None:
    """Check a text message."""
    text = read_object(body, "text", "text")
    read_text(text, "body", "text.body", at_most=MOST_TEXT)
    read_flag(text, "preview_url", "text.preview_url")


def check_media(kind: str) -> Callable[[Mapping[str, Any]], None]:
    """Return the check of one kind of media message."""

    def check(body: Mapping[str, Any]) -> None:
        media = read_object(body, kind, kind)
        if media.get("id") is None and media.get("link") is None:
            raise LimitError(MISSING, f"{kind} needs an id or a link")
        read_optional_text(media, "caption", f"{kind}.caption", at_most=MOST_CAPTION)

    return check


def check_reaction(body: Mapping[str, Any]) -> None:
    """Check a reaction; an empty emoji takes the reaction back."""
    reaction = read_object(body, "reaction", "reaction")
    read_text(reaction, "message_id", "reaction.message_id", at_most=LONGEST_ID)
    if not isinstance(reaction.get("emoji", ""), str):
        raise LimitError(WRONG_TYPE, "reaction.emoji must be a string")


def check_location(body: Mapping[str, Any]) -> None:
    """Check a place."""
    location = read_object(body, "location", "location")
    for key in ("latitude", "longitude"):
        if location.get(key) is None:
            raise LimitError(MISSING, f"location.{key} is required")


def check_contacts(body: Mapping[str, Any]) -> None:
    """Check contact cards."""
    read_list(body, "contacts", "contacts", at_most=257)


def check_template(template: dict[str, Any], find_template: FindTemplate) -> Template:
    """Return the template that is sent; its parameters must fit what was approved."""
    name = read_text(template, "name", "template.name", at_most=512)
    language = read_object(template, "language", "template.language")
    code = read_text(language, "code", "template.language.code", at_most=20)
    found = find_template(name, code)
    if found is None:
        raise LimitError(132001, "no template has this name in this language")
    components: list[dict[str, Any]] = []
    if template.get("components") is not None:
        components = read_list(
            template, "components", "template.components", at_least=0, at_most=30
        )
    given = 0
    for component in components:
        kind = str(component.get("type", "")).lower()
        if kind == "body":
            given = len(read_list(component, "parameters", "body parameters", at_most=1000))
        elif kind == "button":
            check_template_button(component, found)
    if given != found.placeholders:
        raise LimitError(
            132000, f"the body takes {found.placeholders} parameters and {given} were given"
        )
    return found


def check_template_button(component: dict[str, Any], template: Template) -> None:
    """Check the payload that is set for one quick reply."""
    path = "template button"
    read_choice(component, "sub_type", f"{path} sub_type", ("quick_reply",))
    index = str(component.get("index", ""))
    last = min(len(template.quick_replies), MOST_TEMPLATE_BUTTONS) - 1
    if index not in {str(position) for position in range(last + 1)}:
        raise LimitError(BAD_VALUE, f"{path} index must be from 0 to {last}")
    for parameter in read_list(component, "parameters", f"{path} parameters", at_most=1):
        read_choice(parameter, "type", f"{path} parameter type", ("payload",))
        read_text(parameter, "payload", f"{path} payload", at_most=LONGEST_ID)


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = {
    "text": check_text,
    "interactive": lambda body: check_interactive(read_object(body, "interactive", "interactive")),
    **{kind: check_media(kind) for kind in ("image", "video", "audio", "document", "sticker")},
    "reaction": check_reaction,
    "location": check_location,
    "contacts": check_contacts,
}
