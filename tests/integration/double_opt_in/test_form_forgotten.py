"""Whoever is forgotten leaves nothing of the forms that named them, nor of the ad they came from."""

import json

from flask.testing import FlaskClient
from redis import Redis

from app.domain.confirmations import succeed
from app.runtime import Runtime
from app.store import keys
from app.usecases.confirm import keep_evidence
from tests.builders import API_HEADERS
from tests.forgetting import keys_with
from tests.integration.double_opt_in.forms import REAL, Send, questions, say

AD = {"source_type": "ad", "source_id": "1200", "headline": "Chat with us", "source_url": ""}


def _expire(redis: Redis) -> None:
    """Let the question that stands be over, so that the next form asks again."""
    for key in redis.scan_iter(keys.pending_consent_key("*")):
        record = json.loads(redis.get(key) or b"")
        redis.set(key, json.dumps({**record, "expires_at": 1}), ex=9999)


def test_nothing_of_forms_and_ads_is_left(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    say(client, "Hello! How much is it?", referral=AD)
    send()
    for pending_id in questions(redis):
        confirmation, version = runtime.outbox.load(pending_id) or (None, 0)
        assert confirmation is not None
        sent = succeed(confirmation, "wamid.question")
        assert runtime.outbox.save(sent, version)
        keep_evidence(sent, runtime.confirmer)
        runtime.outbox.close(sent)
    _expire(redis)
    send()
    assert len(questions(redis)) == 2

    body = {"evidence": {"reason": "asked by letter"}}
    answer = client.delete(f"/v1/recipients/{REAL}", json=body, headers=API_HEADERS)

    assert answer.status_code == 200
    left = {one for one in keys_with(redis, REAL) if not one.startswith("heed:{feed}")}
    assert left <= {keys.preferences_key(f"wa.{REAL}")}
