"""Errors in the shape that clients of the messages API already understand (protocol 3.3).

Clients go by `code`. A refusal of ours has the code with which WhatsApp says that a person
stopped messages, so a client that handles that one handles us.
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from typing import Any

from app.dialog360.errors import MARKETING_STOPPED
from app.domain.permission import Permission
from app.domain.times import to_text

# What stands where Meta has an id of its own for support; it tells whose answer this is.
TRACE_ID = "heed"

RATE_LIMIT = 130429
PERMISSION_DENIED, ACCESS_TOKEN, SERVICE_UNAVAILABLE, SOMETHING_WENT_WRONG = 10, 190, 131016, 131000
_TITLES = {
    10: "Permission denied",
    100: "Invalid parameter",
    190: "Access token is not valid",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131050: "User has stopped marketing messages",
}


def meta_error(code: int, details: str, **data: Any) -> dict[str, Any]:
    """Return the body of an error as Meta writes it; `data` goes beside the details."""
    return {
        "error": {
            "message": f"(#{code}) {_TITLES[code]}",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details, **data},
            "fbtrace_id": TRACE_ID,
        }
    }


def gateway_error(status: int, text: str) -> dict[str, Any]:
    """Return the body of an error as 360dialog's own gateway writes it."""
    return {"meta": {"success": False, "http_code": status, "developer_message": text}}


def refusal(permission: Permission) -> dict[str, Any]:
    """Return the body for a message that must not be sent, with our reason and until when."""
    until = to_text(permission.until) if permission.until else None
    end = f" until {until}" if until else ""
    return meta_error(
        MARKETING_STOPPED,
        f"Heed did not send this message: {permission.reason}{end}.",
        reason=permission.reason,
        until=until,
    )
