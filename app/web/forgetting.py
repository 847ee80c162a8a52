"""DELETE /v1/recipients/{id}: forget a person, and none of their opt-outs (docs/privacy.md)."""

from typing import TypedDict

from flask import Blueprint, Response, g, jsonify, request

from app.domain.events import Source
from app.domain.recipients import RecipientError, parse_recipient
from app.runtime import Runtime
from app.usecases.erasure import ask_to_forget
from app.web.auth import require_scope
from app.web.bodies import read_json, read_text, refuse_unknown
from app.web.contract import Evidence
from app.web.errors import ProblemError
from app.web.operations import Operation


class ForgetRequest(TypedDict):
    """Why, and who decided it; it is kept without the person."""

    evidence: Evidence


class ForgetAnswer(TypedDict):
    """Whose data went, and whether what they had forbidden stands under a hash."""

    forgotten: list[str]
    suppressed: bool


OPERATIONS = (
    Operation(
        "delete",
        "/v1/recipients/{id}",
        "Forget this person, and none of their opt-outs",
        ("admin",),
        ForgetAnswer,
        body=ForgetRequest,
        problems=(400, 413),
    ),
)


def create_forgetting(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the one route."""
    blueprint = Blueprint("forgetting", __name__, url_prefix="/v1")
    # Nothing brings back what goes here, so it takes more than the right to change a choice.
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "admin"))

    @blueprint.delete("/recipients/<recipient_id>")
    def forget_recipient(recipient_id: str) -> Response:
        try:
            recipient = parse_recipient(recipient_id)
        except RecipientError as error:
            raise ProblemError(400, "Not a recipient", f"the id is {error}.") from None
        body = read_json() if request.content_length else {}
        refuse_unknown(body, ForgetRequest)
        evidence = body.get("evidence")
        if not isinstance(evidence, dict):
            raise ProblemError(
                400, "No evidence", 'Say why: `"evidence": {"reason": "asked by letter"}`.'
            )
        erasure = ask_to_forget(
            recipient,
            source=Source.API,
            actor=read_text(evidence, "evidence.actor", default=g.caller),
            reason=read_text(evidence, "evidence.reason"),
            via=g.caller,
            applier=runtime.applier,
            now=runtime.clock(),
        )
        response = jsonify(forgotten=list(erasure.addresses), suppressed=erasure.is_suppressed)
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint
