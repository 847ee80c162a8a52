"""What a person may ask for: everything that they agreed to and took back, with its proof."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.business import Business
from app.domain.receipt import Holder, write_receipt
from app.domain.recipients import Recipient
from app.ports import PreferenceRecords
from app.usecases.history import history


def make_receipt(
    recipient: Recipient,
    view: Mapping[str, Any],
    *,
    preferences: PreferenceRecords,
    business: Business,
    now: datetime,
) -> dict[str, Any]:
    """Return the consent record of one person; `view` is what holds for them now."""
    found = history(recipient, preferences=preferences)
    holder = Holder(found.chains[0]["identity"] if found.chains else recipient.root, view)
    return write_receipt(holder, found.entries, found.chains, business=business, now=now)
