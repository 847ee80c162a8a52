"""Removing what is known of a person, in an order that a death in the middle does not spoil."""

from collections.abc import Iterable, Sequence

from redis import Redis

from app.domain.changes import Change
from app.domain.records import Record
from app.store import keys
from app.store.preferences import APPLIED_TTL_SECONDS, dump_change
from app.store.scripts import script_text

_PARTS = ("", ".answer", ".delivered", ".read", ".failed")


class RedisEraser:
    """Deletes keys of people."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def erase_traces(self, identities: Sequence[str], event_ids: Iterable[str]) -> None:
        """Remove what lies outside of a record and is found by its evidence and its indexes.

        Before the record: evidence and indexes are what find it when this has to be done again.
        """
        ids, consents = set(event_ids), set()
        for identity in identities:
            ids |= self._members(keys.pending_key(identity))
            ids |= self._members(keys.silent_key(identity))
            consents |= self._members(keys.pending_consents_key(identity))
            asked = self._redis.lrange(keys.asked_consent_key(identity), 0, -1)
            consents |= {one.decode() for one in asked}
        pipeline = self._redis.pipeline(transaction=False)
        for consent_id in consents:
            pipeline.delete(keys.pending_consent_key(consent_id))
        # The question has the same name, and no event of its own in the evidence.
        for event_id in ids | consents:
            pipeline.delete(keys.confirmation_key(event_id))
            pipeline.zrem(keys.OUTBOX_DUE, event_id)
            for identity in identities:
                for part in _PARTS:
                    pipeline.delete(keys.applied_key(identity, f"{event_id}{part}"))
        pipeline.execute()

    def erase(self, record: Record, change: Change | None, *, scopes: Sequence[str]) -> bool:
        """Remove a record with its evidence; False when somebody wrote since it was read.

        Holds stay: each belongs to an event that was accepted and is still to be applied.
        """
        identity = record.identity
        gone = [
            keys.evidence_key(identity),
            keys.link_key(identity),
            keys.window_key(identity),
            keys.pending_key(identity),
            keys.reply_count_key(identity),
            keys.tap_count_key(identity),
            keys.asked_consent_key(identity),
            keys.pending_consents_key(identity),
            keys.consent_asks_key(identity),
            keys.referral_key(identity),
            keys.silent_key(identity),
            *(keys.sent_key(identity, scope) for scope in scopes),
        ]
        answer = self._redis.eval(
            script_text("erase"),
            2 + len(gone),
            keys.preferences_key(identity),
            keys.unpublished_key(identity),
            *gone,
            str(record.version),
            dump_change(change, record.version + 1) if change else "",
            str(APPLIED_TTL_SECONDS),
        )
        return bool(answer)

    def _members(self, key: str) -> set[str]:
        return {one.decode() for one in self._redis.zrange(key, 0, -1)}
