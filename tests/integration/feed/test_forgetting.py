"""Forgetting a person, and none of their opt-outs (design 2.9)."""

import json
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.recipients import Recipient, parse_recipient
from app.gate import Gate
from app.runtime import Runtime
from app.store import keys
from app.store.forgotten import ForgottenKeyError, RedisForgotten
from app.store.preferences import RedisPreferences
from app.web.views import view_recipient
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
)
from tests.following import ask_feed
from tests.forgetting import WORDS, check, forget, keys_with, message, say
from tests.working import apply_commands


class TestWhatGoes:
    def test_nothing_of_the_person_is_left_but_the_news(
        self, client: FlaskClient, runtime: Runtime, redis: Redis
    ) -> None:
        say(client, runtime, message(WORDS))
        client.post("/v1/preference-links", json={"recipient": ADA}, headers=API_HEADERS)

        assert forget(client) == {"forgotten": [ADA, ADA_BSUID], "suppressed": True}

        # RQ's job of the confirmation finds nothing, and has no more than an id.
        apply_commands(runtime)
        for text in (ADA, ADA_BSUID):
            left = keys_with(redis, text)
            # The news, so that other systems forget too; and for two weeks the number of the
            # version that nobody may write under any more.
            about = {key for key in left if key.startswith("heed:{feed}")}
            versions = left - about
            assert versions <= {
                keys.preferences_key(f"wa.{ADA}"),
                keys.preferences_key(f"bs.{ADA_BSUID}"),
            }
            for key in versions:
                assert set(redis.hgetall(key)) == {b"version"}
                assert 0 < redis.ttl(key) <= 14 * 24 * 3600
        assert not keys_with(redis, WORDS)
        history = client.get(f"/v1/recipients/{ADA}/history", headers=API_HEADERS).json
        assert history == {"entries": [], "chains": []}

    def test_the_feed_has_the_news_and_no_earlier_entry(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("STOP"))
        before = ask_feed(client)["events"]
        assert before

        forget(client)

        [entry] = ask_feed(client)["events"]
        assert entry["type"] == "forgotten"
        assert entry["addresses"] == [ADA, ADA_BSUID]
        assert entry["before"] == entry["after"]
        assert [one["reason"] for one in entry["restrictions"]] == ["opted_out"]
        # A cursor from before is as good as it was.
        assert ask_feed(client, after=before[-1]["id"])["events"] == [entry]

    def test_an_open_question_goes_from_the_review_list(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("enough already"))
        opened = runtime.reviews.count()

        forget(client)

        assert opened == 1
        assert runtime.reviews.count() == 0
        assert check(client)["allowed"] is False

    def test_a_link_to_the_preference_page_opens_the_page_that_helps(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("STOP OFFERS"))
        body = {"recipient": ADA}
        made = client.post("/v1/preference-links", json=body, headers=API_HEADERS).json
        path = "/preferences/" + made["token"]
        assert client.get(path).status_code == 200

        forget(client)

        for answer in (client.get(path), client.post(path, data={"messages": "opted_in"})):
            assert answer.status_code in {403, 404, 410}
            assert ADA not in answer.text
            assert "<h1" in answer.text
        assert view_recipient(Recipient(wa_id=ADA), runtime)["messages"] == "unknown"

    def test_who_asked_for_it_is_kept_without_the_person(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("STOP"))
        forget(client)

        [(_, fields)] = runtime.redis.xrange(keys.FORGOTTEN_LOG)
        entry = json.loads(fields[b"entry"])
        assert (entry["actor"], entry["reason"]) == ("tests", "asked by letter")
        assert ADA not in str(entry)

    def test_a_stranger_is_no_news(self, client: FlaskClient, runtime: Runtime) -> None:
        assert forget(client) == {"forgotten": [], "suppressed": False}
        assert ask_feed(client)["events"] == []
        assert not runtime.redis.exists(keys.FORGOTTEN_ANY)

    def test_a_second_time_changes_nothing(self, client: FlaskClient, runtime: Runtime) -> None:
        say(client, runtime, message("STOP"))
        forget(client)

        assert forget(client, ADA_BSUID) == {"forgotten": [], "suppressed": True}
        assert forget(client) == {"forgotten": [], "suppressed": True}
        assert len(ask_feed(client)["events"]) == 1


class TestWhatStays:
    def test_who_was_opted_out_stays_so_under_every_id(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("STOP"))
        forget(client)

        for address in (ADA, ADA_BSUID):
            assert check(client, address)["reason"] == "opted_out"
            view = view_recipient(parse_recipient(address), runtime)
            assert view["messages"] == "opted_out"

    def test_who_was_not_leaves_no_suppression(
        self, client: FlaskClient, runtime: Runtime, now: datetime
    ) -> None:
        say(client, runtime, message("STOP", now - timedelta(minutes=5)))
        say(client, runtime, message("START"))

        assert forget(client)["suppressed"] is False
        assert check(client)["reason"] == "not_opted_in"

    def test_a_later_start_lifts_it(
        self, client: FlaskClient, runtime: Runtime, now: datetime
    ) -> None:
        say(client, runtime, message("STOP", now - timedelta(minutes=5)))
        forget(client)
        # WhatsApp's clock has whole seconds, so a second must have passed.
        say(client, runtime, message("START", now + timedelta(seconds=2)))

        assert check(client)["allowed"] is True
        events = ask_feed(client)["events"]
        # In between, the number and the BSUID were seen together anew.
        kinds = ["forgotten", "identity_changed", "opted_in"]
        assert [one["type"] for one in events] == kinds
        assert events[1]["before"] == events[0]["after"]

    def test_anything_else_they_say_later_lifts_nothing(
        self, client: FlaskClient, runtime: Runtime, now: datetime
    ) -> None:
        say(client, runtime, message("STOP", now - timedelta(minutes=5)))
        forget(client)
        say(client, runtime, message("STOP NEWS", now + timedelta(seconds=2)))
        say(client, runtime, message("RESUME", now + timedelta(seconds=3)))

        assert check(client)["reason"] == "opted_out"

    def test_the_python_gate_needs_the_key(
        self, client: FlaskClient, runtime: Runtime, redis_url: str
    ) -> None:
        say(client, runtime, message("STOP"))
        forget(client)
        file = runtime.settings.business_file
        secret = runtime.settings.secret_key.reveal()

        assert Gate.connect(redis_url, file, secret_keys=[secret]).may_send(ADA).allowed is False
        with pytest.raises(ForgottenKeyError):
            Gate.connect(redis_url, file).may_send(ADA)

    def test_a_key_that_was_replaced_still_finds_them(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, message("STOP"))
        forget(client)
        old = runtime.settings.secret_key.reveal()

        both = RedisForgotten(runtime.redis, ["a-new-key", old])
        assert RedisPreferences(runtime.redis, both).load(f"wa.{ADA}").forgotten
        alone = RedisForgotten(runtime.redis, ["a-new-key"])
        assert not RedisPreferences(runtime.redis, alone).load(f"wa.{ADA}").forgotten


def test_it_takes_the_scope_admin_and_a_reason(client: FlaskClient) -> None:
    path = f"/v1/recipients/{ADA}"
    reader = {"Authorization": "Bearer reader-secret-0001"}

    assert client.delete(path).status_code == 401
    assert client.delete(path, headers=reader).status_code == 403
    refused = client.delete(path, headers=API_HEADERS)
    assert refused.status_code == 400
    assert "evidence" in refused.json["detail"]
