"""What forms of websites need of the store, as a Protocol."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.inbound import Referral
from app.domain.pending import PendingConsent


class PendingConsents(Protocol):
    """Consents that wait for the person. Each method may raise the store's error."""

    def save(self, pending: PendingConsent) -> None:
        """Keep a new one."""
        ...

    def begin_asking(self, identity: str) -> bool:
        """Take the right to ask this number; False while another form has it."""
        ...

    def end_asking(self, identity: str) -> None:
        """Give it back."""
        ...

    def mark_asked(self, pending: PendingConsent) -> None:
        """Note under the number which one a YES would mean."""
        ...

    def find(self, pending_id: str) -> PendingConsent | None:
        """Return one; None where there is none (any more)."""
        ...

    def find_asked(self, identity: str) -> PendingConsent | None:
        """Return the one that this number was asked about last."""
        ...

    def drop(self, identity: str, *, asked_until: datetime) -> None:
        """Take back what a number was asked until a moment, and the ad somebody came from."""
        ...

    def save_referral(self, identities: Sequence[str], referral: Referral) -> None:
        """Keep the ad that somebody came from, for a week."""
        ...

    def find_referral(self, identities: Sequence[str]) -> Referral | None:
        """Return the ad that somebody came from within the week."""
        ...

    def count_address(self, address: str) -> int:
        """Count one more form from an address; return those of the hour."""
        ...

    def count_number(self, identity: str) -> int:
        """Count one more question to a number; return those of 30 days."""
        ...

    def count_all(self) -> int:
        """Count one more form with a number; return those of the hour."""
        ...
