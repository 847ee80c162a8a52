"""Look a person up, see what holds and what happened, and change it on their behalf."""

import logging
import secrets
from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.events import Source
from app.domain.menu import offered_channels
from app.domain.preferences import Outcome
from app.domain.recipients import Recipient
from app.store.access import Access
from app.usecases.change import change
from app.usecases.history import history
from app.usecases.timeline import tell_history
from app.usecases.timeline_changes import write_cap
from app.web.console.actions import (
    ACTIONS,
    CAPS,
    PAUSES,
    WAYS_TO_ASK,
    FormError,
    Wish,
    read_wish,
)
from app.web.console.context import Console, PageError, language, visitor
from app.web.console.lookup import read_people, write_number
from app.web.console.pages import render_page
from app.web.console.state import describe_person
from config.console_settings import Role

logger = logging.getLogger(__name__)

_PAGE = 50
_MOST_PAGES = 10_000
_UNPROCESSABLE = 422


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""
    runtime = console.runtime

    @blueprint.get("")
    def show_start() -> Response:
        return render_page(console, "look_up")

    @blueprint.post("/people")
    def look_up() -> ResponseReturnValue:
        # By POST, so that numbers stand in no address, history or log.
        text, why = request.form.get("who", ""), request.form.get("why", "")
        people = read_people(text, runtime.business)
        if not people:
            fault = language().text("look_up.wrong")
            return render_page(
                console, "look_up", status=_UNPROCESSABLE, fault=fault, who=text[:200], why=why
            )
        if len(people) > 1:
            choices = [(f"+{one.wa_id}", write_number(one)) for one in people]
            return render_page(console, "look_up", choices=choices, who=text[:200], why=why)
        alias = console.alias_of(people[0].root)
        console.record(Access.LOOKED_UP, identity=console.root_of(people[0]), why=why.strip())
        return redirect(url_for("console.show_person", alias=alias), 303)

    @blueprint.get("/people/<alias>")
    def show_person(alias: str) -> Response:
        return _show(console.find_person(alias), alias)

    @blueprint.post("/people/<alias>/<action>")
    def change_person(alias: str, action: str) -> ResponseReturnValue:
        if action not in ACTIONS:
            raise PageError(404, "error.missing")
        recipient = console.find_person(alias)
        try:
            wish = read_wish(
                action,
                request.form,
                business=runtime.business,
                now=console.now,
                zone=console.zone,
            )
        except FormError as error:
            fault = language().text(error.key, number=str(error.number))
            return _show(recipient, alias, action=action, fault=fault, form=request.form)
        outcome = _change(recipient, alias, action, wish)
        console.sessions.store.leave_notice(visitor().session_id, f"done.{outcome}")
        return redirect(url_for("console.show_person", alias=alias), 303)

    def _change(recipient: Recipient, alias: str, action: str, wish: Wish) -> str:
        # Before the change: what is not logged is not done.
        console.record(Access.CHANGED, identity=console.root_of(recipient), why=wish.reason)
        # The same form twice is one change; the same page with other contents is another.
        fields = sorted((name, value) for name, value in request.form.items() if name != "csrf")
        outcome = change(
            recipient,
            wish.settings,
            source=Source.OPERATOR,
            actor=visitor().name,
            reason=wish.reason,
            via="console",
            proof={"asked_how": wish.asked_how} if wish.asked_how else None,
            change_id=repr((visitor().session_id, alias, action, fields)),
            applier=runtime.applier,
            now=console.now,
        )
        logger.info(
            "console.changed",
            extra={"actor": visitor().name, "change": action, "outcome": outcome.value},
        )
        return _say_outcome(recipient, wish, outcome)

    def _say_outcome(recipient: Recipient, wish: Wish, outcome: Outcome) -> str:
        """Return which text tells the agent what came of it."""
        if outcome is Outcome.REPLAYED:
            return outcome.value
        after = runtime.preferences.view_many([recipient])[0].preferences
        # A part of the wish may be older than what the person said meanwhile.
        is_as_wished = all(after.value(name) == value for name, value in wish.settings.items())
        return outcome.value if is_as_wished else Outcome.STALE.value

    def _show(
        recipient: Recipient,
        alias: str,
        *,
        action: str = "",
        fault: str = "",
        form: Mapping[str, str] | None = None,
    ) -> Response:
        view = runtime.preferences.view_many([recipient])[0]
        # Before anything is shown: what is not logged is not seen.
        console.record(Access.VIEWED, identity=view.identity)
        found = history(recipient, preferences=runtime.preferences)
        items = tell_history(
            found.entries,
            texts=language(),
            business=runtime.business,
            now=console.now,
            zone=console.zone,
        )
        page = min(request.args.get("page", 1, type=int), _MOST_PAGES) if not action else 1
        first = max(page - 1, 0) * _PAGE
        return render_page(
            console,
            "person",
            status=_UNPROCESSABLE if fault else 200,
            person=describe_person(
                recipient,
                view,
                texts=language(),
                business=runtime.business,
                now=console.now,
                write_moment=console.write_moment,
            ),
            alias=alias,
            items=items[first : first + _PAGE],
            older=page + 1 if len(items) > first + _PAGE else None,
            page_number=page,
            intact=all(chain["intact"] for chain in found.chains),
            length=sum(chain["length"] for chain in found.chains),
            may_change=visitor().role.includes(Role.AGENT),
            once=secrets.token_urlsafe(12),
            fault_action=action,
            fault=fault,
            form=form or {},
            pauses=PAUSES,
            channels=[
                (one.value, language().text(f"channel.{one}"))
                for one in offered_channels(runtime.business)
            ],
            caps=[(cap, write_cap(cap, language())) for cap in CAPS],
            ways=WAYS_TO_ASK,
        )
