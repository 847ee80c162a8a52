"""Endpoints and their dead letters, for administrators."""

import logging
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.deliveries import EndpointState
from app.domain.recipients import RecipientError, parse_recipient
from app.domain.times import from_milliseconds
from app.store.access import Access
from app.usecases.dead_letters import retry
from app.usecases.deliver import resume
from app.web.console.context import Console, PageError, language, visitor
from app.web.console.pages import render_page

logger = logging.getLogger(__name__)

_MOST = 100


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""
    runtime = console.runtime
    deliveries = runtime.deliveries

    @blueprint.get("/deliveries")
    def show_deliveries() -> Response:
        endpoints = [_view(one.id) for one in deliveries.endpoints]
        return render_page(console, "deliveries", endpoints=endpoints)

    @blueprint.post("/deliveries/<endpoint_id>/retry")
    def retry_deliveries(endpoint_id: str) -> ResponseReturnValue:
        chosen = request.form.get("id", "")[:60]
        number = retry(
            _known(endpoint_id),
            [chosen] if chosen else None,
            letters=deliveries.dead,
            now=console.now,
        )
        return _done(endpoint_id, "retried" if number else "delivery_gone")

    @blueprint.post("/deliveries/<endpoint_id>/resume")
    def resume_endpoint(endpoint_id: str) -> ResponseReturnValue:
        resume(_known(endpoint_id), deliverer=deliveries.deliverer)
        return _done(endpoint_id, "resumed")

    def _known(endpoint_id: str) -> str:
        if deliveries.endpoint(endpoint_id) is None:
            raise PageError(404, "error.missing")
        return endpoint_id

    def _done(endpoint_id: str, what: str) -> ResponseReturnValue:
        console.record(Access.DELIVERED, why=f"{endpoint_id}: {what}")
        logger.info(
            "console.delivered",
            extra={"actor": visitor().name, "endpoint": endpoint_id, "what": what},
        )
        console.sessions.store.leave_notice(visitor().session_id, f"done.{what}")
        return redirect(url_for("console.show_deliveries"), 303)

    def _view(endpoint_id: str) -> dict[str, Any]:
        health, _ = deliveries.health.load(endpoint_id)
        counts = deliveries.lanes.counts(endpoint_id, console.now)
        return {
            "id": endpoint_id,
            "state": language().text(f"deliveries.{health.state.value}"),
            "may_resume": health.state is not EndpointState.OPEN,
            "since": console.write_moment(from_milliseconds(health.since)) if health.since else "",
            "last": health.last,
            "waiting": counts.waiting,
            "oldest": console.write_moment(counts.oldest_since) if counts.oldest_since else "",
            "dead": counts.dead,
            "letters": [
                {
                    "id": one.id,
                    "type": one.event["type"],
                    "who": _mask(one.event["recipient"]),
                    "attempts": one.tries.attempts,
                    "last": one.tries.last,
                    "when": console.write_moment(one.died_at),
                }
                for one in deliveries.dead.list(endpoint_id, most=_MOST)
            ],
            "has_more": counts.dead > _MOST,
        }


def _mask(recipient: str) -> str:
    try:
        return parse_recipient(recipient).masked
    except RecipientError:
        return "•••••"
