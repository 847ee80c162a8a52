"""The API of a business's own systems: check, read, change."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from app import metrics
from app.domain.events import Source
from app.domain.permission import Permission, Purpose
from app.domain.preferences import Outcome
from app.domain.times import to_text
from app.runtime import Runtime
from app.tokens import write_address
from app.usecases.change import change
from app.usecases.check import Question, UnknownTopicError, check
from app.usecases.history import history
from app.usecases.preference_links import make_link
from app.web.auth import authorize, bearer_of
from app.web.bodies import (
    MOST_RECIPIENTS,
    parse_id,
    read_changes,
    read_flag,
    read_json,
    read_text,
    refuse_unknown,
)
from app.web.contract import CheckRequest, LinkRequest
from app.web.errors import ProblemError
from app.web.preconditions import (
    REFUSED_AT,
    answer_again,
    answer_recipient,
    changed_meanwhile,
    claim_request,
    keep_answer,
    read_if_match,
)
from app.web.views import view_recipient

# Which scope opens which route. `send` may ask the gate, since senders do nothing else.
_SCOPES = {
    "api.check_recipients": ("send", "read"),
    "api.show_recipient": ("read",),
    "api.show_history": ("read",),
    "api.change_recipient": ("write",),
    "api.create_preference_link": ("write",),
}


def create_api(runtime: Runtime) -> Blueprint:
    """Return the blueprint of /v1."""
    blueprint = Blueprint("api", __name__, url_prefix="/v1")

    @blueprint.before_request
    def check_token() -> None:
        # A route without an entry is open to nobody but administrators.
        scopes = _SCOPES.get(request.endpoint or "", ("admin",))
        authorize(runtime.settings.api_tokens, bearer_of(request), *scopes)

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.post("/check")
    def check_recipients() -> Response:
        body = read_json()
        refuse_unknown(body, CheckRequest)
        texts = body.get("recipients")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ProblemError(400, "No recipients", "`recipients` must be a list of strings.")
        if len(texts) > MOST_RECIPIENTS:
            raise ProblemError(413, "Too many", f"Ask for at most {MOST_RECIPIENTS} at once.")
        recipients = [parse_id(text, f"recipients[{at}]") for at, text in enumerate(texts)]
        reserve = read_flag(body, "reserve")
        if reserve:
            # To take a place is a sender's business; a reader must not fill anybody's cap.
            authorize(runtime.settings.api_tokens, bearer_of(request), "send")
        question = _read_question(body)
        try:
            permissions = check(
                recipients, question, checker=runtime.checker, now=runtime.clock(), reserve=reserve
            )
        except UnknownTopicError as error:
            raise ProblemError(400, "Unknown topic", f"{error}.") from None
        for permission in permissions:
            runtime.metrics.count(metrics.CHECKS, permission.reason or "allowed")
        return jsonify(
            results=[
                _view_permission(text, permission, with_reservation=reserve)
                for text, permission in zip(texts, permissions, strict=True)
            ],
        )

    @blueprint.get("/recipients/<recipient_id>")
    def show_recipient(recipient_id: str) -> Response:
        return answer_recipient(view_recipient(parse_id(recipient_id, "the id"), runtime))

    @blueprint.patch("/recipients/<recipient_id>")
    def change_recipient(recipient_id: str) -> Response:
        recipient = parse_id(recipient_id, "the id")
        body = read_json()
        now = runtime.clock()
        settings = read_changes(body, runtime.business, now)
        evidence = body.get("evidence")
        if not isinstance(evidence, dict):
            raise ProblemError(
                400, "No evidence", 'Say why: `"evidence": {"reason": "asked by phone"}`.'
            )
        actor = read_text(evidence, "evidence.actor", default=g.caller)
        reason = read_text(evidence, "evidence.reason")
        seen = read_if_match(lambda: int(view_recipient(recipient, runtime)["revision"]))
        claim = claim_request(body, runtime, now)
        if claim.answer is not None:
            return answer_again(claim.answer, view_recipient(recipient, runtime))
        outcome = change(
            recipient,
            settings,
            source=Source.API,
            actor=actor,
            reason=reason,
            via=g.caller,
            applier=runtime.applier,
            now=claim.at,
            change_id=claim.change_id,
            expected_revision=seen,
        )
        view = view_recipient(recipient, runtime)
        if outcome is Outcome.REFUSED:
            keep_answer(claim, {REFUSED_AT: view["revision"]}, runtime)
            raise changed_meanwhile(view["revision"])
        keep_answer(claim, view, runtime)
        return answer_recipient(view)

    @blueprint.post("/preference-links")
    def create_preference_link() -> tuple[Response, int]:
        body = read_json()
        refuse_unknown(body, LinkRequest)
        recipient = parse_id(read_text(body, "recipient"), "`recipient`")
        language = read_text(body, "language") if body.get("language") is not None else None
        link = make_link(recipient, links=runtime.links, now=runtime.clock(), language=language)
        token = runtime.tokens.sign_link(link.id)
        base_url = runtime.settings.public_url or request.host_url
        # A template's button takes the end of an address alone, so the token stands by itself too.
        return jsonify(
            url=write_address(base_url, token), token=token, expires_at=to_text(link.expires_at)
        ), 201

    @blueprint.get("/recipients/<recipient_id>/history")
    def show_history(recipient_id: str) -> Response:
        found = history(parse_id(recipient_id, "the id"), preferences=runtime.preferences)
        return jsonify(entries=found.entries, chains=found.chains)

    return blueprint


def _read_question(body: dict[str, Any]) -> Question:
    try:
        purpose = Purpose(body.get("purpose", "business"))
    except ValueError:
        raise ProblemError(400, "Unknown purpose", "`purpose` is business or reply.") from None
    topic = body.get("topic")
    if topic is not None and not isinstance(topic, str):
        raise ProblemError(400, "Unknown topic", "`topic` must be a string.")
    channel = body.get("channel", "whatsapp")
    if not isinstance(channel, str):
        raise ProblemError(400, "Unknown channel", "`channel` must be a string, e.g. whatsapp.")
    return Question(topic=topic, channel=channel, purpose=purpose)


def _view_permission(
    text: str, permission: Permission, *, with_reservation: bool
) -> dict[str, Any]:
    reservation = permission.reservation.id if permission.reservation else None
    return {
        "recipient": text,
        "allowed": permission.allowed,
        "reason": permission.reason,
        "until": to_text(permission.until) if permission.until else None,
        **({"reservation": reservation} if with_reservation else {}),
    }
