"""What the script on a website of the business is told, and which websites may ask."""

from typing import Any

from flask import Response, request

from app.domain.business import Business
from app.domain.joining import JoinLink
from config.ways_loader import way_texts


def describe_source(link: JoinLink, *, with_form: bool) -> dict[str, Any]:
    """Return all that a form, a pop-up or a chat button shows; it is the same for everybody."""
    form = {
        "consents": f"/j/{link.source.id}/consents",
        "consent": {
            "wording_id": link.wording.id,
            "lang": link.wording.language,
            **{f"utm_{name}": value for name, value in link.campaign.items()},
        },
    }
    return {
        "source": link.source.id,
        "business": link.source.business_name,
        "language": link.wording.language,
        "direction": link.direction,
        "wording": link.wording.text,
        "wording_id": link.wording.id,
        "draft": link.sentence,
        "link": link.address,
        "texts": dict(way_texts(link.wording.language)),
        **(form if with_form else {}),
    }


def allow_site(response: Response, business: Business) -> Response:
    """Let the script of an allowed site read the answer; no other site, and never with cookies."""
    origin = request.headers.get("Origin")
    if origin in business.website.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers.add("Vary", "Origin")
    return response
