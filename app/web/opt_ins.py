"""`POST /v1/opt-ins`: a shop, a till, a call centre, an app records a yes with its proof."""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from flask import Blueprint, Response, g

from app.domain.consents import LONGEST_REFERENCE, MOST_REFERENCES, REFERENCE_NAME, Consent
from app.domain.times import from_text
from app.runtime import Runtime
from app.usecases.record_consent import (
    AskTwiceError,
    Recorded,
    UnsoundConsentError,
    record_consent,
)
from app.web.auth import require_scope
from app.web.bodies import parse_id, read_json, read_text, refuse_unknown
from app.web.contract import Moment, Note, RecipientBody, RecipientId, ShortText
from app.web.errors import ProblemError
from app.web.operations import Operation
from app.web.preconditions import answer_again, answer_recipient, claim_request, keep_answer
from app.web.views import view_recipient

_OVERRULED = "overruled"
_ONLY_START = (
    "The person said no to this, and what others record does not lift that. They can write START "
    "or use their page; an agent can record that they asked. The consent is kept as evidence "
)


class OptInRequest(TypedDict):
    """One yes as it was given elsewhere, with what proves it."""

    recipient: RecipientId
    source: Annotated[ShortText, Note({"description": "An opt-in source of business.toml."})]
    wording: Annotated[ShortText, Note({"description": "The id of the words that were shown."})]
    at: Annotated[Moment, Note({"description": "When the person said yes."})]
    where: Annotated[ShortText, Note({"description": "Where: a shop, a page, a line."})]
    by: Annotated[ShortText, Note({"description": "Who wrote it down."})]
    evidence: NotRequired[
        Annotated[
            dict[str, Annotated[str, Note({"minLength": 1, "maxLength": LONGEST_REFERENCE})]],
            Note(
                {
                    "description": "References that prove it: an order, a signature, a recording.",
                    "maxProperties": MOST_REFERENCES,
                    "propertyNames": {"pattern": f"^{REFERENCE_NAME}$"},
                }
            ),
        ]
    ]
    topics: NotRequired[Annotated[list[str], Note({"description": "Some of the source's topics."})]]


class OptInAnswer(RecipientBody):
    """The person as they are now, and the entry of the evidence."""

    outcome: Literal["new", "same"]
    evidence_id: str


OPERATIONS = (
    Operation(
        "post",
        "/v1/opt-ins",
        "Record an opt-in with its proof",
        ("write",),
        OptInAnswer,
        status=201,
        body=OptInRequest,
        problems=(400, 409, 413, 422),
        headers={
            "Idempotency-Key": "The same key and body get the same answer for a day. Without one "
            "the same consent is recorded once all the same."
        },
    ),
)


def create_opt_ins(runtime: Runtime) -> Blueprint:
    """Return the blueprint with the one route."""
    blueprint = Blueprint("opt_ins", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "write"))

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.post("/opt-ins")
    def record_opt_in() -> Response:
        body = read_json()
        refuse_unknown(body, OptInRequest)
        consent = _read_consent(body)
        claim = claim_request(body, runtime, runtime.clock())
        if claim.answer is not None:
            if _OVERRULED in claim.answer:
                raise _overruled(claim.answer[_OVERRULED])
            again = answer_again(claim.answer, view_recipient(consent.recipient, runtime))
            again.status_code = 201
            return again
        recorded, event_id = _record(consent, runtime, claim.at)
        if recorded is Recorded.OVERRULED:
            keep_answer(claim, {_OVERRULED: event_id}, runtime)
            raise _overruled(event_id)
        view = {
            **view_recipient(consent.recipient, runtime),
            "outcome": recorded.value,
            "evidence_id": event_id,
        }
        keep_answer(claim, view, runtime)
        response = answer_recipient(view)
        response.status_code = 201
        return response

    return blueprint


def _record(consent: Consent, runtime: Runtime, now: datetime) -> tuple[Recorded, str]:
    try:
        return record_consent(
            consent, recorder=runtime.recorder, via=g.caller, is_import=False, now=now
        )
    except UnsoundConsentError as error:
        detail = "; ".join(error.problems)
        raise ProblemError(422, "Not a consent yet", f"{detail}. Nothing was recorded.") from None
    except AskTwiceError:
        raise ProblemError(
            409,
            "The person must confirm",
            f"{consent.source_id} asks people once more on WhatsApp, and only their own yes counts "
            "there. Give them the source's link or form. Nothing was recorded.",
        ) from None


def _overruled(event_id: str) -> ProblemError:
    return ProblemError(409, "The person said no", f"{_ONLY_START}({event_id}).")


def _read_consent(body: dict[str, Any]) -> Consent:
    return Consent(
        recipient=parse_id(read_text(body, "recipient"), "`recipient`"),
        source_id=read_text(body, "source"),
        wording_id=read_text(body, "wording"),
        at=_read_moment(body),
        where=read_text(body, "where"),
        by=read_text(body, "by"),
        topics=_read_topics(body.get("topics", [])),
        references=_read_references(body.get("evidence", {})),
    )


def _read_moment(body: dict[str, Any]) -> datetime:
    try:
        return from_text(read_text(body, "at"))
    except (ValueError, OverflowError):
        raise ProblemError(
            400, "Not a time", "`at` is a time with its zone, such as 2026-11-24T16:03:00Z."
        ) from None


def _read_topics(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ProblemError(400, "Not topics", "`topics` is a list of some of the source's topics.")
    return tuple(dict.fromkeys(value))


def _read_references(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ProblemError(
            400, "Not references", '`evidence` maps names to texts, e.g. {"order": "A-1207"}.'
        )
    return value
