"""What the API shows of a recipient."""

from typing import Any

from app.domain.recipients import Recipient
from app.domain.state import describe_state
from app.runtime import Runtime


def view_recipient(recipient: Recipient, runtime: Runtime) -> dict[str, Any]:
    """Return a recipient in JSON, as it stands now."""
    found = runtime.preferences.view_many([recipient])[0]
    state = describe_state(
        found.identity, found.preferences, business=runtime.business, now=runtime.clock()
    )
    state["bsuid"] = state["bsuid"] or recipient.bsuid
    changed = {name: state.pop(name) for name in ("revision", "updated_at")}
    return {**state, "held": bool(found.holds), **changed}
