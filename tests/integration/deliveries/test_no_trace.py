"""Everything that Heed keeps of a person, and then nothing: all of Redis is looked through."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.domain.deliveries import Tries
from app.runtime import Runtime
from app.store import keys
from app.usecases.dispatch import dispatch
from sandbox.config import BusinessNumber, SandboxConfig
from sandbox.server import RunningSandbox, start
from tests.builders import (
    API_HEADERS,
    PHONE_NUMBER_ID,
    WEBHOOK_HEADERS,
    button_message,
    notification,
    text_message,
)
from tests.forgetting import dump, forget
from tests.integration.console.desk import USERS, Desk, sessions
from tests.integration.deliveries.endpoints import entry, write_business
from tests.integration.double_opt_in.forms import PATH, REAL, questions
from tests.working import work

BSUID = "GB.55512354908172635490"
ORDINARY = "where is the yellow bicycle I ordered"
UNSURE = "enough already"
# Whatever of these is found names the person, or says what they said.
TRACES = (REAL, BSUID, UNSURE, "PAUSE 9 DAYS", "Sunflower campaign")
CRM = "crm"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    numbers = (BusinessNumber(PHONE_NUMBER_ID, "15550102030", "first-key"),)
    config = SandboxConfig(port=0, webhook_url="http://127.0.0.1:9", numbers=numbers)
    with start(config) as running:
        yield running


@pytest.fixture
def app(environ: dict[str, str], redis: Redis, sandbox: RunningSandbox, tmp_path: Path) -> Flask:
    business = write_business(tmp_path, entry(CRM, 9), entry("shop", 9, types=["opted_in"]))
    return create_app(
        {
            **environ,
            "BUSINESS_FILE": str(business),
            "D360_API_KEY": "first-key",
            "D360_BASE_URL": sandbox.url,
            "ENDPOINT_SECRET_TESTS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "CONSOLE_USERS": USERS,
            "PUBLIC_URL": "https://heed.example",
        }
    )


class Person:
    """Somebody who uses everything that there is."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.runtime: Runtime = app.extensions["heed"]

    def writes(self, *messages: dict[str, Any], **value: Any) -> None:
        contacts = [{"wa_id": REAL, "user_id": BSUID}]
        body = notification(*messages, contacts=contacts, **value)
        answer = self.client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
        assert answer.status_code == 200

    def says(self, text: str, **changes: Any) -> dict[str, Any]:
        return text_message(text, **{"from": REAL, "from_user_id": BSUID, **changes})

    def works(self) -> None:
        work(self.runtime)
        for endpoint in self.runtime.deliveries.endpoints:
            while dispatch(
                endpoint,
                feed=self.runtime.deliveries.feed,
                lists=self.runtime.deliveries.lanes,
                forget=self.runtime.deliveries.dead.forget,
                now=self.runtime.clock(),
            ):
                pass

    def patches(self, **body: Any) -> None:
        body["evidence"] = {"reason": "a test"}
        headers = {**API_HEADERS, "Idempotency-Key": f"key-{time.time_ns()}"}
        path = f"/v1/recipients/+{REAL}"
        assert self.client.patch(path, json=body, headers=headers).status_code == 200

    def sends_form(self) -> None:
        source = self.runtime.business.source("website-form")
        assert source is not None
        form = {"number": f"+{REAL}", "agree": "yes", "wording_id": source.wording("en").id}
        answer = self.client.post(
            PATH, data={**form, "lang": "en"}, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 202

    def is_asked_by_forms(self, redis: Redis) -> str:
        """Two forms of which the first ran out unanswered; returns the second one."""
        self.sends_form()
        [first] = questions(redis)
        self.works()
        key = keys.pending_consent_key(first)
        over = {**json.loads(redis.get(key) or b""), "expires_at": int(time.time() * 1000) - 1}
        redis.set(key, json.dumps(over), keepttl=True)
        self.sends_form()
        self.works()
        [second] = set(questions(redis)) - {first}
        return second

    def lets_time_pass_at_endpoints(self) -> None:
        """One event of the person's becomes a dead letter, others wait."""
        deliveries = self.runtime.deliveries
        now = self.runtime.clock()
        claimed = deliveries.lanes.claim(CRM, now, timedelta(seconds=9))
        assert claimed
        deliveries.lanes.bury(CRM, claimed, Tries(1, "500"), now)


def status_of(message_id: str, confirmation_id: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "status": "delivered",
        "timestamp": str(int(time.time())),
        "recipient_id": REAL,
        "recipient_user_id": BSUID,
        "biz_opaque_callback_data": f"heed:{confirmation_id}",
    }


def use_everything(person: Person, app: Flask, redis: Redis) -> None:
    runtime, client = person.runtime, person.client
    person.works()  # the endpoints begin
    # A chat that begins with an ad, twice before a worker has linked number and BSUID.
    ad = {"source_type": "ad", "source_id": "120210", "headline": "Sunflower campaign"}
    person.writes(person.says(ORDINARY, referral=ad))
    person.writes(person.says(ORDINARY))
    person.works()
    pending = person.is_asked_by_forms(redis)
    # A tap on a question that is nobody's, and then on the right one.
    for one in ("0" * 32, pending):
        tap = button_message(f"heed:confirm:{one}", "Yes", **{"from": REAL, "from_user_id": BSUID})
        person.writes(tap)
        person.works()
    person.patches(messages="opted_in", frequency={"all": "5/week", "offers": "2/week"})
    body = {"recipients": [f"+{REAL}"], "topic": "offers", "reserve": True}
    assert client.post("/v1/check", json=body, headers=API_HEADERS).json["results"][0]["allowed"]
    made = client.post("/v1/preference-links", json={"recipient": REAL}, headers=API_HEADERS).json
    assert client.get(f"/preferences/{made['token']}").status_code == 200
    for words in ("PREFERENCES", "STOP NEWS", "PAUSE 7 DAYS", "RESUME", "PAUSE 9 DAYS"):
        person.writes(person.says(words))
        person.works()
    sent = next(
        event
        for event in runtime.preferences.evidence(f"wa.{REAL}")
        if event["kind"] == "confirmation" and event["message_id"]
    )
    person.writes(statuses=[status_of(sent["message_id"], sent["event"])])
    switch = {
        "wa_id": REAL,
        "user_id": BSUID,
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(time.time()),
    }
    person.writes(field="user_preferences", user_preferences=[switch])
    person.works()
    person.lets_time_pass_at_endpoints()
    desk = Desk(app.test_client())
    assert desk.log_in("boss").status_code == 303
    desk.look_up(f"+{REAL}")
    # A question that is open, and not sent yet.
    person.writes(person.says(UNSURE))
    work(runtime, "commands")


def test_nothing_names_a_person_who_used_everything(app: Flask, redis: Redis) -> None:
    person = Person(app)
    use_everything(person, app, redis)
    before = dump(redis)
    assert not [key for key, text in before.items() if ORDINARY in text]
    for trace in TRACES:
        assert [key for key, text in before.items() if trace in key or trace in text], trace
    deliveries = person.runtime.deliveries
    assert list(deliveries.dead.list(CRM))
    assert (person.runtime.reviews.count(), person.runtime.outbox.size()) == (1, 1)

    answer = forget(person.client, REAL)
    person.works()

    assert answer == {"forgotten": [REAL, BSUID], "suppressed": True}
    left = {
        key: text
        for key, text in dump(redis).items()
        if any(trace in key or trace in text for trace in TRACES)
    }
    # Whoever looked them up may have their page open, for half an hour at most.
    [session] = sessions(redis)
    assert 0 < redis.ttl(session) <= 30 * 60
    left.pop(session.decode())
    # The news to everybody, in the feed and on its way; and the numbers of two versions.
    news = {key for key, text in left.items() if "forgotten" in text}
    numbers = {keys.preferences_key(f"wa.{REAL}"), keys.preferences_key(f"bs.{BSUID}")}
    entries = {keys.feed_entries_key(f"wa.{REAL}"), keys.feed_entries_key(f"bs.{BSUID}")}
    assert news == {keys.FEED_EVENTS, keys.endpoint_events_key(CRM)}
    assert set(left) <= news | numbers | entries, set(left) - news - numbers - entries
    assert redis.xlen(keys.FEED_EVENTS) == redis.hlen(keys.endpoint_events_key(CRM)) == 1
    for key in numbers:
        assert set(redis.hgetall(key)) == {b"version"}
        assert 0 < redis.ttl(key) <= 14 * 24 * 3600
    for key in news:
        assert not [one for one in TRACES[2:] if one in left[key]]
    assert list(deliveries.dead.list(CRM)) == []
