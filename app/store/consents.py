"""Consents that wait for the person, and how often forms may ask."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from redis import Redis

from app.domain.inbound import Referral
from app.domain.pending import PendingConsent, pending_from_json, pending_to_json
from app.store import keys

# Longer than a tap can come late: it must be told from one that is nobody's.
_AFTERWARDS = timedelta(days=14)
# More than anybody can be asked in the time that one is kept.
_MOST_ASKED = 20
_ASKING_SECONDS = 10
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)


class RedisConsents:
    """Pending consents, each a record of its own, and counters that end by themselves."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def save(self, pending: PendingConsent) -> None:
        """Keep a new one; nobody has been asked yet."""
        index, end = keys.pending_consents_key(pending.identity), pending.expires_at + _AFTERWARDS
        # The index first: one that it does not know would outlive the person's being forgotten.
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zremrangebyscore(index, "-inf", _milliseconds(pending.asked_at))
        pipeline.zadd(index, {pending.id: _milliseconds(end)})
        pipeline.pexpireat(index, _milliseconds(end))
        pipeline.set(
            keys.pending_consent_key(pending.id),
            json.dumps(pending_to_json(pending), separators=(",", ":")),
            pxat=_milliseconds(end),
        )
        pipeline.execute()

    def begin_asking(self, identity: str) -> bool:
        """Take the right to ask this number; False while another form has it."""
        return bool(self._redis.set(keys.asking_key(identity), 1, nx=True, ex=_ASKING_SECONDS))

    def end_asking(self, identity: str) -> None:
        """Give it back; it ends by itself where a process died."""
        self._redis.delete(keys.asking_key(identity))

    def mark_asked(self, pending: PendingConsent) -> None:
        """Note under the number which one a YES would mean."""
        key = keys.asked_consent_key(pending.identity)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.lpush(key, pending.id)
        # The earlier ones are kept too, so that forgetting the person finds each of them.
        pipeline.ltrim(key, 0, _MOST_ASKED - 1)
        pipeline.pexpireat(key, _milliseconds(pending.expires_at + _AFTERWARDS))
        pipeline.execute()

    def find(self, pending_id: str) -> PendingConsent | None:
        """Return one; None where there is none (any more)."""
        text = self._redis.get(keys.pending_consent_key(pending_id))
        return pending_from_json(pending_id, json.loads(text)) if text else None

    def find_asked(self, identity: str) -> PendingConsent | None:
        """Return the one that this number was asked about last."""
        pending_id = self._redis.lindex(keys.asked_consent_key(identity), 0)
        return self.find(pending_id.decode()) if pending_id else None

    def drop(self, identity: str, *, asked_until: datetime) -> None:
        """Take back what forms asked a number until a moment, and the ad somebody came from."""
        index, asked = keys.pending_consents_key(identity), keys.asked_consent_key(identity)
        names = {*self._redis.zrange(index, 0, -1), *self._redis.lrange(asked, 0, -1)}
        pipeline = self._redis.pipeline(transaction=False)
        for pending_id in (one.decode() for one in names):
            found = self.find(pending_id)
            if found is None or found.asked_at <= asked_until:
                pipeline.delete(keys.pending_consent_key(pending_id))
                pipeline.zrem(index, pending_id)
                pipeline.lrem(asked, 0, pending_id)
        pipeline.delete(keys.referral_key(identity))
        pipeline.execute()

    def save_referral(self, identities: Sequence[str], referral: Referral) -> None:
        """Keep the ad that somebody came from, under each of their ids."""
        text = json.dumps([referral.kind, referral.id, referral.headline], separators=(",", ":"))
        for identity in identities:
            self._redis.set(keys.referral_key(identity), text, ex=_WEEK)

    def find_referral(self, identities: Sequence[str]) -> Referral | None:
        """Return the ad that somebody came from within the week."""
        for identity in identities:
            text = self._redis.get(keys.referral_key(identity))
            if text:
                return Referral(*json.loads(text))
        return None

    def count_address(self, address: str) -> int:
        """Count one more form from an address; return how many there were within the hour."""
        digest = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:32]
        return self._count(keys.form_count_key(f"address.{digest}"), _HOUR)

    def count_all(self) -> int:
        """Count one more form with a number; return how many there were within the hour."""
        return self._count(keys.form_count_key("all"), _HOUR)

    def count_number(self, identity: str) -> int:
        """Count one more question to a number; return how many there were within 30 days."""
        return self._count(keys.consent_asks_key(identity), _MONTH)

    def _count(self, key: str, period: timedelta) -> int:
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(key, 0, ex=period, nx=True)
        pipeline.incr(key)
        _, count = pipeline.execute()
        return int(count)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
