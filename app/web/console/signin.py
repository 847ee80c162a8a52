"""Coming in and going out, and the language of the pages."""

import logging
from datetime import timedelta

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.store.access import Access
from app.web.console.context import Console, language, visitor
from app.web.console.guard import LANGUAGE_COOKIE, begin_session, safe_path, use_session
from app.web.console.pages import render_page
from app.web.console.sessions import PATH, new_visitor_id
from app.web.console.users import BusyError, address_of, check_password, find_user

logger = logging.getLogger(__name__)

_YEAR_SECONDS = 365 * 24 * 3600
_MINUTE = 60
_LONGEST_NAME = 200


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""
    users = console.runtime.settings.console.users

    @blueprint.get("/login")
    def show_login() -> ResponseReturnValue:
        if visitor().name:
            return redirect(url_for("console.show_start"), 303)
        notices = {"ended": "login.ended", "out": "login.out"}
        notice = next((notices[name] for name in notices if name in request.args), None)
        return render_page(console, "login", login_notice=notice)

    @blueprint.post("/login")
    def log_in() -> ResponseReturnValue:
        name = request.form.get("name", "").strip()[:_LONGEST_NAME]
        address = address_of(request.remote_addr, request.headers.get("X-Forwarded-For", ""))
        wait = console.limits.attempt(name, address, now=console.now)
        if wait > timedelta(0):
            _record(Access.SIGN_IN_REFUSED, name)
            return _refuse_for(wait)
        try:
            identity = check_password(users, name, request.form.get("password", ""))
        except BusyError:
            return _show_fault(language().text("login.busy"), 503, name)
        if identity is None:
            _record(Access.SIGN_IN_FAILED, name)
            return _show_fault(language().text("login.wrong"), 401, name)
        console.limits.succeed(name, address)
        begin_session(console, identity)
        console.record(Access.SIGNED_IN)
        logger.info("console.signed_in", extra={"actor": identity.name})
        return redirect(url_for("console.show_start"), 303)

    @blueprint.post("/logout")
    def log_out() -> ResponseReturnValue:
        console.record(Access.SIGNED_OUT)
        console.sessions.store.end(visitor().session_id)
        use_session(new_visitor_id())
        return redirect(url_for("console.show_login", out=1), 303)

    @blueprint.post("/language")
    def choose_language() -> ResponseReturnValue:
        response = redirect(safe_path(request.form.get("back", "")), 303)
        chosen = request.form.get("language", "")
        if chosen in console.texts.languages:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen,
                max_age=_YEAR_SECONDS,
                path=PATH,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _record(action: Access, name: str) -> None:
        # A name that is nobody's may be a password that was typed into the wrong field.
        known = find_user(users, name)
        who = known.name if known else "?"
        console.access.record(who, action, now=console.now)
        logger.warning(f"console.{action.value}", extra={"actor": who})  # noqa: G004 - three constants

    def _refuse_for(wait: timedelta) -> Response:
        seconds = max(round(wait.total_seconds() + 0.5), 1)
        time = f"{seconds // _MINUTE}:{seconds % _MINUTE:02d}"
        response = _show_fault(language().text("login.wait", time=time), 429, "")
        response.headers["Retry-After"] = str(seconds)
        return response

    def _show_fault(text: str, status: int, name: str) -> Response:
        return render_page(console, "login", status=status, fault=text, name=name)
