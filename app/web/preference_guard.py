"""What keeps a preference page to the person: its headers, and where a form may come from."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Request, Response, request

from app.web.preference_assets import Assets

_PANEL = "panel"


def is_panel() -> bool:
    """Tell whether the page is asked for as a panel in a site of the business."""
    return request.args.get("view") == _PANEL


def is_foreign(incoming: Request) -> bool:
    """Tell whether a browser says that a form was sent from another site.

    A browser that says nothing, or `null` because our pages send no referrer, is not foreign: the
    form itself proves that it is ours.
    """
    site = incoming.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        return True
    origin = incoming.headers.get("Origin", "null")
    if origin == "null":
        return False
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return True
    # The host alone: behind a platform's router the scheme that we see is not the browser's.
    return host.lower() != incoming.host.lower()


def protect(response: Response, assets: Assets, panel_origins: Sequence[str]) -> Response:
    """Add the headers of a page; those of an asset are its own."""
    if "Content-Security-Policy" in response.headers:
        return response
    is_framed = is_panel() and bool(panel_origins)
    ancestors = " ".join(panel_origins) if is_framed else "'none'"
    script = "'self'" if is_framed else "'none'"
    response.headers["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            "style-src 'self'",
            f"img-src 'self' {assets.logo_origin}".rstrip(),
            f"script-src {script}",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        ]
    )
    if not is_framed:
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    # The address is the key to the page: it goes to nobody, and into no index.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Vary"] = "Accept-Language"
    return response
