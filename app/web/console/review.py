"""Sentences that may have meant an end: what humans decide about them."""

import json
import logging
from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.recipients import recipient_of_identity
from app.domain.times import from_milliseconds
from app.store.access import Access
from app.usecases.review import KEEP, STOP, NoQuestionError, decide, export_rows
from app.web.console.actions import FormError, read_reason
from app.web.console.context import Console, language, visitor
from app.web.console.pages import render_page
from config.console_settings import Role

logger = logging.getLogger(__name__)

_MOST = 100
_HOUR, _DAY = 3600, 24 * 3600
_UNPROCESSABLE = 422


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""
    runtime = console.runtime
    reviews = runtime.reviews

    @blueprint.get("/review")
    def show_review() -> Response:
        return _show()

    @blueprint.post("/review/<question_id>")
    def decide_question(question_id: str) -> ResponseReturnValue:
        try:
            decision, reason = _read_decision(request.form)
        except FormError as error:
            return _show(question_id, language().text(error.key, number=str(error.number)))
        is_done = _decide(question_id, decision, reason)
        notice = f"done.decided_{decision}" if is_done else "done.gone"
        console.sessions.store.leave_notice(visitor().session_id, notice)
        return redirect(url_for("console.show_review"), 303)

    def _decide(question_id: str, decision: str, reason: str) -> bool:
        entry = reviews.get(question_id)
        if entry is None:
            return False
        console.record(Access.DECIDED, identity=entry["identity"], why=reason)
        try:
            decide(
                question_id,
                decision,
                actor=visitor().name,
                reason=reason,
                reviews=reviews,
                applier=runtime.applier,
                now=console.now,
            )
        except NoQuestionError:
            return False
        logger.info("console.decided", extra={"actor": visitor().name, "decision": decision})
        return True

    @blueprint.post("/review/<question_id>/person")
    def open_questioner(question_id: str) -> ResponseReturnValue:
        entry = reviews.get(question_id)
        if entry is None:
            console.sessions.store.leave_notice(visitor().session_id, "done.gone")
            return redirect(url_for("console.show_review"), 303)
        alias = console.alias_of(entry["identity"])
        return redirect(url_for("console.show_person", alias=alias), 303)

    @blueprint.get("/review/decisions")
    def export_decisions() -> Response:
        console.record(Access.EXPORTED, why="review")
        lines = "".join(json.dumps(row) + "\n" for row in export_rows(reviews))
        return send_lines(lines, "decisions.jsonl")

    def _show(fault_id: str = "", fault: str = "") -> Response:
        entries = reviews.list_open(most=_MOST)
        console.record(Access.LISTED_REVIEW)
        return render_page(
            console,
            "review",
            status=_UNPROCESSABLE if fault else 200,
            questions=[
                {
                    **entry,
                    "who": recipient_of_identity(entry["identity"]).masked,
                    "age": _write_age(entry["asked_at"]),
                    "asked": console.write_moment(from_milliseconds(entry["asked_at"])),
                }
                for entry in entries
            ],
            has_more=reviews.count() > len(entries),
            may_decide=visitor().role.includes(Role.AGENT),
            may_export=visitor().role.includes(Role.ADMIN),
            fault_id=fault_id,
            fault=fault,
            form=request.form,
        )

    def _write_age(asked_at: int) -> str:
        seconds = max((console.now - from_milliseconds(asked_at)).total_seconds(), 0)
        if seconds < _HOUR:
            return language().text("age.minutes", number=str(int(seconds // 60)))
        if seconds < _DAY:
            return language().text("age.hours", number=str(int(seconds // _HOUR)))
        return language().text("age.days", number=str(int(seconds // _DAY)))


def _read_decision(form: Mapping[str, str]) -> tuple[str, str]:
    if form.get("decision") not in {STOP, KEEP}:
        raise FormError("fault.decision")
    return form["decision"], read_reason(form)


def send_lines(lines: str, name: str) -> Response:
    """Return JSON lines as a file to keep."""
    response = Response(lines, mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
