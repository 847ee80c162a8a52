"""/preferences/<token>: a person's own page (docs/preference-page.md).

Reading changes nothing, whoever reads: people, previews of chats, scanners of mail. A change is a
POST with the form that the page gave, and is effective when it is answered.
"""

import logging
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.links import PreferenceLink
from app.domain.records import RecipientView
from app.runtime import Runtime
from app.store.connection import StoreError
from app.tokens import ExpiredTokenError, ForgedTokenError
from app.web.preference_assets import Assets
from app.web.preference_change import apply_action
from app.web.preference_forms import Action, UnknownActionError, read_action
from app.web.preference_guard import is_foreign, protect
from app.web.preference_view import PageViews

logger = logging.getLogger(__name__)

MOST_CHANGES = 30
"""Changes through one link in ten minutes; past it, only stopping works."""

_LARGEST_FORM = 64 * 1024


class _GoneError(Exception):
    """There is no page behind this link (any more)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _RefusedError(Exception):
    """The change is not made; `problem` is the text that says why, above the page as it stands."""

    def __init__(
        self, status: int, problem: str, link: PreferenceLink, view: RecipientView
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.problem = problem
        self.link = link
        self.view = view


def create_preferences(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the pages, the panel, and what they load."""
    blueprint = Blueprint("preferences", __name__, template_folder="templates")
    assets = Assets(runtime.business.page)
    views = PageViews(runtime, assets)

    def find(token: str) -> tuple[PreferenceLink, RecipientView]:
        try:
            link = runtime.links.find(runtime.tokens.read_link(token))
        except ForgedTokenError:
            raise _GoneError(404) from None
        except ExpiredTokenError:
            raise _GoneError(410) from None
        if link is None:
            raise _GoneError(410)
        return link, runtime.preferences.view_many([link.recipient])[0]

    def read_form(link: PreferenceLink, view: RecipientView) -> tuple[Action, dict[str, Any]]:
        request.max_content_length = _LARGEST_FORM
        try:
            carried = runtime.tokens.read_form(request.form.get("form", ""), link_id=link.id)
            action = read_action(request.form, carried["shown"], runtime.business, runtime.clock())
        except (ForgedTokenError, UnknownActionError, KeyError):
            raise _RefusedError(403, "retry", link, view) from None
        if is_foreign(request):
            raise _RefusedError(403, "retry", link, view)
        return action, carried

    @blueprint.get("/preferences/<token>")
    def show_page(token: str) -> ResponseReturnValue:
        link, view = find(token)
        return views.page(link, view, notice=views.read_notice(link))

    @blueprint.post("/preferences/<token>")
    def change_page(token: str) -> ResponseReturnValue:
        link, view = find(token)
        action, carried = read_form(link, view)
        is_stop = action.name == "stop"
        is_too_often = runtime.links.count_change(link.id) > MOST_CHANGES
        if is_too_often and not is_stop:
            raise _RefusedError(429, "busy", link, view)
        # Stopping is never too often. But then one that stands is not written again and again.
        is_settled = is_too_often and view.preferences.messages == "opted_out"
        done = action.name if is_settled else apply_action(action, carried, link, view, runtime)
        logger.info("page.changed", extra={"action": action.name, "done": done})
        notice = runtime.tokens.sign_notice({"link": link.id, "done": done})
        return redirect(views.address(token, done=notice), 303)

    @blueprint.get("/preferences")
    @blueprint.get("/preferences/")
    def show_no_page() -> ResponseReturnValue:
        raise _GoneError(404)

    @blueprint.get("/panel.js")
    def show_panel_script() -> ResponseReturnValue:
        response = assets.respond("panel.js", None)
        return response or ("", 404)

    @blueprint.get("/assets/<version>/<name>")
    def show_asset(version: str, name: str) -> ResponseReturnValue:
        response = assets.respond(name, version)
        return response or ("", 404)

    @blueprint.errorhandler(_GoneError)
    def answer_gone(error: _GoneError) -> ResponseReturnValue:
        return views.gone(), error.status

    @blueprint.errorhandler(_RefusedError)
    def answer_refused(error: _RefusedError) -> ResponseReturnValue:
        return views.page(error.link, error.view, problem=error.problem), error.status

    @blueprint.errorhandler(StoreError)
    def answer_store_error(error: StoreError) -> ResponseReturnValue:
        # The type alone: Redis repeats parts of what it was sent in its messages.
        logger.error("store.failed", extra={"error": type(error).__name__, "endpoint": "page"})
        return views.later(), 503, {"Retry-After": "60"}

    @blueprint.after_request
    def add_headers(response: Response) -> Response:
        return protect(response, assets, runtime.business.page.panel_origins)

    return blueprint
