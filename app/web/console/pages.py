"""One way to show a page, with what all of them need."""

from typing import Any

from flask import Response, g, make_response, render_template, request

from app.domain.language import FALLBACK_LANGUAGE
from app.web.console.context import Console, Visitor, language, visitor
from app.web.console.guard import form_token, safe_path


def render_page(console: Console, page: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page of templates/console in the visitor's language."""
    if "visitor" not in g:
        g.visitor = Visitor("")
    if "language" not in g:
        g.language = console.texts.of(FALLBACK_LANGUAGE)
    texts = language()
    notice = None
    # A page that tells an error may have no store to ask.
    if visitor().name and "error_key" not in values:
        notice = console.sessions.store.take_notice(visitor().session_id)
    html = render_template(
        f"console/{page}.html",
        t=texts.text,
        texts=texts,
        languages=sorted(console.texts.languages.values(), key=lambda one: one.name),
        moment=console.write_moment,
        visitor=visitor(),
        csrf=form_token(console),
        notice=notice,
        here=safe_path(request.path if request.method == "GET" else ""),
        zone=console.zone.key,
        style_version=console.style_version,
        **values,
    )
    # Words of a message may hold halves of characters, which cannot be sent.
    return make_response(html.encode("utf-8", "replace"), status)
