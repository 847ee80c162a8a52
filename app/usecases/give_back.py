"""A message that had its place under a cap was not sent after all: somebody else may have it.

Only what was refused for sure is given back. Where nobody knows, and where a message failed at the
person's phone later, the place stays taken: better one message too few than one too many.
"""

from collections.abc import Sequence
from datetime import datetime

from app.domain.caps import Reservation, every_scope, is_returnable
from app.domain.recipients import Recipient
from app.usecases.check import Caps, Checker


def give_back(reservations: Sequence[Reservation], *, caps: Caps, now: datetime) -> list[bool]:
    """Free places that were taken; False where there is none, or none any more.

    Safe to repeat. A day after it was taken a place can no longer be given back.

    Raises:
        StoreError: some may have been given back; ask again.
    """
    fresh = [one for one in reservations if is_returnable(one.id, now)]
    freed = iter(caps.give_back(fresh))
    return [is_returnable(one.id, now) and next(freed) for one in reservations]


def give_back_by_id(
    returned: Sequence[tuple[Recipient, str]], *, checker: Checker, now: datetime
) -> list[bool]:
    """Free places by the ids that a sender was given, which say nothing of scopes.

    Looked for under every identity of the person, who may have been linked with another since.

    Raises:
        StoreError: some may have been given back; ask again.
    """
    views = checker.preferences.view_many([recipient for recipient, _ in returned])
    scopes = every_scope(checker.business)
    places = [
        [Reservation(identity, reservation, scopes) for identity in (view.identity, *view.others)]
        for view, (_, reservation) in zip(views, returned, strict=True)
    ]
    freed = iter(
        give_back([one for several in places for one in several], caps=checker.caps, now=now)
    )
    return [sum(next(freed) for _ in several) > 0 for several in places]
