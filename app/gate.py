"""The gate as a Python function, for code that runs beside Heed (docs/api.md shows its use)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.clock import utc_now
from app.domain.business import Business
from app.domain.permission import Permission, Purpose
from app.domain.recipients import parse_recipient
from app.ports import Clock, PreferenceRecords
from app.store.connection import connect
from app.store.preferences import RedisPreferences
from app.usecases.check import Question, check
from config.business import load_business


@dataclass(frozen=True, slots=True)
class Gate:
    """Asks before a message is sent. Safe for threads; each answer is read from Redis anew."""

    preferences: PreferenceRecords
    business: Business
    clock: Clock = utc_now

    @classmethod
    def connect(cls, redis_url: str, business_file: Path, *, tls_verify: bool = True) -> "Gate":
        """Return a gate on Heed's Redis; nothing is asked before the first question.

        Raises:
            SettingsError: business.toml cannot be used; the message lists every problem.
        """
        redis = connect(redis_url, tls_verify=tls_verify)
        return cls(RedisPreferences(redis), load_business(business_file))

    def may_send(
        self,
        recipient: str,
        topic: str | None = None,
        *,
        purpose: Purpose = Purpose.BUSINESS,
        channel: str = "whatsapp",
    ) -> Permission:
        """Answer for one person; `topic` is a topic's id, a category, or None for the strictest.

        Raises:
            RecipientError: the text is neither a phone number nor a BSUID.
            UnknownTopicError: the topic is not one of the business.
            StoreError: nobody knows; take it as a no.
        """
        return self.may_send_many([recipient], topic, purpose=purpose, channel=channel)[0]

    def may_send_many(
        self,
        recipients: Sequence[str],
        topic: str | None = None,
        *,
        purpose: Purpose = Purpose.BUSINESS,
        channel: str = "whatsapp",
    ) -> list[Permission]:
        """Answer for many people in the order asked, in a few round trips to Redis in all.

        Raises:
            RecipientError | UnknownTopicError | StoreError: as for `may_send`.
        """
        return check(
            [parse_recipient(text) for text in recipients],
            Question(topic=topic, channel=channel, purpose=purpose),
            preferences=self.preferences,
            business=self.business,
            now=self.clock(),
        )
