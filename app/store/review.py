"""Sentences that wait for a human: what was said, and why we were not sure."""

import json
from collections.abc import Mapping
from typing import Any

from redis import Redis

from app.store import keys


class RedisReviews:
    """The open questions, in the order in which they came up."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def open(self, question_id: str, asked_at: int, entry: Mapping[str, Any]) -> None:
        """Put a question on the list; a repetition changes nothing."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hsetnx(keys.REVIEW_ENTRIES, question_id, json.dumps(entry))
        pipeline.zadd(keys.REVIEW_OPEN, {question_id: asked_at}, nx=True)
        pipeline.execute()

    def close(self, question_id: str) -> None:
        """Take a question off the list: it is answered, by the person or by a human of ours."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hdel(keys.REVIEW_ENTRIES, question_id)
        pipeline.zrem(keys.REVIEW_OPEN, question_id)
        pipeline.execute()

    def get(self, question_id: str) -> dict[str, Any] | None:
        """Return one open question."""
        text = self._redis.hget(keys.REVIEW_ENTRIES, question_id)
        return json.loads(text) if text else None

    def list_open(self, *, most: int) -> list[dict[str, Any]]:
        """Return the open questions, the oldest first."""
        ids = self._redis.zrange(keys.REVIEW_OPEN, 0, most - 1)
        texts = self._redis.hmget(keys.REVIEW_ENTRIES, ids) if ids else []
        return [json.loads(text) for text in texts if text]

    def count(self) -> int:
        """Return how many questions are open."""
        return int(self._redis.zcard(keys.REVIEW_OPEN))

    def decided(self, row: Mapping[str, Any]) -> None:
        """Keep a decision, for the export of new rows of the lexicon."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.rpush(keys.REVIEW_DECISIONS, json.dumps(row))
        pipeline.ltrim(keys.REVIEW_DECISIONS, -_MOST_DECISIONS, -1)
        pipeline.execute()

    def list_decisions(self) -> list[dict[str, Any]]:
        """Return the decisions that are kept, the oldest first."""
        return [json.loads(text) for text in self._redis.lrange(keys.REVIEW_DECISIONS, 0, -1)]


_MOST_DECISIONS = 10_000
