"""What stands before every page of the console: language, session, form token, role."""

import re

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.language import resolve_language
from app.store.access import Access
from app.web.console.context import Console, PageError, Visitor, visitor
from app.web.console.sessions import PATH, is_of_session, new_visitor_id
from app.web.console.users import Identity, find_user, identify, identify_by_proxy
from config.console_settings import Role

LANGUAGE_COOKIE = "heed_console_language"
SET_UP = "setup.title"
"""The page that says how to let somebody in; there is no default password."""
_LARGEST_FORM = 64 * 1024
_STATIC = "console.static"
# Open to everybody; each of these looks after itself.
PUBLIC = frozenset({"console.show_login", "console.log_in", "console.choose_language"})
# A route without an entry is open to administrators alone.
ROLES = {
    "console.log_out": Role.READ,
    "console.show_start": Role.READ,
    "console.look_up": Role.READ,
    "console.show_person": Role.READ,
    "console.show_review": Role.READ,
    "console.show_figures": Role.READ,
    "console.open_questioner": Role.READ,
    "console.show_missing": Role.READ,
    "console.change_person": Role.AGENT,
    "console.decide_question": Role.AGENT,
    "console.export_decisions": Role.ADMIN,
    "console.show_deliveries": Role.ADMIN,
    "console.retry_deliveries": Role.ADMIN,
    "console.resume_endpoint": Role.ADMIN,
    "console.show_access": Role.ADMIN,
    "console.filter_access": Role.ADMIN,
    "console.export_access": Role.ADMIN,
}
_OUR_PATH = re.compile(rf"{PATH}(/[A-Za-z0-9_-]+)*")
# No page has a script, and none may get one.
_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def install_guard(blueprint: Blueprint, console: Console) -> None:
    """Put the checks before every route, and the headers behind it."""
    settings = console.runtime.settings.console

    @blueprint.before_request
    def check() -> ResponseReturnValue | None:
        request.max_content_length = _LARGEST_FORM
        g.language = console.texts.of(_choose_language(console))
        g.visitor = Visitor(console.sessions.read_id(request) or "")
        if request.endpoint == _STATIC:
            return None
        if not settings.is_set_up:
            raise PageError(503, SET_UP)
        if request.method == "POST":
            _check_form(console)
        identity = _find_identity(console)
        if identity is None and request.endpoint not in PUBLIC:
            if settings.trusted_header and not settings.users:
                raise PageError(403, "error.proxy")
            ended = 1 if is_of_session(visitor().session_id) else None
            return redirect(url_for("console.show_login", ended=ended), 303)
        if identity is not None:
            g.visitor = Visitor(visitor().session_id, identity.name, identity.role)
            needed = ROLES.get(request.endpoint or "", Role.ADMIN)
            if request.endpoint not in PUBLIC and not identity.role.includes(needed):
                raise PageError(403, "error.forbidden")
        return None

    @blueprint.after_request
    def protect(response: Response) -> Response:
        is_static = request.endpoint == _STATIC and response.status_code < 400  # noqa: PLR2004
        response.headers["Cache-Control"] = "public, max-age=86400" if is_static else "no-store"
        response.headers["Content-Security-Policy"] = _CONTENT_SECURITY
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if "new_session_id" in g:
            console.sessions.write_id(response, g.new_session_id, is_secure=request.is_secure)
        return response


def begin_session(console: Console, identity: Identity) -> None:
    """Let somebody in, under a new id."""
    former_id = visitor().session_id or None
    session_id = console.sessions.begin(identity, former_id=former_id, now=console.now)
    use_session(session_id, identity)


def use_session(session_id: str, identity: Identity | None = None) -> None:
    """Work with an id that the visitor has not had before, and send it along."""
    g.new_session_id = session_id
    g.visitor = (
        Visitor(session_id, identity.name, identity.role) if identity else Visitor(session_id)
    )


def form_token(console: Console) -> str:
    """Return the token for the forms of this page; a visitor without an id gets one."""
    if not visitor().session_id:
        use_session(new_visitor_id())
    return console.sessions.form_token(visitor().session_id)


def safe_path(text: str) -> str:
    """Return a path of the console to go back to, and never anything else."""
    return text if _OUR_PATH.fullmatch(text) else PATH


def _choose_language(console: Console) -> str | None:
    available = console.texts.languages
    chosen = resolve_language(request.cookies.get(LANGUAGE_COOKIE), available)
    if chosen:
        return chosen
    for tag, quality in request.accept_languages:
        found = resolve_language(tag, available) if quality > 0 else None
        if found:
            return found
    return None


def _check_form(console: Console) -> None:
    """Refuse a form that no page of ours has sent in this session."""
    session_id = visitor().session_id
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise PageError(403, "error.form")
    if not (
        session_id and console.sessions.is_form_token(session_id, request.form.get("csrf", ""))
    ):
        raise PageError(403, "error.form")


def _find_identity(console: Console) -> Identity | None:
    """Return who is logged in now: what the environment says today, not what it said at login."""
    settings = console.runtime.settings.console
    by_proxy = identify_by_proxy(settings, request.headers)
    session_id = visitor().session_id
    session = console.sessions.find(session_id, now=console.now) if session_id else None
    if by_proxy:
        if session is None or (session.name, session.proof) != (by_proxy.name, by_proxy.proof):
            if request.method == "POST":
                raise PageError(403, "error.form")
            begin_session(console, by_proxy)
            console.record(Access.SIGNED_IN)
        return by_proxy
    user = find_user(settings.users, session.name) if session else None
    identity = identify(user) if user else None
    return identity if identity and session and identity.proof == session.proof else None
