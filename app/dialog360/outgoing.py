"""Read what a sender wants to send: to whom, and whether it is a template (protocol 3.1).

The bytes are passed on as they came, so what is read here must be what WhatsApp will read. Where
two readers could differ (a name that stands twice, a recipient in two places), the request is
refused or the stricter reading counts.
https://docs.360dialog.com/docs/messaging-api/api-reference/messages
"""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from app.domain.outgoing import Outgoing, OutgoingKind
from app.domain.recipients import Recipient, RecipientError, parse_recipient

INVALID_PARAMETER, PARAMETER_MISSING, VALUE_NOT_VALID = 100, 131008, 131009

# A request that has nothing else says that a message was read, and perhaps that somebody types.
_READ_RECEIPT = frozenset({"messaging_product", "status", "message_id", "typing_indicator"})
_LONGEST_NAME = 512


class OutgoingError(ValueError):
    """The request can not be passed on. `code` is Meta's; the text never quotes the request."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


def read_outgoing(raw: bytes, *, is_whole_number: Callable[[str], bool]) -> Outgoing:
    """Return what the body of `POST /messages` asks for.

    `is_whole_number` tells whether digits can be a number with its country code: WhatsApp may put
    the business's own code before digits that have none, and then another person gets the message
    than the one who was looked up.

    Raises:
        OutgoingError: it is not JSON, names nobody, or names a group.
    """
    body = _decode(raw)
    if set(body) <= _READ_RECEIPT and body.get("status") == "read":
        return Outgoing(OutgoingKind.SIGNAL)
    if body.get("recipient_type") not in {None, "individual"}:
        _refuse(
            VALUE_NOT_VALID,
            "recipient_type must be individual: a group has no preferences that could be asked.",
        )
    recipient = _recipient_of(body, is_whole_number)
    # WhatsApp goes by the type; a template that hides behind another one is a template to us.
    if "template" in body or body.get("type") == "template":
        name, language = _template_of(body.get("template"))
        return Outgoing(OutgoingKind.TEMPLATE, recipient, name, language)
    if body.get("type") == "reaction":
        return Outgoing(OutgoingKind.SIGNAL, recipient)
    return Outgoing(OutgoingKind.FREE_FORM, recipient)


def _decode(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw.decode("utf-8"), object_pairs_hook=_object_of)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        _refuse(
            INVALID_PARAMETER,
            "The body must be a JSON object in UTF-8 in which no name stands twice.",
        )
    return body


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _recipient_of(body: dict[str, Any], is_whole_number: Callable[[str], bool]) -> Recipient:
    # Where both are given, WhatsApp sends to the phone number.
    name = "to" if body.get("to") is not None else "recipient"
    given = body.get(name)
    if given is None:
        _refuse(PARAMETER_MISSING, "to is missing: a phone number, or a BSUID in recipient.")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    try:
        recipient = parse_recipient(given if isinstance(given, str) else "")
    except RecipientError as error:
        raise OutgoingError(VALUE_NOT_VALID, f"{name} is {error}.") from None
    if recipient.wa_id and not _has_plain_digits(str(given)):
        # Other readers leave out digits of other scripts, and then it is another number.
        _refuse(VALUE_NOT_VALID, f"{name} has other digits than 0 to 9.")
    has_prefix = isinstance(given, str) and given.strip().startswith(("+", "00"))
    if recipient.wa_id and not has_prefix and not is_whole_number(recipient.wa_id):
        _refuse(VALUE_NOT_VALID, f"{name} has no country code that fits: write +<code><number>.")
    return recipient


def _has_plain_digits(number: str) -> bool:
    return all(one.isascii() for one in number if one.isdecimal())


def _template_of(template: object) -> tuple[str | None, str | None]:
    if not isinstance(template, dict):
        return None, None
    language = template.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    return _name(template.get("name")), _name(code)


def _name(value: object) -> str | None:
    """Return a name that can be looked up; whatever else it is, no template is called so."""
    is_name = isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isascii()
    return str(value) if is_name else None


def _refuse(code: int, details: str) -> NoReturn:
    raise OutgoingError(code, details)
