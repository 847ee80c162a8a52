"""The form of a website: a number, a box that was ticked, and the words beside it.

It is open to everybody, so it changes no preference: it can only put a question to the owner of the
number, and every limit here keeps it from becoming a way to bother strangers.
"""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from app.countries import country_of, read_mobile_number
from app.domain.marks import read_campaign
from app.domain.recipients import Recipient
from app.domain.sources import OptInSource, Wording
from app.runtime import Runtime
from app.usecases.ask_consent import Asked, ask_consent
from app.web.console.users import address_of

logger = logging.getLogger(__name__)

LARGEST_FORM = 8 * 1024
_LONGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """What the sender of a form is told: a status, and the name of a text of config/ways.toml."""

    status: int
    text: str


def takes_numbers(source: OptInSource, runtime: Runtime) -> bool:
    """Tell whether a source has a form at all: it asks twice, and there is a template for it."""
    asks_twice = source.is_double or bool(source.double_in)
    return asks_twice and bool(runtime.business.website.template)


def answer_form(request: Request, source: OptInSource, runtime: Runtime) -> FormAnswer:
    """Read a form and ask the owner of its number; the answer tells nothing about them.

    Raises:
        StoreError: nothing was decided.
    """
    address = address_of(request.remote_addr, request.headers.get("X-Forwarded-For", ""))
    # Counted before anything is read, so that wrong numbers cannot be tried without end either.
    if runtime.asker.consents.count_address(address) > runtime.business.website.forms_per_address:
        return FormAnswer(429, "busy")
    if _is_foreign(request, runtime):
        return FormAnswer(403, "later")
    return _read_form(request, source, runtime)


def _read_form(request: Request, source: OptInSource, runtime: Runtime) -> FormAnswer:
    if request.form.get("agree") not in {"yes", "on"}:
        return FormAnswer(400, "tick")
    wording = _shown(request, source)
    if wording is None:
        return FormAnswer(409, "changed")
    wa_id = read_mobile_number(request.form.get("number", ""), _only_country(source))
    if wa_id is None:
        return FormAnswer(400, "wrong_number")
    country = country_of(Recipient(wa_id=wa_id))
    if not source.is_for(country) or not source.asks_twice(country):
        return FormAnswer(400, "elsewhere")
    asked = ask_consent(
        wa_id,
        source,
        wording,
        asker=runtime.asker,
        now=runtime.clock(),
        page=_page(request.form.get("page", "")),
        campaign=read_campaign(request.form),
    )
    logger.info("consent.form_taken", extra={"source": source.id, "asked": asked.value})
    return FormAnswer(429, "busy") if asked is Asked.TOO_MANY else FormAnswer(202, "sent")


def _shown(request: Request, source: OptInSource) -> Wording | None:
    """Return the wording that the form says was shown, if it is one that is shown now."""
    wording_id = request.form.get("wording_id", "")
    return next((one for one in source.wordings.values() if one.id == wording_id), None)


def _only_country(source: OptInSource) -> str | None:
    return next(iter(source.countries)) if len(source.countries) == 1 else None


def _is_foreign(request: Request, runtime: Runtime) -> bool:
    """Tell whether a browser says that the form stands on a site that nobody allowed."""
    origin = request.headers.get("Origin", "null")
    if origin in {"null", *runtime.business.website.origins}:
        return False
    return urlsplit(origin).netloc.lower() != request.host.lower()


def _page(address: str) -> str:
    """Return where the form stood, without what could be personal in it."""
    try:
        parts = urlsplit(address[: 4 * _LONGEST_PAGE])
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.hostname}{parts.path}"[:_LONGEST_PAGE]
