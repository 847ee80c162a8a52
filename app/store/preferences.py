"""Records of preferences with their evidence, written by compare-and-set (design 3)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redis import Redis
from redis.client import Pipeline

from app.domain.changes import Change, Unpublished, change_from_json, change_to_json
from app.domain.evidence import GENESIS, seal
from app.domain.preferences import Preferences
from app.domain.preferences_json import preferences_from_json, preferences_to_json
from app.domain.recipients import Recipient, identity_of_bsuid, identity_of_wa_id
from app.domain.records import RecipientView, Record
from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys
from app.store.forgotten import RedisForgotten
from app.store.scripts import script_text

# Redelivery lasts seven days; twice that leaves room for clocks and for people.
APPLIED_TTL_SECONDS = 14 * 24 * 3600


class RedisPreferences:
    """Reads and writes records."""

    def __init__(self, redis: Redis, forgotten: RedisForgotten | None = None) -> None:
        self._redis = redis
        self._forgotten = forgotten or RedisForgotten(redis)

    def load(self, identity: str) -> Record:
        """Read one record; one that nobody wrote yet is empty."""
        return self.load_many([identity])[0]

    def load_many(self, identities: Sequence[str]) -> list[Record]:
        """Read several records in one round trip."""
        pipeline = self._redis.pipeline(transaction=False)
        for identity in identities:
            pipeline.hmget(keys.preferences_key(identity), "version", "record", "head")
        pipeline.exists(keys.FORGOTTEN_ANY)
        *answers, any_forgotten = pipeline.execute()
        records = [
            _record(identity, *answer) for identity, answer in zip(identities, answers, strict=True)
        ]
        return self._with_forgotten(records) if any_forgotten else records

    def view_many(self, recipients: Sequence[Recipient]) -> list[RecipientView]:
        """Read what the gate needs for many recipients, in one to four round trips in all.

        A hold may stand under any id of a person: whoever is known to be the same is read too.
        A worker writes the register before it takes the hold away. So every hold is read before
        the record that would take its place; the other way round, a STOP that is being applied
        could show in neither.
        """
        asked = [recipient.root for recipient in recipients]
        seen = self._see(dict.fromkeys(asked))
        roots = {identity: _root_of(seen[identity].record) for identity in seen}
        self._see_more(seen, roots.values())
        siblings = {root: _siblings_of(seen[root].record) for root in roots.values()}
        self._see_more(seen, (one for group in siblings.values() for one in group))
        shared = [root for root, group in siblings.items() if group]
        records = {root: one.record for root, one in seen.items()}
        if shared:
            # Their siblings' holds were read after them.
            records.update(zip(shared, self.load_many(shared), strict=True))
        views = []
        for identity in asked:
            root = roots[identity]
            known = dict.fromkeys((root, identity, *siblings[root]))
            group = [seen[one] for one in known]
            moments = [moment for one in group if (moment := _written_at(one))]
            views.append(
                RecipientView(
                    identity=root,
                    preferences=records[root].preferences,
                    holds=tuple(scope for one in group for scope in one.holds),
                    last_message_at=max(moments, default=None),
                    others=tuple(one for one in known if one != root),
                ),
            )
        return views

    def commit(
        self,
        record: Record,
        preferences: Preferences,
        *,
        entry: Mapping[str, Any] | None,
        event_id: str | None = None,
        applied: Mapping[str, Any] | None = None,
        link_to: str | None = None,
        confirms: bool = False,
        change: Change | None = None,
    ) -> dict[str, Any] | None:
        """Write a record, its evidence, its dedupe record and the end of its hold, all or nothing.

        With them goes the change that the feed is to tell; `unpublished` has it from then on.

        Returns what applying the event gave: `applied`, or what it gave the first time when it
        was applied before. None when somebody else wrote meanwhile: read again and decide again.
        """
        sealed = seal(entry, record.head) if entry is not None else None
        identity = record.identity
        if event_id and sealed is None:
            pipeline = self._redis.pipeline(transaction=False)
            _note_silent(pipeline, identity, event_id, applied or {})
            pipeline.execute()
        answer = self._redis.eval(
            script_text("commit"),
            7,
            keys.preferences_key(identity),
            keys.evidence_key(identity),
            keys.holds_key(identity),
            keys.applied_key(identity, event_id or ""),
            keys.link_key(identity),
            keys.pending_key(identity),
            keys.unpublished_key(identity),
            str(record.version),
            _dump(preferences_to_json(preferences)),
            sealed["hash"] if sealed else "",
            _dump(sealed) if sealed else "",
            event_id or "",
            _dump(applied or {}),
            str(APPLIED_TTL_SECONDS),
            link_to or "",
            "1" if confirms else "",
            dump_change(change, record.version + 1) if change else "",
        )
        if answer[0] == b"applied":
            return {**json.loads(answer[1]), "replayed": True}
        if answer[0] == b"conflict":
            return None
        return {**(applied or {}), "version": int(answer[1])}

    def outcome_of(self, identity: str, event_id: str) -> dict[str, Any] | None:
        """Return what applying an event gave under this identity, or None when it was not."""
        text = self._redis.get(keys.applied_key(identity, event_id))
        return json.loads(text) if text else None

    def mark_applied(self, identity: str, event_id: str, applied: Mapping[str, Any]) -> None:
        """Note under a person's other id that an event is applied, so that no hold comes back."""
        pipeline = self._redis.pipeline(transaction=False)
        _note_silent(pipeline, identity, event_id, applied)
        pipeline.set(keys.applied_key(identity, event_id), _dump(applied), ex=APPLIED_TTL_SECONDS)
        pipeline.execute()

    def unpublished(self, identity: str, *, most: int) -> list[Unpublished]:
        """Return changes under one identity that are not in the feed yet, the oldest first."""
        texts = self._redis.lrange(keys.unpublished_key(identity), 0, most - 1)
        return [Unpublished(text, *_read_change(text)) for text in texts]

    def drop_unpublished(self, identity: str, one: Unpublished) -> None:
        """Take a change off the list; it is in the feed. A repetition finds nothing."""
        self._redis.lrem(keys.unpublished_key(identity), 1, one.text)

    def evidence(self, identity: str) -> list[dict[str, Any]]:
        """Return the evidence chain under one identity, the oldest entry first."""
        return [json.loads(text) for text in self._redis.lrange(keys.evidence_key(identity), 0, -1)]

    def chain_of(self, identity: str) -> tuple[list[dict[str, Any]], str]:
        """Return the evidence chain under one identity with its head, as of one moment."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.lrange(keys.evidence_key(identity), 0, -1)
        pipeline.hget(keys.preferences_key(identity), "head")
        texts, head = pipeline.execute()
        return [json.loads(text) for text in texts], head.decode() if head else GENESIS

    def _see(self, identities: Mapping[str, None]) -> dict[str, "_Seen"]:
        if not identities:
            return {}
        pipeline = self._redis.pipeline(transaction=False)
        for identity in identities:
            # The holds first: between two commands a worker may commit.
            pipeline.hvals(keys.holds_key(identity))
            pipeline.get(keys.window_key(identity))
            pipeline.hmget(keys.preferences_key(identity), "version", "record", "head")
        # Last, so that it is known of whoever's record was gone a moment before.
        pipeline.exists(keys.FORGOTTEN_ANY)
        *found, any_forgotten = pipeline.execute()
        answers = iter(found)
        seen = {
            identity: _Seen(
                holds=tuple(scope.decode() for scope in next(answers)),
                last_message_at=_moment(next(answers)),
                record=_record(identity, *next(answers)),
            )
            for identity in identities
        }
        if not any_forgotten:
            return seen
        records = self._with_forgotten([one.record for one in seen.values()])
        return {
            identity: replace(one, record=record)
            for (identity, one), record in zip(seen.items(), records, strict=True)
        }

    def _with_forgotten(self, records: Sequence[Record]) -> list[Record]:
        """Look up those who have no record among the forgotten.

        After the records: what remains of a person is written before their record goes.
        """
        found = self._forgotten.find(one.identity for one in records if not one.is_known)
        return [
            replace(one, preferences=remains.preferences, forgotten=remains)
            if (remains := found.get(one.identity, (None, 0))[0])
            else one
            for one in records
        ]

    def _see_more(self, seen: dict[str, "_Seen"], identities: Any) -> None:
        missing = dict.fromkeys(one for one in identities if one not in seen)
        if missing:
            seen.update(self._see(missing))


@dataclass(frozen=True, slots=True)
class _Seen:
    record: Record
    holds: tuple[str, ...]
    last_message_at: datetime | None


def _note_silent(
    pipeline: Pipeline, identity: str, event_id: str, applied: Mapping[str, Any]
) -> None:
    """Note an event whose dedupe record no evidence here finds; before that is written."""
    key, at = keys.silent_key(identity), int(applied.get("at", 0))
    pipeline.zremrangebyscore(key, "-inf", at - 1000 * APPLIED_TTL_SECONDS)
    pipeline.zadd(key, {event_id: at})
    pipeline.expire(key, APPLIED_TTL_SECONDS)


def _written_at(seen: _Seen) -> datetime | None:
    """Return when the person last wrote; what a number's former owner wrote opens nothing."""
    moment = seen.last_message_at
    is_fresh = moment and to_milliseconds(moment) > seen.record.preferences.fresh_since
    return moment if is_fresh else None


def _root_of(record: Record) -> str:
    linked_to = record.preferences.linked_to
    return identity_of_wa_id(linked_to) if linked_to else record.identity


def _siblings_of(record: Record) -> tuple[str, ...]:
    return tuple(identity_of_bsuid(bsuid) for bsuid in record.preferences.bsuids)


def _record(
    identity: str, version: bytes | None, record: bytes | None, head: bytes | None
) -> Record:
    if record is None:
        return Record(identity, version=int(version or 0))
    return Record(
        identity,
        preferences_from_json(json.loads(record)),
        int(version or 0),
        head.decode() if head else GENESIS,
        is_known=True,
    )


def dump_change(change: Change, version: int) -> str:
    """Return a change as the list of a person's changes has it."""
    # The version tells two changes by one event apart: joining records, and what it asked.
    key = f"{version}.{change.entry['evidence_id']}"
    return _dump({"key": key, **change_to_json(change)})


def _read_change(text: bytes) -> tuple[str, Change]:
    record = json.loads(text)
    return record.pop("key"), change_from_json(record)


def _moment(text: bytes | None) -> datetime | None:
    return from_milliseconds(int(text)) if text else None


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
