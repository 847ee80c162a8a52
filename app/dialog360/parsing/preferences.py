"""Read `user_preferences[]`: the person's own marketing switch in WhatsApp's settings.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
"""

from datetime import datetime
from typing import Any

from app.dialog360.parsing.fields import optional_id_at, text_at, time_at
from app.dialog360.parsing.findings import Change
from app.dialog360.parsing.people import Ids, expect_recipient, read_ids
from app.domain.events import event_id_of
from app.domain.inbound import Ignored, MarketingSwitch, Signup
from app.domain.times import to_milliseconds

_MARKETING = "marketing_messages"
_SWITCH_VALUES = {"stop": "stopped", "resume": "allowed"}
_SIGNUP = "signup"
_UNKNOWN_CATEGORY = Ignored("preference_category_unknown")
_UNKNOWN_VALUE = Ignored("preference_value_unknown")


def read_preference(value: dict[str, Any], change: Change) -> MarketingSwitch | Signup | Ignored:
    """Read one preference.

    Raises:
        MalformedError: it says not what, who or when.
    """
    if text_at(value, "category") != _MARKETING:
        return _UNKNOWN_CATEGORY
    if text_at(value, "value") == _SIGNUP:
        return _read_signup(value, change)
    return read_switch(
        text_at(value, "value"),
        ids=change.profiles.complete_by_shared_id(read_ids(value, "wa_id", "user_id")),
        occurred_at=time_at(value),
        evidence="user_preferences",
        change=change,
    )


def _read_signup(value: dict[str, Any], change: Change) -> Signup:
    """Read that somebody joined by a signup link: an opt-in, and no position of the switch."""
    ids = change.profiles.complete_by_shared_id(read_ids(value, "wa_id", "user_id"))
    wa_id, bsuid = ids
    occurred_at = time_at(value)
    signup_id = optional_id_at(value, "signup_id") or ""
    return Signup(
        key=event_id_of(
            _SIGNUP,
            change.phone_number_id or "",
            bsuid or wa_id or "",
            signup_id,
            str(to_milliseconds(occurred_at)),
        ),
        recipient=expect_recipient(ids, "wa_id"),
        signup_id=signup_id,
        occurred_at=occurred_at,
        phone_number_id=change.phone_number_id,
    )


def read_switch(
    wire_value: str | None, *, ids: Ids, occurred_at: datetime, evidence: str, change: Change
) -> MarketingSwitch | Ignored:
    """Turn WhatsApp's word for a position of the switch into ours."""
    value = _SWITCH_VALUES.get(wire_value or "")
    if value is None:
        return _UNKNOWN_VALUE
    wa_id, bsuid = ids
    return MarketingSwitch(
        key=event_id_of(
            "user_preferences",
            change.phone_number_id or "",
            bsuid or wa_id or "",
            value,
            str(to_milliseconds(occurred_at)),
        ),
        recipient=expect_recipient(ids, "wa_id"),
        value=value,
        occurred_at=occurred_at,
        evidence=evidence,
        phone_number_id=change.phone_number_id,
    )
