"""`feed index`."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.store import keys
from app.usecases.pauses import tell_ended_pauses
from tests.builders import ADA, API_HEADERS
from tests.integration.cli.conftest import Run

BEN, CY, DEE = "447700900124", "447700900125", "447700900126"
WHY = ("--reason", "asked by phone")


def suppressed(client: FlaskClient) -> set[str]:
    found: set[str] = set()
    query: dict[str, str] = {}
    while True:
        page: Any = client.get("/v1/suppressed", query_string=query, headers=API_HEADERS).json
        found |= {row["recipient"] for row in page["suppressed"]}
        if not page["next"]:
            return found
        query = {"after": page["next"]}


def test_whoever_is_missing_is_put_there_and_nobody_twice(
    run: Run, runtime: Runtime, client: FlaskClient
) -> None:
    run("recipients", "opt-out", ADA, *WHY)
    run("recipients", "pause", BEN, *WHY, "--days", "3")
    run("recipients", "opt-in", CY, *WHY)
    run("recipients", "opt-out", DEE, *WHY)
    kept = runtime.redis.zscore(keys.FEED_RESTRICTED, f"wa.{DEE}")
    runtime.redis.zrem(keys.FEED_RESTRICTED, f"wa.{ADA}", f"wa.{BEN}")
    runtime.redis.delete(keys.FEED_PAUSES)
    assert suppressed(client) == {DEE}

    first, second = run("feed", "index"), run("feed", "index")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "3 entries were missing." in first.output
    assert "0 entries were missing." in second.output
    assert suppressed(client) == {ADA, BEN, DEE}
    assert runtime.redis.zscore(keys.FEED_RESTRICTED, f"wa.{DEE}") == kept
    # The end of the pause is told again, as it would have been.
    told = tell_ended_pauses(
        preferences=runtime.preferences,
        feed=runtime.feed,
        business=runtime.business,
        now=runtime.clock() + timedelta(days=4),
        most=10,
    )
    assert told == 1


def test_who_was_forgotten_and_who_only_wrote_are_not_put_there(
    run: Run, runtime: Runtime, client: FlaskClient
) -> None:
    run("recipients", "opt-out", ADA, *WHY)
    run("recipients", "forget", ADA, *WHY, "--yes")

    assert "0 entries were missing." in run("feed", "index").output
    assert suppressed(client) == set()
    assert runtime.preferences.load(Recipient(wa_id=ADA).root).forgotten
