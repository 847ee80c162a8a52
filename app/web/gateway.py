"""The drop-in: 360dialog's own messages API, with the gate before it (design 2.7).

A sender changes its base URL and its key, and nothing else. The same messages are taken under the
Cloud API's own path, where the number stands in the path and the key is a Bearer token.
https://docs.360dialog.com/docs/messaging-api/api-reference/messages
"""

import logging
import time

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app import metrics
from app.countries import is_whole_number
from app.dialog360.outgoing import INVALID_PARAMETER, OutgoingError, read_outgoing
from app.dialog360.refusals import refusal
from app.domain.outgoing import Outgoing, OutgoingKind, Passage
from app.ports import UnknownOutcomeError
from app.runtime import Runtime
from app.store.connection import StoreError
from app.usecases.forward import follow_up, forward
from app.web.auth import authorize, bearer_of
from app.web.errors import ProblemError, answer_http_error
from app.web.gateway_answers import (
    GatewayError,
    answer,
    answer_relayed,
    answer_unknown_path,
    is_for_gateway,
    never_left,
    refused_caller,
    undecided,
    unknown_outcome,
)
from app.web.gateway_files import add_file_routes
from app.web.gateway_numbers import choose_number, name_number

logger = logging.getLogger(__name__)

# The longest template with media, buttons and cards stays far below.
_LARGEST_MESSAGE = 256 * 1024
_OUTCOMES = {
    Passage.ACCEPTED: "accepted",
    Passage.REFUSED: "refused_by_360dialog",
    Passage.UNKNOWN: "unknown",
}


def create_gateway(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the drop-in."""
    blueprint = Blueprint("gateway", __name__)

    @blueprint.before_request
    def check_token() -> None:
        secret = request.headers.get("D360-API-KEY") or bearer_of(request)
        authorize(runtime.settings.api_tokens, secret, "send")

    @blueprint.post("/messages")
    def send_message() -> Response:
        return send(choose_number(runtime))

    @blueprint.post("/v<float:version>/<int:phone_number_id>/messages")
    def send_cloud_message(version: float, phone_number_id: int) -> Response:
        return send(name_number(runtime, phone_number_id))

    def send(phone_number_id: str | None) -> Response:
        request.max_content_length = _LARGEST_MESSAGE
        # The body may come slowly; what is measured begins when it is here.
        body = request.get_data(cache=False)
        started = time.monotonic()
        outgoing = _read(body)
        try:
            forwarded = forward(
                outgoing, body, phone_number_id=phone_number_id, forwarder=runtime.forwarder
            )
        except UnknownOutcomeError as error:
            logger.warning("gateway.unanswered", extra={"error": str(error)})
            raise unknown_outcome() from None
        try:
            follow_up(
                outgoing, forwarded, phone_number_id=phone_number_id, forwarder=runtime.forwarder
            )
        except StoreError as error:
            # 360dialog has decided about the message; what it said is what the sender must hear.
            logger.error("gateway.not_followed_up", extra={"error": type(error).__name__})  # noqa: TRY400
        if forwarded.error:
            logger.warning("gateway.unreachable", extra={"error": str(forwarded.error)})
            raise never_left(forwarded.error)
        if forwarded.answer is None:
            reason = str(forwarded.permission.reason)
            runtime.metrics.count(metrics.PASSED, "refused")
            runtime.metrics.count(metrics.REFUSED, reason)
            return answer(400, refusal(forwarded.permission), X_Heed_Reason=reason)
        runtime.metrics.observe(metrics.PASS_SECONDS, time.monotonic() - started)
        is_signal = outgoing.kind is OutgoingKind.SIGNAL
        runtime.metrics.count(
            metrics.PASSED, "signal" if is_signal else _OUTCOMES[forwarded.answer.passage]
        )
        return answer_relayed(forwarded.answer)

    add_file_routes(blueprint, runtime)

    @blueprint.errorhandler(GatewayError)
    def answer_gateway_error(error: GatewayError) -> Response:
        runtime.metrics.count(metrics.PASSED, error.outcome)
        return answer(error.status, error.body)

    @blueprint.errorhandler(ProblemError)
    def answer_caller(problem: ProblemError) -> Response:
        runtime.metrics.count(metrics.PASSED, "unauthorized")
        return refused_caller(problem, is_cloud="version" in (request.view_args or {}))

    @blueprint.errorhandler(StoreError)
    def answer_undecided(error: StoreError) -> Response:
        # The type alone: Redis repeats parts of what it was sent in its messages.
        logger.error(
            "store.failed", extra={"error": type(error).__name__, "endpoint": request.endpoint}
        )
        return answer_gateway_error(undecided())

    @blueprint.errorhandler(RequestEntityTooLarge)
    def answer_too_large(error: RequestEntityTooLarge) -> Response:
        details = f"A message may have {_LARGEST_MESSAGE} bytes, a file 100 MB."
        return answer_gateway_error(
            GatewayError(413, INVALID_PARAMETER, details, outcome="malformed")
        )

    @blueprint.app_errorhandler(404)
    @blueprint.app_errorhandler(405)
    def answer_other_path(error: HTTPException) -> Response:
        return answer_unknown_path(error) if is_for_gateway() else answer_http_error(error)

    return blueprint


def _read(body: bytes) -> Outgoing:
    try:
        return read_outgoing(body, is_whole_number=is_whole_number)
    except OutgoingError as error:
        raise GatewayError(400, error.code, error.details, outcome="malformed") from None
