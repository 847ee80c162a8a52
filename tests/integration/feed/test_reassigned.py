"""A number that is somebody else's now: consent of the new owner starts from nothing."""

from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.domain.recipients import parse_recipient
from app.runtime import Runtime
from app.web.views import view_recipient
from tests.builders import ADA, ADA_BSUID, API_HEADERS
from tests.following import Follower, ask_feed
from tests.forgetting import check, message, say


def reassign(client: FlaskClient, address: str = ADA) -> Any:
    body = {"evidence": {"reason": "the new owner wrote to us"}}
    path = f"/v1/recipients/{address}/reassigned"
    return client.post(path, json=body, headers=API_HEADERS)


def test_neither_yes_nor_no_of_the_former_owner_counts_for_the_new_one(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    say(client, runtime, message("START", now - timedelta(minutes=9)))
    say(client, runtime, message("STOP OFFERS", now - timedelta(minutes=8)))

    answer = reassign(client)

    assert answer.status_code == 200
    assert (answer.json["messages"], answer.json["topics"]["offers"]) == ("unknown", True)
    assert check(client)["reason"] == "not_opted_in"
    # The former owner can still be reached, and what they said holds for them.
    former = view_recipient(parse_recipient(ADA_BSUID), runtime)
    assert (former["messages"], former["topics"]["offers"]) == ("opted_in", False)


def test_who_stopped_and_changed_the_number_stays_stopped(
    client: FlaskClient, runtime: Runtime
) -> None:
    say(client, runtime, message("STOP"))
    reassign(client)

    assert check(client, ADA_BSUID)["reason"] == "opted_out"
    listed = client.get("/v1/suppressed", headers=API_HEADERS).json
    while listed["next"] and not listed["suppressed"]:
        query = {"after": listed["next"]}
        listed = client.get("/v1/suppressed", query_string=query, headers=API_HEADERS).json
    assert [row["recipient"] for row in listed["suppressed"]] == [ADA_BSUID]


def test_the_feed_tells_both(client: FlaskClient, runtime: Runtime) -> None:
    say(client, runtime, message("STOP"))
    reassign(client)

    follower = Follower()
    told = follower.follow(runtime)
    assert [one["type"] for one in told[-2:]] == ["identity_changed"] * 2
    for address in (ADA, ADA_BSUID):
        view = view_recipient(parse_recipient(address), runtime)
        view.pop("held")
        assert follower.state_of(address) == view


def test_an_old_yes_that_is_delivered_again_is_not_the_new_owners(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    yes = message("START", now - timedelta(minutes=9))
    say(client, runtime, yes)
    reassign(client)
    before = len(ask_feed(client)["events"])

    say(client, runtime, yes, message("START", now - timedelta(minutes=8)))

    assert view_recipient(parse_recipient(ADA), runtime)["messages"] == "unknown"
    assert len(ask_feed(client)["events"]) == before


def test_a_bsuid_is_never_somebody_elses(client: FlaskClient) -> None:
    assert reassign(client, ADA_BSUID).status_code == 400
    assert reassign(client, "nobody").status_code == 400
