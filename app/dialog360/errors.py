"""Turn an answer that is no success into the error that says what to do about it.

The body decides, not the status: 360dialog reports its own rate limit as a 400, Meta sends
throttling, refusals and broken accounts alike as 400. Titles vary and will go away, so Meta's
errors are known by `code` alone; 360dialog's gateway has no codes, so its texts are matched.
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
https://docs.360dialog.com/docs/support/api-error-message-list.md
"""

import math
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from app.ports import (
    PermanentSendError,
    SendError,
    ThrottledError,
    TransientSendError,
    UnknownOutcomeError,
)


class AccountTroubleError(PermanentSendError):
    """Nothing will be accepted until somebody acts: the key, the payment, a ban."""


MARKETING_STOPPED = 131050
WINDOW_CLOSED = 131047

# Seconds to wait where the answer does not say. One pair of numbers may exchange one message in
# six seconds, bursts borrow from later; a WABA's and an app's limits count by the hour.
_THROTTLED = {130429: 2.0, 131056: 10.0, 80007: 60.0, 4: 60.0}
_TRANSIENT = frozenset({2, 131000, 131016, 131053, 131057, 133004})
_ACCOUNT_TROUBLE = frozenset(
    {0, 10, 190, 368, 130497, 131005, 131031, 131042, 131045, 131048, 131064, *range(200, 300)}
)
# All others known today: about the recipient, the window, or a mistake of ours.
_PERMANENT = frozenset(
    {100, 130403, 130472, 131008, 131009, 131021, 131026, 131030, 131047, 131049, 131050, 131051}
    | {131062, 131063, *range(132000, 132017)}
    # The old hosted API: window closed, marketing stopped.
    | {470, 498}
)

_ENDPOINT_RATE_LIMIT = "endpoint_rate_limit"
_GATEWAY_TEXTS: tuple[tuple[str, str, type[SendError] | type[UnknownOutcomeError]], ...] = (
    ("rate limit", _ENDPOINT_RATE_LIMIT, ThrottledError),
    ("too many requests", _ENDPOINT_RATE_LIMIT, ThrottledError),
    ("lack of payment", "lack_of_payment", AccountTroubleError),
    ("has been disabled", "api_disabled", AccountTroubleError),
    ("invalid api_key", "invalid_api_key", AccountTroubleError),
    ("invalid api key", "invalid_api_key", AccountTroubleError),
    ("endpoint is blocked", "endpoint_blocked", PermanentSendError),
    ("internal server error", "internal_error", UnknownOutcomeError),
    ("not available", "not_available", UnknownOutcomeError),
)
_ENDPOINT_WAIT = 5.0
_LONGEST_WAIT = 3600.0
_LONGEST_TEXT = 2000
_LONGEST_CODE = 9

_REDIRECT, _SERVER_ERROR = 300, 500
_UNAUTHORIZED, _PAYMENT_REQUIRED, _TIMEOUT, _TOO_MANY, _UNAVAILABLE = 401, 402, 408, 429, 503


def classify(
    status: int, body: object, *, retry_after: float | None = None
) -> SendError | UnknownOutcomeError:
    """Return the error for an answer; `body` is the decoded JSON, or None where it was none.

    The error's text and code hold nothing of the answer but a number or a word of our own.
    """
    code = _code_of(body)
    known = None if code is None else _classify_code(code, retry_after)
    if known is not None:
        return known
    if status < _REDIRECT:
        return UnknownOutcomeError(f"accepted with status {status}, but without a message id")
    if code is None and (by_text := _classify_text(_text_of(body), retry_after)) is not None:
        return by_text
    return _classify_status(status, code, retry_after)


def parse_retry_after(value: str | None, date: str | None = None) -> float | None:
    """Read a Retry-After header in seconds, or as a date next to the answer's own Date header."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_between(date, value)
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, _LONGEST_WAIT)


def _seconds_between(earlier: str | None, later: str) -> float:
    moments = [_parse_date(text) for text in (earlier or "", later)]
    if moments[0] is None or moments[1] is None:
        return math.nan
    return (moments[1] - moments[0]).total_seconds()


def _parse_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    # "-0000" means that the zone is unknown; such a date can not be compared.
    return moment if moment.tzinfo else None


def _classify_code(code: int, retry_after: float | None) -> SendError | None:
    text = f"refused with code {code}"
    if code in _THROTTLED:
        wait = _THROTTLED[code] if retry_after is None else retry_after
        return ThrottledError(text, code=code, retry_after=wait)
    if code in _TRANSIENT:
        return TransientSendError(text, code=code)
    if code in _ACCOUNT_TROUBLE:
        return AccountTroubleError(text, code=code)
    return PermanentSendError(text, code=code) if code in _PERMANENT else None


def _classify_text(text: str, retry_after: float | None) -> SendError | UnknownOutcomeError | None:
    for part, code, kind in _GATEWAY_TEXTS:
        if part in text:
            if not issubclass(kind, SendError):
                return kind(f"the gateway failed: {code}")
            if issubclass(kind, ThrottledError):
                wait = _ENDPOINT_WAIT if retry_after is None else retry_after
                return kind(f"refused: {code}", code=code, retry_after=wait)
            return kind(f"refused: {code}", code=code)
    return None


def _classify_status(
    status: int, code: int | None, retry_after: float | None
) -> SendError | UnknownOutcomeError:
    named = status if code is None else code
    text = f"refused with status {status}" + ("" if code is None else f", code {code}")
    if status == _TOO_MANY or (status == _UNAVAILABLE and retry_after is not None):
        return ThrottledError(text, code=named, retry_after=retry_after)
    if status == _UNAVAILABLE:
        return TransientSendError(text, code=named)
    if status in {_UNAUTHORIZED, _PAYMENT_REQUIRED}:
        return AccountTroubleError(text, code=named)
    if status >= _SERVER_ERROR or status == _TIMEOUT:
        # Somebody on the way gave up; the message may have passed before that.
        return UnknownOutcomeError(f"answered with status {status}")
    # A redirect is not followed (a key must not travel to another address), so it ends here too.
    return PermanentSendError(text, code=named)


def _code_of(body: object) -> int | None:
    """Find the numeric code in the shapes of Meta and of the old hosted API."""
    if not isinstance(body, dict):
        return None
    candidates: list[Any] = [body.get("error")]
    errors = body.get("errors")
    if isinstance(errors, list):
        candidates.extend(errors[:1])
    for candidate in candidates:
        code = candidate.get("code") if isinstance(candidate, dict) else None
        if (
            isinstance(code, str)
            and code.isascii()
            and code.isdigit()
            and len(code) <= _LONGEST_CODE
        ):
            return int(code)
        if isinstance(code, int) and not isinstance(code, bool):
            return code
    return None


def _text_of(body: object) -> str:
    """Join the texts in which the gateway may say what is wrong, in lower case."""
    if not isinstance(body, dict):
        return ""
    texts: list[object] = [body.get("error"), body.get("detail"), body.get("message")]
    for key in ("meta", "error"):
        if isinstance(inner := body.get(key), dict):
            texts += [inner.get(name) for name in ("developer_message", "details", "message")]
    return " ".join(text[:_LONGEST_TEXT] for text in texts if isinstance(text, str)).lower()
