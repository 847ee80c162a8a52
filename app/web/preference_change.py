"""Make the change that a person asked for on their page, with its proof."""

from collections.abc import Mapping
from typing import Any

from app.countries import country_of
from app.domain.events import Source
from app.domain.links import PreferenceLink
from app.domain.preferences import Outcome
from app.domain.recipients import recipient_of_identity
from app.domain.records import RecipientView
from app.domain.times import SERVICE_WINDOW, to_milliseconds
from app.runtime import Runtime
from app.usecases.change import change
from app.web.preference_forms import Action


def apply_action(
    action: Action,
    carried: Mapping[str, Any],
    link: PreferenceLink,
    view: RecipientView,
    runtime: Runtime,
) -> str:
    """Apply an action and return what it did: the action's name, or "unchanged".

    `carried` is what the form knew of the page: its language, and the version of its wording.

    Raises:
        StoreError: it may or may not have been accepted; it is safe to ask again.
    """
    if not action.settings:
        return "unchanged"
    recipient = recipient_of_identity(view.identity)
    language = str(carried["language"])
    number = _number_of_chat(link, runtime)
    outcome = change(
        recipient,
        action.settings,
        source=Source.PAGE,
        actor="person",
        reason=action.name,
        via="preference page",
        applier=runtime.applier,
        now=runtime.clock(),
        command=action.command,
        language=language,
        phone_number_id=number,
        proof={
            "page_language": language,
            "wording_version": carried["wording"],
            "wording": _wording(action, language, runtime),
            "country": country_of(recipient),
            **_proof_of_window(view, number, runtime),
        },
    )
    # A stop is set again even where one stands: a START of the chat, older than this, may still be
    # on its way. The person hears that it is done, either way.
    is_done = outcome is not Outcome.UNCHANGED or action.name == "stop"
    return action.name if is_done else "unchanged"


def _wording(action: Action, language: str, runtime: Runtime) -> str | None:
    """Return the words on the button where they are an agreement, as proof of the opt-in."""
    if action.name != "start":
        return None
    return runtime.page_texts.text(language, "start").replace("{business}", runtime.business.name)


def _number_of_chat(link: PreferenceLink, runtime: Runtime) -> str | None:
    """Return the number in whose chat a change may be confirmed, where that is certain."""
    if link.phone_number_id:
        return link.phone_number_id
    numbers = runtime.business.numbers
    return numbers[0].phone_number_id if len(numbers) == 1 else None


def _proof_of_window(view: RecipientView, number: str | None, runtime: Runtime) -> dict[str, Any]:
    """Return when the person last wrote, where the window of 24 hours since then is open."""
    written_at = view.last_message_at
    if number is None or written_at is None or runtime.clock() >= written_at + SERVICE_WINDOW:
        return {}
    return {"window_from": to_milliseconds(written_at)}
