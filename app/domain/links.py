"""A person's link to their own preference page: who it is for, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.recipients import Recipient

LINK_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PreferenceLink:
    """One link for one person.

    `id` is random and tells nothing of them: it is all that an address carries. `language` is the
    one that whoever made the link asked for; `phone_number_id` the business number in whose chat
    it was sent, where it was.
    """

    id: str
    recipient: Recipient
    expires_at: datetime
    language: str | None = None
    phone_number_id: str | None = None
