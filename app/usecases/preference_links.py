"""Give a person the link to their own preference page."""

import secrets
from datetime import datetime

from app.domain.links import LINK_LIFE, PreferenceLink
from app.domain.recipients import Recipient
from app.ports import PreferenceLinks

_ID_BYTES = 16


def make_link(
    recipient: Recipient,
    *,
    links: PreferenceLinks,
    now: datetime,
    language: str | None = None,
    phone_number_id: str | None = None,
) -> PreferenceLink:
    """Make a link for one person; whoever has it can read and change what they chose.

    `phone_number_id` is the business number in whose chat the link is sent, if it is: a change
    made on the page is then confirmed there.

    Raises:
        StoreError: there is no link.
    """
    link = PreferenceLink(
        id=secrets.token_urlsafe(_ID_BYTES),
        recipient=recipient,
        expires_at=now + LINK_LIFE,
        language=language,
        phone_number_id=phone_number_id,
    )
    links.save(link, now=now)
    return link
