"""Old notifications that come once more, or late, after a person was forgotten."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from redis import Redis

from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.store import keys
from app.web.views import view_recipient
from tests.builders import ADA
from tests.following import ask_feed
from tests.forgetting import check, forget, message, say


class TestOldNotifications:
    def test_delivered_again_they_bring_nothing_back(
        self, client: FlaskClient, runtime: Runtime, now: datetime, redis: Redis
    ) -> None:
        old = [
            message("STOP", now - timedelta(minutes=9)),
            message("START", now - timedelta(minutes=8)),
            message("STOP OFFERS", now - timedelta(minutes=7)),
            message("START OFFERS", now - timedelta(minutes=6)),
            message("hello", now - timedelta(minutes=5)),
        ]
        say(client, runtime, *old)
        forget(client)
        sent = runtime.outbox.size()

        for one in (*old, *reversed(old)):
            say(client, runtime, one)

        view = view_recipient(Recipient(wa_id=ADA), runtime)
        assert view["messages"] == "unknown"
        assert view["topics"]["offers"] is True
        assert not redis.exists(keys.evidence_key(f"wa.{ADA}"))
        assert [one["type"] for one in ask_feed(client)["events"]] == ["forgotten"]
        assert runtime.outbox.size() == sent

    def test_a_start_from_before_does_not_lift_what_stays(
        self, client: FlaskClient, runtime: Runtime, now: datetime
    ) -> None:
        """It was under way when the person was forgotten, and comes for the first time."""
        say(client, runtime, message("STOP", now - timedelta(minutes=5)))
        forget(client)
        say(client, runtime, message("START", now - timedelta(minutes=1)))

        assert check(client)["reason"] == "opted_out"

    def test_nor_does_it_once_the_person_has_a_record_again(
        self, client: FlaskClient, runtime: Runtime, now: datetime
    ) -> None:
        say(client, runtime, message("STOP OFFERS", now - timedelta(minutes=5)))
        forget(client)
        say(client, runtime, message("STOP NEWS", now + timedelta(seconds=2)))
        say(client, runtime, message("START", now - timedelta(minutes=1)))

        assert view_recipient(Recipient(wa_id=ADA), runtime)["messages"] == "unknown"

    def test_a_stop_from_before_that_comes_late_counts(
        self, client: FlaskClient, runtime: Runtime, now: datetime, redis: Redis
    ) -> None:
        say(client, runtime, message("START", now - timedelta(minutes=5)))
        forget(client)
        say(client, runtime, message("STOP", now - timedelta(minutes=1)))

        assert check(client)["reason"] == "opted_out"
        assert not redis.exists(keys.evidence_key(f"wa.{ADA}"))
