"""/j/<source>: the short address of a way in, for receipts, signs, e-mails and messages.

A phone is led to the chat; a bigger screen shows the code for the phone. Nothing is changed or kept
of who came: the message that the person sends is the proof.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.joining import JoinLink
from app.domain.marks import read_campaign
from app.domain.sources import OptInSource
from app.paper.codes import draw_png, draw_svg
from app.runtime import Runtime
from app.usecases.joining import NoNumberError, choose_wording_language, make_join_link
from app.web.errors import ProblemError
from app.web.preference_assets import Assets
from app.web.ways_assets import respond_with_asset
from app.web.ways_form import LARGEST_FORM, answer_form, takes_numbers
from app.web.ways_website import allow_site, describe_source
from config.ways_loader import way_texts

_PHONES = ("android", "iphone", "ipad", "ipod", "mobile")
_LONGEST_PARAMETER = 64
_CODES = {"svg": (draw_svg, "image/svg+xml"), "png": (draw_png, "image/png")}


def create_ways(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the short addresses and their codes."""
    blueprint = Blueprint("ways", __name__, template_folder="templates")
    assets = Assets(runtime.business.page)

    def find(source_id: str) -> JoinLink:
        source = runtime.business.source(source_id.casefold())
        if source is None:
            raise ProblemError(404, "No such way in", "Check the address for typing errors.")
        try:
            return make_join_link(
                source,
                business=runtime.business,
                replies=runtime.replies,
                language=_choose_language(source, runtime.business.language),
                campaign=read_campaign(_parameters()),
            )
        except NoNumberError:
            raise ProblemError(
                503,
                "No number to write to",
                "business.toml needs a display_phone_number under [[numbers]].",
            ) from None

    @blueprint.get("/j/<source_id>")
    def lead_in(source_id: str) -> ResponseReturnValue:
        link = find(source_id)
        if _is_phone():
            return redirect(link.address, 302)
        return render_template(
            "ways/join.html",
            link=link,
            assets=assets,
            code=url_for(".show_code", source_id=link.source.id, kind="svg", **_kept(link)),
            languages=[
                (one, url_for(".lead_in", source_id=link.source.id, **{**_kept(link), "lang": one}))
                for one in sorted(link.source.wordings)
            ],
            names={name: one.name for name, one in runtime.replies.languages.items()},
        )

    @blueprint.get("/j/<source_id>/code.<kind>")
    def show_code(source_id: str, kind: str) -> ResponseReturnValue:
        if kind not in _CODES:
            raise ProblemError(404, "No such code", "Ask for code.svg or code.png.")
        draw, mimetype = _CODES[kind]
        return Response(draw(find(source_id).address), mimetype=mimetype)

    @blueprint.get("/j/<source_id>/source.json")
    def show_source(source_id: str) -> ResponseReturnValue:
        link = find(source_id)
        described = describe_source(link, with_form=takes_numbers(link.source, runtime))
        return allow_site(jsonify(described), runtime.business)

    @blueprint.post("/j/<source_id>/consents")
    def take_form(source_id: str) -> ResponseReturnValue:
        request.max_content_length = LARGEST_FORM
        link = find(source_id)
        if not takes_numbers(link.source, runtime):
            raise ProblemError(
                404, "This way in takes no numbers", "Let people send the message of its link."
            )
        answer = answer_form(request, link.source, runtime)
        text = way_texts(link.wording.language)[answer.text]
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
            page = render_template("ways/told.html", link=link, assets=assets, text=text)
            return page, answer.status, {"Cache-Control": "no-store"}
        response = jsonify(status=answer.text, text=text)
        response.status_code = answer.status
        response.headers["Cache-Control"] = "no-store"
        return allow_site(response, runtime.business)

    @blueprint.get("/ways/<name>")
    def show_asset(name: str) -> ResponseReturnValue:
        return respond_with_asset(name)

    @blueprint.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; style-src 'self'; img-src 'self' {assets.logo_origin}".rstrip()
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        response.headers.setdefault("Cache-Control", "public, max-age=300")
        response.headers.add("Vary", "Accept-Language, User-Agent, Sec-CH-UA-Mobile")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return blueprint


def _choose_language(source: OptInSource, default: str) -> str:
    asked = request.values.get("lang", "")[:_LONGEST_PARAMETER]
    accepted = [one for one, _ in request.accept_languages]
    return choose_wording_language(source, [asked, *accepted], default=default)


def _parameters() -> dict[str, str]:
    # What is longer than any token that is kept is not even looked at.
    return {
        name: value
        for name, value in request.values.items()
        if name.startswith("utm_") and len(value) <= _LONGEST_PARAMETER
    }


def _kept(link: JoinLink) -> dict[str, Any]:
    campaign = {f"utm_{name}": value for name, value in link.campaign.items()}
    return {"lang": link.wording.language, **campaign}


def _is_phone() -> bool:
    if request.headers.get("Sec-CH-UA-Mobile") == "?1":
        return True
    agent = request.headers.get("User-Agent", "").casefold()
    return any(word in agent for word in _PHONES)
