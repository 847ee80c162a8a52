"""Read a notification: any JSON value in, what it says out; nothing here raises or guesses.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
360dialog passes Meta's Cloud API format through. One body may hold many entries, each many
changes, each many items (up to 1,000 updates); each is read on its own.
"""

import json
from typing import Any

from app.dialog360.parsing.fields import MalformedError, describe, text_at
from app.dialog360.parsing.findings import Change, Findings, read_change
from app.dialog360.parsing.identities import read_user_id_update
from app.dialog360.parsing.messages import read_message
from app.dialog360.parsing.preferences import read_preference
from app.dialog360.parsing.statuses import read_statuses
from app.domain.inbound import Ignored, Notification

_OBJECT = "whatsapp_business_account"
_FIELDS_WITH_ITEMS = frozenset({"messages", "user_preferences", "user_id_update"})
_STANDBY = "standby"
_UNKNOWN_FIELD = "unknown_field"
_EMPTY = Ignored("empty")

_IGNORED_FIELDS = {
    # What the business itself wrote, in the phone app or through another API.
    "message_echoes": "message_echo",
    "smb_message_echoes": "message_echo",
    # Old messages of a number that joins; a STOP of last year must not be replayed.
    "history": "history",
    "smb_app_state_sync": "app_state_sync",
    "messaging_handovers": "messaging_handover",
    "calls": "call",
}
_IGNORED_FIELD_PREFIXES = {
    "account_": "account_update",
    "message_template_": "template_update",
    "template_": "template_update",
    "phone_number_": "phone_number_update",
    "business_": "business_update",
    "group_": "group_update",
}


class NotJSONError(ValueError):
    """The body is no JSON text. The message never quotes it."""


def _read_long_integer(digits: str) -> int | None:
    # Enormous numbers are refused by int() (and would take long); none of them means anything.
    return int(digits) if len(digits) <= 20 else None  # noqa: PLR2004


_decoder = json.JSONDecoder(parse_constant=lambda _: None)
_patient_decoder = json.JSONDecoder(parse_constant=lambda _: None, parse_int=_read_long_integer)


def decode_body(raw: bytes) -> object:
    """Decode a body as leniently as is safe, so that an oddity in one item loses no other.

    Bytes that are no UTF-8 become U+FFFD, numbers that no computer holds and NaN become None.

    Raises:
        NotJSONError: it is not JSON, or it is nested deeper than Python can follow.
    """
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    try:
        try:
            return _decoder.decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # Only the limit on the length of an integer ends here.
            return _patient_decoder.decode(text)
    except (ValueError, RecursionError):
        raise NotJSONError("the body is not JSON") from None


def parse_notification(body: object) -> Notification:
    """Return everything that a decoded body says: items, what we leave alone, what is malformed."""
    found = Findings()
    if not isinstance(body, dict):
        found.add_problem("body", f"expected an object, found {describe(body)}")
    elif (body.get("object") or _OBJECT) != _OBJECT:
        found.add(Ignored("wrong_object"))
    elif "entry" in body:
        for entry, path in found.mappings_of(body["entry"], "entry"):
            _read_entry(entry, path, found)
    else:
        # The old hosted API put the value itself at the top; relays and archives still do.
        _read_value(body, "", read_change(body), found)
    if not (found.items or found.ignored or found.problems):
        found.add(_EMPTY)
    return found.freeze()


def _read_entry(entry: dict[str, Any], path: str, found: Findings) -> None:
    if "changes" not in entry:
        found.add(_EMPTY)
        return
    for change, change_path in found.mappings_of(entry["changes"], f"{path}.changes"):
        _read_field(change, change_path, found)


def _read_field(change: dict[str, Any], path: str, found: Findings) -> None:
    try:
        # Where somebody in between dropped the field, the value speaks for itself.
        field = text_at(change, "field") or "messages"
    except MalformedError as error:
        found.add_problem(path, error.what, below=error.path)
        return
    value = change.get("value")
    if field != _STANDBY and field not in _FIELDS_WITH_ITEMS:
        found.add(Ignored(_reason_to_ignore(field)))
    elif not isinstance(value, dict):
        found.add_problem(f"{path}.value", f"expected an object, found {describe(value)}")
    elif field == _STANDBY and isinstance(value.get(_STANDBY), dict):
        # Another app answers this person at present; what they say is said to the business all
        # the same, and a STOP may arrive only here.
        inner = value[_STANDBY]
        _read_value(inner, f"{path}.value.standby.", read_change(inner, outer=value), found)
    else:
        _read_value(value, f"{path}.value.", read_change(value), found)


def _reason_to_ignore(field: str) -> str:
    if field in _IGNORED_FIELDS:
        return _IGNORED_FIELDS[field]
    for prefix, reason in _IGNORED_FIELD_PREFIXES.items():
        if field.startswith(prefix):
            return reason
    return _UNKNOWN_FIELD


def _read_value(value: dict[str, Any], prefix: str, change: Change, found: Findings) -> None:
    """Read each list that the value has; `prefix` is its path, ready to be added to."""
    if _LISTS.isdisjoint(value):
        found.add(_EMPTY)
    if (statuses := value.get("statuses")) is not None:
        read_statuses(statuses, f"{prefix}statuses", change, found)
    for key, read in _READERS.items():
        if (items := value.get(key)) is not None:
            found.read_each(items, f"{prefix}{key}", read, change)
    for key, ignored in _IGNORED_LISTS.items():
        for _ in found.mappings_of(value.get(key) or [], f"{prefix}{key}"):
            found.add(ignored)


_READERS = {
    "messages": read_message,
    "user_preferences": read_preference,
    "user_id_update": read_user_id_update,
}
_IGNORED_LISTS = {
    "errors": Ignored("value_error"),
    "message_echoes": Ignored("message_echo"),
}
_LISTS = frozenset({"statuses", *_READERS, *_IGNORED_LISTS})
