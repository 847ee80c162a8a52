"""The gate as a Python function, for code that runs beside Heed (docs/api.md shows its use)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from app.calendars import is_holiday, zones_of
from app.clock import utc_now
from app.countries import country_of
from app.domain.business import Business
from app.domain.permission import Permission, Purpose
from app.domain.recipients import parse_recipient
from app.ports import Clock
from app.store.caps import RedisCaps
from app.store.connection import connect
from app.store.forgotten import RedisForgotten
from app.store.preferences import RedisPreferences
from app.usecases.check import Checker, Question, check
from app.usecases.give_back import give_back
from app.usecases.quiet import QuietHours
from config.business import load_business


@dataclass(frozen=True, slots=True)
class Gate:
    """Asks before a message is sent. Safe for threads; each answer is read from Redis anew."""

    checker: Checker
    clock: Clock = utc_now

    @classmethod
    def connect(
        cls,
        redis_url: str,
        business_file: Path,
        *,
        tls_verify: bool = True,
        secret_keys: Sequence[str] = (),
    ) -> "Gate":
        """Return a gate on Heed's Redis; nothing is asked before the first question.

        `secret_keys` are Heed's SECRET_KEY and FORMER_SECRET_KEYS. They are needed once somebody
        was forgotten: without them nobody can know whom not to message, and each question raises
        ForgottenKeyError.

        Raises:
            SettingsError: business.toml cannot be used; the message lists every problem.
        """
        redis = connect(redis_url, tls_verify=tls_verify)
        forgotten = RedisForgotten(redis, secret_keys)
        return cls(build_checker(redis, load_business(business_file), forgotten))

    def may_send(
        self,
        recipient: str,
        topic: str | None = None,
        *,
        purpose: Purpose = Purpose.BUSINESS,
        channel: str = "whatsapp",
        reserve: bool = False,
    ) -> Permission:
        """Answer for one person; `topic` is a topic's id, a category, or None for the strictest.

        With `reserve` a message that is allowed takes its place under the caps that stand.

        Raises:
            RecipientError: the text is neither a phone number nor a BSUID.
            UnknownTopicError: the topic is not one of the business.
            StoreError: nobody knows; take it as a no.
        """
        return self.may_send_many(
            [recipient], topic, purpose=purpose, channel=channel, reserve=reserve
        )[0]

    def may_send_many(
        self,
        recipients: Sequence[str],
        topic: str | None = None,
        *,
        purpose: Purpose = Purpose.BUSINESS,
        channel: str = "whatsapp",
        reserve: bool = False,
    ) -> list[Permission]:
        """Answer for many people in the order asked, in a few round trips to Redis in all.

        Raises:
            RecipientError | UnknownTopicError | StoreError: as for `may_send`.
        """
        return check(
            [parse_recipient(text) for text in recipients],
            Question(topic=topic, channel=channel, purpose=purpose),
            checker=self.checker,
            now=self.clock(),
            reserve=reserve,
        )

    def give_back(self, permission: Permission) -> bool:
        """Free the place of a message that was refused for sure; False where there is none.

        Raises:
            StoreError: it may have been given back; ask again.
        """
        reservations = [permission.reservation] if permission.reservation else []
        return any(give_back(reservations, caps=self.checker.caps, now=self.clock()))


def build_checker(
    redis: Redis, business: Business, forgotten: RedisForgotten | None = None
) -> Checker:
    """Put together what checking needs."""
    return Checker(
        preferences=RedisPreferences(redis, forgotten),
        caps=RedisCaps(redis),
        find_quiet=QuietHours(
            business.quiet_hours,
            country_of=country_of,
            zones_of=zones_of,
            is_holiday=is_holiday,
        ),
        business=business,
    )
