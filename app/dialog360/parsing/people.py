"""Who wrote: the ids of a message, completed from the contact profiles that came with it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
We deliberately never read `parent_user_id` and its kin: a parent BSUID is no address, and it
stands for one person across several businesses, whose choices are none of ours.
"""

from functools import cached_property
from typing import Any

from app.dialog360.parsing.fields import MalformedError, digits_of
from app.domain.recipients import (
    Recipient,
    RecipientError,
    is_bsuid,
    is_wa_id,
    parse_recipient,
)

Ids = tuple[str | None, str | None]
"""A phone number and a BSUID, either of which may be unknown."""

_LONGEST_PHONE = 32


def read_ids(item: dict[str, Any], phone_key: str, bsuid_key: str) -> Ids:
    """Return the ids of a person; what is no id counts as absent.

    A BSUID has been seen in the place of the phone number.
    """
    phone = item.get(phone_key)
    if isinstance(phone, int):
        phone = digits_of(phone)
    bsuid = item.get(bsuid_key)
    if not (isinstance(bsuid, str) and is_bsuid(bsuid)):
        bsuid = None
    if not isinstance(phone, str) or not phone:
        return None, bsuid
    if is_wa_id(phone):
        return phone, bsuid
    if is_bsuid(phone):
        return None, bsuid or phone
    return _phone_in_other_form(phone), bsuid


def _phone_in_other_form(text: str) -> str | None:
    if len(text) > _LONGEST_PHONE:
        return None
    try:
        return parse_recipient(text).wa_id
    except RecipientError:
        return None


def expect_recipient(ids: Ids, path: str) -> Recipient:
    """Return the ids as a recipient.

    Raises:
        MalformedError: both are unknown.
    """
    wa_id, bsuid = ids
    if wa_id is None and bsuid is None:
        raise MalformedError(path, "names nobody: neither a phone number nor a BSUID")
    return Recipient(wa_id=wa_id, bsuid=bsuid)


class Profiles:
    """The `contacts[]` of one change, in which a person's other id may be found.

    A wrong join would hand one person's choices to another, so anything ambiguous joins nothing.
    Both indexes are made on first need and once, since most messages carry both ids already.
    """

    def __init__(self, contacts: object, messages: object) -> None:
        """Keep the raw lists: the profiles, and the messages that came with them."""
        self._contacts = contacts if isinstance(contacts, list) else []
        self._messages = messages if isinstance(messages, list) else []

    def complete(self, ids: Ids) -> Ids:
        """Fill in the id that is missing, by the other one, or as the only two there are."""
        wa_id, bsuid = ids
        if (wa_id and bsuid) or not self._contacts:
            return ids
        known = wa_id or bsuid
        if known and known in self._links:
            return self.complete_by_shared_id(ids)
        if len(self._contacts) != 1 or not self._is_one_sender:
            return ids
        return self._adopt_only_profile(ids)

    def complete_by_shared_id(self, ids: Ids) -> Ids:
        """Fill in the id that is missing by the profile that has the other one."""
        wa_id, bsuid = ids
        known = wa_id or bsuid
        if known is None or (wa_id and bsuid):
            return ids
        others = self._links.get(known, set())
        if len(others) != 1:
            return ids
        other = next(iter(others))
        if len(self._links[other]) != 1:
            return ids
        return (wa_id, other) if wa_id else (other, bsuid)

    def _adopt_only_profile(self, ids: Ids) -> Ids:
        wa_id, bsuid = ids
        profile_wa_id, profile_bsuid = _ids_of_profile(self._contacts[0])
        is_somebody_else = (wa_id and profile_wa_id) or (bsuid and profile_bsuid)
        return ids if is_somebody_else else (wa_id or profile_wa_id, bsuid or profile_bsuid)

    @cached_property
    def _is_one_sender(self) -> bool:
        senders = {
            read_ids(message, "from", "from_user_id")
            for message in self._messages
            if isinstance(message, dict)
        }
        return len(senders) == 1

    @cached_property
    def _links(self) -> dict[str, set[str]]:
        # A phone number has no letters and a BSUID has a dot, so one dictionary serves both ways.
        links: dict[str, set[str]] = {}
        for contact in self._contacts:
            wa_id, bsuid = _ids_of_profile(contact)
            for one, other in ((wa_id, bsuid), (bsuid, wa_id)):
                if one:
                    links.setdefault(one, set()).update({other} if other else ())
        return links


def _ids_of_profile(contact: object) -> Ids:
    return read_ids(contact, "wa_id", "user_id") if isinstance(contact, dict) else (None, None)
