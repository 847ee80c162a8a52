"""POST /v1/recipients/{id}/reassigned: a number that is somebody else's now."""

from typing import TypedDict

from flask import Blueprint, Response, g

from app.domain.events import Source
from app.domain.recipients import Recipient, RecipientError, parse_recipient
from app.runtime import Runtime
from app.usecases.reassignment import NotANumberError, declare_reassigned
from app.web.auth import require_scope
from app.web.bodies import read_json, read_text, refuse_unknown
from app.web.contract import Evidence, RecipientBody
from app.web.errors import ProblemError
from app.web.operations import Operation
from app.web.preconditions import answer_recipient
from app.web.views import view_recipient


class ReassignedRequest(TypedDict):
    """How you know, and who decided it."""

    evidence: Evidence


OPERATIONS = (
    Operation(
        "post",
        "/v1/recipients/{id}/reassigned",
        "This number is somebody else's now",
        ("write",),
        RecipientBody,
        body=ReassignedRequest,
        problems=(400, 413),
    ),
)


def create_reassigning(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the one route."""
    blueprint = Blueprint("reassigning", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "write"))

    @blueprint.post("/recipients/<recipient_id>/reassigned")
    def reassign(recipient_id: str) -> Response:
        try:
            recipient = parse_recipient(recipient_id)
        except RecipientError as error:
            raise ProblemError(400, "Not a recipient", f"the id is {error}.") from None
        body = read_json()
        refuse_unknown(body, ReassignedRequest)
        evidence = body.get("evidence")
        if not isinstance(evidence, dict):
            raise ProblemError(
                400, "No evidence", 'Say how you know: `"evidence": {"reason": "…"}`.'
            )
        try:
            declare_reassigned(
                recipient,
                source=Source.API,
                actor=read_text(evidence, "evidence.actor", default=g.caller),
                reason=read_text(evidence, "evidence.reason"),
                via=g.caller,
                applier=runtime.applier,
                now=runtime.clock(),
            )
        except NotANumberError:
            raise ProblemError(
                400, "Not a number", "A BSUID is never anybody else's; give a phone number."
            ) from None
        response = answer_recipient(view_recipient(Recipient(wa_id=recipient.wa_id), runtime))
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint
