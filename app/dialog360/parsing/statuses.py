"""Read `statuses[]`: what became of messages, ours and those of every other sender.

They are the bulk of the traffic (up to three for each message sent), and nearly all of them mean
nothing to us; so what is not ours is left alone after two lookups.
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
"""

from typing import Any

from app.dialog360.parsing.fields import MalformedError, describe, id_at, time_at
from app.dialog360.parsing.findings import Change, Findings
from app.dialog360.parsing.people import expect_recipient, read_ids
from app.domain.events import event_id_of
from app.domain.inbound import TRACKER_PREFIX, Ignored, MarketingSwitch, StatusUpdate

MARKETING_STOPPED_CODES = frozenset({131050, 498})
"""The person stopped marketing in WhatsApp: the Cloud API's code, and the old hosted API's."""

_KNOWN_STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
_STATUS = Ignored("status")
_UNKNOWN_STATUS = Ignored("status_unknown")


def read_statuses(values: object, path: str, change: Change, found: Findings) -> None:
    """Read each status, and keep those of our own messages and those that tell of a person."""
    if not isinstance(values, list):
        found.add_problem(path, f"expected a list, found {describe(values)}")
        return
    for position, value in enumerate(values):
        if not isinstance(value, dict):
            found.add_problem(f"{path}[{position}]", f"expected an object, found {describe(value)}")
        elif value.get("status") != "failed" and "biz_opaque_callback_data" not in value:
            found.ignored.append(_STATUS)
        else:
            _read_closely(value, f"{path}[{position}]", change, found)


def _read_closely(value: dict[str, Any], path: str, change: Change, found: Findings) -> None:
    tracker = value.get("biz_opaque_callback_data")
    is_ours = isinstance(tracker, str) and tracker.startswith(TRACKER_PREFIX)
    code = _marketing_stopped_code(value)
    if not is_ours and code is None:
        found.ignored.append(_STATUS)
        return
    try:
        if is_ours:
            found.add(_read_tracked(value))
        if code is not None:
            found.add(_read_refusal(value, code, change))
    except MalformedError as error:
        found.add_problem(path, error.what, below=error.path)


def _read_tracked(value: dict[str, Any]) -> StatusUpdate | Ignored:
    status = value.get("status")
    if not isinstance(status, str) or status not in _KNOWN_STATUSES:
        return _UNKNOWN_STATUS
    codes = _error_codes(value)
    return StatusUpdate(
        message_id=id_at(value, "id"),
        status=status,
        tracker=id_at(value, "biz_opaque_callback_data"),
        occurred_at=time_at(value),
        error_code=codes[0] if codes else None,
    )


def _marketing_stopped_code(value: dict[str, Any]) -> int | None:
    # A group has no marketing switch, and its "recipient" is nobody.
    if value.get("status") != "failed" or value.get("recipient_type") == "group":
        return None
    return next((code for code in _error_codes(value) if code in MARKETING_STOPPED_CODES), None)


def _error_codes(value: dict[str, Any]) -> list[int]:
    errors = value.get("errors")
    if not isinstance(errors, list):
        return []
    codes = [error.get("code") for error in errors if isinstance(error, dict)]
    return [code for code in codes if isinstance(code, int) and not isinstance(code, bool)]


def _read_refusal(value: dict[str, Any], code: int, change: Change) -> MarketingSwitch:
    ids = read_ids(value, "recipient_id", "recipient_user_id")
    return MarketingSwitch(
        key=event_id_of("status", id_at(value, "id"), str(code)),
        recipient=expect_recipient(change.profiles.complete_by_shared_id(ids), "recipient_id"),
        value="stopped",
        occurred_at=time_at(value),
        evidence=f"status {code}",
        phone_number_id=change.phone_number_id,
    )
