"""A website of the business with a form, a pop-up and a chat button, under a strict policy."""

from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request

from sandbox.web import current_world

website = Blueprint("website", __name__)

_DIRECTIONS: Final = {"ar": "rtl"}


@website.get("/website")
def show_website() -> Response:
    """Show a page as a shop could have it; `?lang=` as its visitors read it."""
    parts = urlsplit(current_world().config.webhook_url)
    heed = f"{parts.scheme}://{parts.netloc}"
    asked = request.args.get("lang", "en")
    language = asked if asked in {"en", "ar", "de", "es"} else "en"
    values: dict[str, Any] = {
        "heed": heed,
        "language": language,
        "direction": _DIRECTIONS.get(language, "ltr"),
        # What `flask --app app sources list` prints for the English words of website-form.
        "wording_id": "2e2a42ba4161ec31ead69631dda3eb43",
        "delay": request.args.get("delay", "600"),
    }
    response = Response(render_template("website.html", **values), mimetype="text/html")
    # As strict as a shop can be: no inline style, no inline script, nothing from elsewhere.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {heed}; connect-src {heed}; style-src 'self'; "
        f"form-action {heed}; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
