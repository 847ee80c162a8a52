"""The scope of a hold: what may not be sent while a restriction waits to be applied."""

from app.domain.events import Event
from app.domain.permission import ALL_TOPICS
from app.domain.registers import is_restrictive


def hold_scope(event: Event) -> str | None:
    """Return what an accepted event forbids until it is applied; None where it forbids nothing.

    A single topic or category off, or its cap, holds just that. Everything else that restricts
    holds all: for the seconds that a hold stands, too much silence is the safe side.
    """
    scopes = {
        _scope_of(name) for name, value in event.settings.items() if is_restrictive(name, value)
    }
    if not scopes:
        return None
    return scopes.pop() if len(scopes) == 1 else ALL_TOPICS


def _scope_of(register: str) -> str:
    if register == "whatsapp_marketing":
        return "marketing"
    kind, _, topic = register.partition(".")
    if topic and kind in {"topics", "frequency"}:
        return topic
    return ALL_TOPICS
