"""POST /webhooks/360dialog: verify the raw bytes, parse, accept, answer (design 2.1, 4)."""

import logging

from flask import Blueprint, Response, jsonify, request

from app import metrics
from app.dialog360.signature import is_bearer, is_signed_by
from app.dialog360.webhook import NotJSONError, decode_body, parse_notification
from app.domain.times import to_text
from app.runtime import Runtime
from app.usecases.receive import Receipt, receive
from app.web.errors import ProblemError

logger = logging.getLogger(__name__)

# What Meta may send at most; anything larger is not a notification.
LARGEST_BODY = 3 * 1024 * 1024


def create_webhook(runtime: Runtime) -> Blueprint:
    """Return the blueprint with the one route that 360dialog calls."""
    blueprint = Blueprint("webhook", __name__)
    tokens = [secret.reveal() for secret in runtime.settings.webhook_tokens]
    signing_secrets = [secret.reveal() for secret in runtime.settings.webhook_signing_secrets]

    def verify_token() -> None:
        """Refuse before the body is read."""
        if not tokens or is_bearer(tokens, request.headers.get("Authorization")):
            return
        if "Authorization" not in request.headers:
            raise ProblemError(
                401,
                "No secret",
                "Register the webhook with the header `Authorization: Bearer <WEBHOOK_TOKEN>`; "
                "`flask --app app webhook register` does so.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        raise ProblemError(
            403, "Wrong secret", "The token is none of WEBHOOK_TOKEN; register again."
        )

    def verify_signature(raw: bytes) -> None:
        if not signing_secrets:
            return
        header = request.headers.get("x-360dialog-signature")
        if header is None:
            raise ProblemError(401, "No signature", "x-360dialog-signature is missing.")
        if not is_signed_by(signing_secrets, raw, header):
            raise ProblemError(
                403,
                "Wrong signature",
                "x-360dialog-signature does not match WEBHOOK_SIGNING_SECRET.",
            )

    @blueprint.post("/webhooks/360dialog")
    def receive_notification() -> Response:
        request.max_content_length = LARGEST_BODY
        verify_token()
        raw = request.get_data(cache=False)
        verify_signature(raw)
        try:
            body = decode_body(raw)
        except NotJSONError:
            raise ProblemError(
                400, "Not JSON", "The body must be a notification in JSON."
            ) from None
        now = runtime.clock()
        notification = parse_notification(body)
        receipt = receive(notification, receiver=runtime.receiver, now=now)
        if receipt.counts["ignored.template_update"]:
            # WhatsApp may have moved a template to another category.
            runtime.templates.expire()
        for problem in notification.problems[:20]:
            logger.warning(
                "notification.problem", extra={"path": problem.path, "what": problem.what}
            )
        _log(receipt, to_text(now))
        return jsonify(
            received=receipt.received, commands=receipt.commands, ignored=receipt.ignored
        )

    @blueprint.after_request
    def count_answer(response: Response) -> Response:
        runtime.metrics.count(metrics.NOTIFICATIONS, str(response.status_code))
        return response

    def _log(receipt: Receipt, received_at: str) -> None:
        for kind, number in receipt.counts.items():
            if number:
                runtime.metrics.count(metrics.UPDATES, kind, by=number)
        # The holds are written, and the 200 leaves now.
        accepted_at = runtime.clock()
        for written_at, is_held in receipt.written:
            seconds = (accepted_at - written_at).total_seconds()
            runtime.metrics.observe(metrics.ACCEPT_SECONDS, seconds)
            if is_held:
                runtime.metrics.observe(metrics.ENFORCE_SECONDS, seconds)
        # Statuses are the bulk of the traffic; only a command is worth a line.
        if receipt.commands:
            logger.info(
                "notification.accepted",
                extra={
                    "received_at": received_at,
                    "received": receipt.received,
                    "commands": receipt.commands,
                    "events": list(receipt.event_ids),
                },
            )

    return blueprint
