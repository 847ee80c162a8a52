"""What the drop-in answers, in the shapes that its clients already read (docs/senders.md)."""

import json
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from app.dialog360.refusals import (
    ACCESS_TOKEN,
    PERMISSION_DENIED,
    RATE_LIMIT,
    SERVICE_UNAVAILABLE,
    SOMETHING_WENT_WRONG,
    gateway_error,
    meta_error,
)
from app.domain.outgoing import RelayedAnswer
from app.ports import SendError, ThrottledError
from app.web.errors import ProblemError

RETRY_SECONDS = "2"
PASSED_ON = (
    "Heed passes on messages, read receipts, media, the list of templates and the health status; "
    "whatever changes how a number is set up is done at 360dialog itself."
)


class GatewayError(Exception):
    """A request that is not passed on; it is answered in Meta's shape."""

    def __init__(self, status: int, code: int, details: str, *, outcome: str) -> None:
        super().__init__(f"{status}, {code}")
        self.status = status
        self.body = meta_error(code, details)
        self.outcome = outcome


def answer(status: int, body: dict[str, Any], **headers: str) -> Response:
    """Return a JSON answer of ours."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        json.dumps(body),
        status,
        {"Cache-Control": "no-store", **named},
        mimetype="application/json",
    )


def answer_relayed(relayed: RelayedAnswer) -> Response:
    """Return what 360dialog answered, as it came."""
    response = Response(relayed.body, relayed.status)
    if "Content-Type" not in relayed.headers:
        del response.headers["Content-Type"]
    response.headers.update(relayed.headers)
    return response


def unknown_outcome() -> GatewayError:
    """Return the error for a request that left and got no answer."""
    return GatewayError(
        504,
        SOMETHING_WENT_WRONG,
        "360dialog did not answer: the message may have been accepted. Wait for its status before "
        "you send it again.",
        outcome="unknown",
    )


def never_left(error: SendError) -> GatewayError:
    """Return the error for a request that never left."""
    if isinstance(error, ThrottledError):
        return GatewayError(
            429,
            RATE_LIMIT,
            "Heed has as many requests at 360dialog as it may at once: nothing was sent. Try "
            "again in a second.",
            outcome="busy",
        )
    return GatewayError(
        503,
        SERVICE_UNAVAILABLE,
        "360dialog can not be reached: nothing was sent. Try again in a moment.",
        outcome="unreachable",
    )


def undecided() -> GatewayError:
    """Return the error for a message about which nobody knows whether it may be sent."""
    return GatewayError(
        503,
        SERVICE_UNAVAILABLE,
        "Heed's store does not answer: nothing was decided, and nothing was sent. Try again in a "
        "moment.",
        outcome="undecided",
    )


def refused_caller(problem: ProblemError, *, is_cloud: bool) -> Response:
    """Answer a caller without a token, with a wrong one, or without the scope."""
    if problem.status != 401:  # noqa: PLR2004 - who has a token lacks the scope
        return answer(403, meta_error(PERMISSION_DENIED, problem.detail))
    if is_cloud:
        return answer(401, meta_error(ACCESS_TOKEN, "Send an API token of Heed as Bearer token."))
    return answer(401, gateway_error(401, "Invalid api_key"))


def is_for_gateway() -> bool:
    """Tell whether a request that no route takes was meant for the messages API."""
    version, _, rest = request.path.removeprefix("/v").partition("/")
    is_cloud = bool(rest) and version.replace(".", "").isdigit() and "." in version
    return "D360-API-KEY" in request.headers or is_cloud


def answer_unknown_path(error: HTTPException) -> Response:
    """Answer a request to a path, or with a method, that is not on the list."""
    allow = {"Allow": ", ".join(found)} if (found := getattr(error, "valid_methods", None)) else {}
    return answer(error.code or 404, meta_error(100, PASSED_ON), **allow)
