"""The errors of the messages API, in the shapes that 360dialog and Meta use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# code: (HTTP status, title, details). Clients must key on the code alone; titles vary.
META_ERRORS: Mapping[int, tuple[int, str, str]] = {
    2: (503, "API Service", "The service is down or has too much to do."),
    4: (400, "Application request limit reached", "The app made too many calls."),
    10: (403, "Permission denied", "The app lacks a permission."),
    100: (400, "Invalid parameter", "A parameter is not supported or misspelled."),
    190: (401, "Access token has expired", "The access token is no longer valid."),
    368: (403, "Temporarily blocked for policies violations", "The account is restricted."),
    80007: (400, "Rate limit issues", "The account reached its rate limit."),
    130403: (400, "Business blocked user", "The business has blocked this person."),
    130429: (400, "Rate limit hit", "The number sent too many messages in too short a time."),
    130472: (400, "User's number is part of an experiment", "Not delivered: experiment."),
    130497: (
        403,
        "Business account is restricted from messaging users in this country",
        "Country.",
    ),
    131000: (500, "Something went wrong", "An unknown error stopped the message."),
    131005: (403, "Access denied", "The permission was not granted or was removed."),
    131008: (400, "Required parameter is missing", "A required parameter is missing."),
    131009: (400, "Parameter value is not valid", "A parameter has a value that is not allowed."),
    131016: (500, "Service unavailable", "A service can not be reached for now."),
    131021: (400, "Recipient cannot be sender", "The message is addressed to its own sender."),
    131026: (400, "Message undeliverable", "The message can not be delivered to this person."),
    131030: (400, "Recipient phone number not in allowed list", "Not in the list of test numbers."),
    131031: (403, "Account has been locked", "The account is restricted or disabled."),
    131042: (400, "Business eligibility payment issue", "The payment method has a problem."),
    131045: (400, "Incorrect certificate", "The number is not registered."),
    131047: (400, "Re-engagement message", "The 24-hour window of this person is closed."),
    131048: (400, "Spam rate limit hit", "The number is restricted after too many blocks."),
    131049: (
        400,
        "Message not delivered to maintain healthy ecosystem engagement",
        "This person received too many marketing messages.",
    ),
    131050: (400, "User has stopped marketing messages", "This person stopped marketing messages."),
    131051: (400, "Unsupported message type", "The message type is not supported."),
    131053: (400, "Media upload error", "The media could not be fetched."),
    131056: (
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages from this number to this person in too short a time.",
    ),
    131057: (500, "Account in maintenance mode", "The account is in maintenance."),
    131062: (400, "BSUID recipient not supported", "This message needs a phone number."),
    131063: (400, "Marketing disabled", "Marketing templates are disabled on this API."),
    131064: (400, "Template misclassification limit", "The account is limited for now."),
    132000: (400, "Number of parameters does not match", "Template parameters do not match."),
    132001: (404, "Template does not exist", "No template of this name and language."),
    132015: (400, "Template is paused", "The template is paused for its quality."),
    133004: (503, "Server temporarily unavailable", "The server can not be reached for now."),
}

HTML_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


@dataclass(frozen=True, slots=True)
class ApiError:
    """One answer that is not a success; a body of type str is sent as HTML."""

    status: int
    body: dict[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)


class LimitError(Exception):
    """A request that the messages API refuses; carries Meta's code and what was wrong."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details


def meta_error(code: int, details: str | None = None) -> ApiError:
    """Return the error body of Meta for a known code."""
    status, title, usual_details = META_ERRORS[code]
    return ApiError(
        status,
        {
            "error": {
                "message": f"(#{code}) {title}",
                "type": "OAuthException",
                "code": code,
                "error_data": {
                    "messaging_product": "whatsapp",
                    "details": details or usual_details,
                },
                "fbtrace_id": "ASandboxTraceId",
            }
        },
    )


def status_error(code: int) -> dict[str, Any]:
    """Return one item of `statuses[].errors` for a known code."""
    _, title, details = META_ERRORS[code]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    }


def gateway_error(status: int, message: str, *, flat: bool = False) -> ApiError:
    """Return an error of 360dialog's own gateway, in one of the two shapes seen."""
    if flat:
        return ApiError(status, {"error": message})
    return ApiError(
        status, {"meta": {"success": False, "http_code": status, "developer_message": message}}
    )


INVALID_KEY = gateway_error(401, "Invalid api_key")
NOT_FOUND = ApiError(404, {"detail": "Not Found"})

_RATE_LIMIT_TEXT = "You have exceeded the endpoint rate limit."

NAMED_ERRORS: Mapping[str, ApiError] = {
    "401": INVALID_KEY,
    "401_flat": gateway_error(401, "Invalid API key", flat=True),
    "403": gateway_error(403, "The endpoint is blocked"),
    "403_unverified": ApiError(403, {"detail": "Sandbox can only send to your verified number"}),
    "404": NOT_FOUND,
    "429": ApiError(429, {"error": "Too many requests"}, {"Retry-After": "3"}),
    "500": gateway_error(500, "Internal server error"),
    "502": gateway_error(502, "WhatsApp for Business API not available"),
    "503": gateway_error(503, "Service unavailable"),
    "d360_rate_limit": gateway_error(400, _RATE_LIMIT_TEXT),
    "d360_rate_limit_flat": gateway_error(400, _RATE_LIMIT_TEXT, flat=True),
    "d360_payment": gateway_error(400, "Could not send message due to lack of payment."),
    "d360_disabled": gateway_error(400, "Your WhatsApp for Business API has been disabled"),
    "html": ApiError(502, HTML_PAGE),
    "empty": ApiError(502, ""),
    "no_id": ApiError(200, {"messaging_product": "whatsapp", "contacts": [], "messages": []}),
}


def find_error(name: str) -> ApiError | None:
    """Return the error with this name: a code of Meta, or a name of NAMED_ERRORS."""
    if name in NAMED_ERRORS:
        return NAMED_ERRORS[name]
    if name.isascii() and name.isdigit() and int(name[:9]) in META_ERRORS:
        return meta_error(int(name[:9]))
    return None


def error_names() -> list[str]:
    """Return every name that `find_error` knows, in a stable order."""
    return sorted(NAMED_ERRORS) + [str(code) for code in sorted(META_ERRORS)]
