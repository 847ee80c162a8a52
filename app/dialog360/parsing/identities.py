"""Read changes of a person's number or BSUID: system messages and `user_id_update[]`.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
Contact profiles are not consulted for system messages: they could be of either identity.
"""

from datetime import datetime
from typing import Any

from app.dialog360.parsing.fields import MalformedError, expect_mapping, text_at, time_at
from app.dialog360.parsing.findings import Change
from app.dialog360.parsing.people import Ids, expect_recipient, read_ids
from app.dialog360.parsing.preferences import read_switch
from app.domain.events import event_id_of
from app.domain.inbound import IdentityChange, Ignored, Item
from app.domain.times import to_milliseconds

_NUMBER_CHANGES = frozenset({"user_changed_number", "customer_changed_number"})
_USER_ID_CHANGE = "user_changed_user_id"
_PREFERENCE_CHANGE = "user_preference_changed"
# A new device or a reinstalled app: the person and their ids stay the same.
_IDENTITY_CHECKS = frozenset({"customer_identity_changed", "user_identity_changed"})

_IDENTITY_CHECK = Ignored("identity_check")
_UNKNOWN_SYSTEM = Ignored("system_unknown")
_UNCHANGED = Ignored("identity_unchanged")

_NOBODY: Ids = (None, None)
# "changed from <BSUID> to <BSUID>" fits; what lies before it is a name that the person chose.
_LONGEST_BODY_END = 400


def read_system(message: dict[str, Any], change: Change) -> Item | Ignored:
    """Read one message of type `system`.

    Raises:
        MalformedError: it does not say who the person was, who they are now, or when.
    """
    system = expect_mapping(message.get("system"), "system")
    kind = text_at(system, "type", within="system.")
    if kind in _IDENTITY_CHECKS:
        return _IDENTITY_CHECK
    if kind == _PREFERENCE_CHANGE:
        return read_switch(
            text_at(system, "marketing", within="system."),
            ids=change.profiles.complete(read_ids(message, "from", "from_user_id")),
            occurred_at=time_at(message),
            evidence=f"system {kind}",
            change=change,
        )
    if kind in _NUMBER_CHANGES or kind == _USER_ID_CHANGE:
        current = _read_current(system)
        return _identity_change(
            previous=_read_previous(message, system, current),
            current=current,
            occurred_at=time_at(message),
            evidence=f"system {kind}",
            change=change,
        )
    return _UNKNOWN_SYSTEM


def read_user_id_update(value: dict[str, Any], change: Change) -> IdentityChange | Ignored:
    """Read one element of `user_id_update[]`; its `wa_id` is the number as it is now.

    Raises:
        MalformedError: a BSUID, or the time, is missing.
    """
    user_id = expect_mapping(value.get("user_id"), "user_id")
    _, previous_bsuid = read_ids(user_id, "", "previous")
    _, current_bsuid = read_ids(user_id, "", "current")
    if current_bsuid is None:
        raise MalformedError("user_id.current", "expected a BSUID")
    wa_id, _ = read_ids(value, "wa_id", "")
    return _identity_change(
        previous=(None, previous_bsuid),
        current=change.profiles.complete_by_shared_id((wa_id, current_bsuid)),
        occurred_at=time_at(value),
        evidence="user_id_update",
        change=change,
    )


def _read_current(system: dict[str, Any]) -> Ids:
    wa_id, bsuid = read_ids(system, "wa_id", "user_id")
    older_wa_id, older_bsuid = read_ids(system, "new_wa_id", "")
    return wa_id or older_wa_id, bsuid or older_bsuid


def _read_previous(message: dict[str, Any], system: dict[str, Any], current: Ids) -> Ids:
    """Put together who the person was, from all places where WhatsApp may say it."""
    sender_wa_id, sender_bsuid = read_ids(message, "from", "from_user_id")
    customer_wa_id, customer_bsuid = read_ids(system, "customer", "previous_user_id")
    body_wa_id, body_bsuid = _read_previous_in_body(system.get("body"), current)
    if current[1] is None or sender_bsuid == current[1]:
        # It may already be the new one, and joining that to the old number would be wrong: the
        # number can become somebody else's.
        sender_bsuid = None
    return (
        sender_wa_id or customer_wa_id or body_wa_id,
        body_bsuid or customer_bsuid or sender_bsuid,
    )


def _read_previous_in_body(body: object, current: Ids) -> Ids:
    """Find the previous id in "User <name> changed from <previous> to <current>".

    The name is whatever the person wants, this very sentence included. So only the very end
    counts, both ids have to be nothing but ids, and the second has to be the one that we know.
    """
    if not isinstance(body, str):
        return _NOBODY
    words = body[-_LONGEST_BODY_END:].split()[-5:]
    match words:
        case ["changed", "from", previous, "to", now] if now.removesuffix(".") in current:
            return read_ids({"id": previous}, "id", "")
    return _NOBODY


def _identity_change(
    *, previous: Ids, current: Ids, occurred_at: datetime, evidence: str, change: Change
) -> IdentityChange | Ignored:
    if previous == current:
        return _UNCHANGED
    return IdentityChange(
        key=event_id_of(
            "identity_change",
            *(name or "" for name in (*previous, *current)),
            str(to_milliseconds(occurred_at)),
        ),
        previous=expect_recipient(previous, "previous"),
        current=expect_recipient(current, "current"),
        occurred_at=occurred_at,
        evidence=evidence,
        phone_number_id=change.phone_number_id,
    )
