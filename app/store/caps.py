"""What was counted under frequency caps, so that many senders at once never exceed one.

A scope of a person (everything, a category, a topic) has a sorted set of its own, and a place is
taken in all of them by one script. Only people with a cap have any; none holds more than the
loosest cap there can be, and each is gone a month after the last message that it counted.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from redis import Redis
from redis.client import Pipeline

from app.domain.caps import LONGEST, Counted, Order, Reservation
from app.domain.frequency import MOST
from app.domain.times import to_milliseconds
from app.store import keys
from app.store.scripts import script_digest, script_text

_LONGEST_SECONDS = int(LONGEST.total_seconds())
# So many people a round trip: other callers of Redis have their turn in between.
_BATCH = 1_000

T = TypeVar("T")


class RedisCaps:
    """Counts, and gives back."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def take(self, orders: Sequence[Order]) -> list[bool]:
        """Take a place for each order in all its windows, or in none; True where it was taken.

        The places of one order are taken together; those of several are not. Asking again with the
        same reservation takes no second place.
        """
        taken: list[bool] = []
        for batch in _batches(orders):
            elsewhere = self._count_elsewhere(batch)
            pipeline = self._redis.pipeline(transaction=False)
            # The text once and its hash for each: a thousand texts would be a megabyte.
            pipeline.script_load(script_text("take"))
            for order, counted in zip(batch, elsewhere, strict=True):
                _take(pipeline, order, counted)
            taken += [answer == 1 for answer in pipeline.execute()[1:]]
        return taken

    def counted(self, asked: Sequence[Counted]) -> list[dict[str, tuple[int, ...]]]:
        """Return for each person asked about when messages were counted, by scope."""
        found: list[dict[str, tuple[int, ...]]] = []
        for batch in _batches(asked):
            pipeline = self._redis.pipeline(transaction=False)
            for one in batch:
                for scope in one.scopes:
                    for identity in one.identities:
                        pipeline.zrange(keys.sent_key(identity, scope), 0, -1, withscores=True)
            answers = iter(pipeline.execute())
            for one in batch:
                lists = {scope: [next(answers) for _ in one.identities] for scope in one.scopes}
                found.append(
                    {
                        scope: tuple(int(at) for members in several for _, at in members)
                        for scope, several in lists.items()
                    }
                )
        return found

    def give_back(self, reservations: Sequence[Reservation]) -> list[bool]:
        """Free places that were taken; False where there is none (any more)."""
        freed: list[bool] = []
        for batch in _batches(reservations):
            pipeline = self._redis.pipeline(transaction=False)
            for one in batch:
                for scope in one.scopes:
                    pipeline.zrem(keys.sent_key(one.identity, scope), one.id)
            answers = iter(pipeline.execute())
            freed += [sum(next(answers) for _ in one.scopes) > 0 for one in batch]
        return freed

    def carry(
        self, sources: Sequence[str], target: str, scopes: Sequence[str], *, until: datetime
    ) -> None:
        """Let what was counted under some identities until a moment count under another too.

        A repetition adds nothing. The sources keep theirs.
        """
        pipeline = self._redis.pipeline(transaction=False)
        for source in sources:
            for scope in scopes:
                pipeline.zrangebyscore(
                    keys.sent_key(source, scope), "-inf", to_milliseconds(until), withscores=True
                )
        answers = iter(pipeline.execute() if pipeline.command_stack else [])
        pipeline = self._redis.pipeline(transaction=False)
        for _ in sources:
            for scope in scopes:
                counted = dict(next(answers))
                if counted:
                    pipeline.zadd(keys.sent_key(target, scope), counted)
                    pipeline.expire(keys.sent_key(target, scope), _LONGEST_SECONDS)
        pipeline.execute()

    def drop(self, identity: str, scopes: Sequence[str], *, until: datetime) -> None:
        """Count no longer what was counted under an identity until a moment."""
        pipeline = self._redis.pipeline(transaction=False)
        for scope in scopes:
            key = keys.sent_key(identity, scope)
            pipeline.zremrangebyscore(key, "-inf", to_milliseconds(until))
        pipeline.execute()

    def _count_elsewhere(self, orders: Sequence[Order]) -> list[list[int]]:
        """Return, for each window of each order, what other identities of the person have in it.

        They may lie on other nodes, so the script cannot look. It need not: nothing is counted
        under them any more, and what is there grows old.
        """
        pipeline = self._redis.pipeline(transaction=False)
        for order in orders:
            for window in order.windows:
                for other in order.others:
                    pipeline.zcount(
                        keys.sent_key(other, window.scope), f"({window.start(order.at)}", "+inf"
                    )
        answers = iter(pipeline.execute() if pipeline.command_stack else [])
        return [
            [sum(next(answers) for _ in order.others) for _ in order.windows] for order in orders
        ]


def _take(pipeline: Pipeline, order: Order, elsewhere: Sequence[int]) -> None:
    scopes = order.reservation.scopes
    windows = [
        value
        for window, counted in zip(order.windows, elsewhere, strict=True)
        for value in (
            scopes.index(window.scope) + 1,
            window.start(order.at),
            window.cap.most - counted,
        )
    ]
    pipeline.evalsha(
        script_digest("take"),
        len(scopes),
        *(keys.sent_key(order.reservation.identity, scope) for scope in scopes),
        order.reservation.id,
        order.at,
        order.at - 1000 * _LONGEST_SECONDS,
        MOST,
        _LONGEST_SECONDS,
        *windows,
    )


def _batches(everything: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(everything), _BATCH):
        yield everything[start : start + _BATCH]
