"""What tests of forgetting do and look at."""

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from tests.builders import ADA, ADA_BSUID, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.working import apply_commands

WORDS = "please stop messaging me"
CONTACTS = [{"wa_id": ADA, "user_id": ADA_BSUID}]


def say(client: FlaskClient, runtime: Runtime, *messages: dict[str, Any]) -> None:
    body = notification(*messages, contacts=CONTACTS)
    assert client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS).json["received"]
    apply_commands(runtime)


def message(text: str, at: datetime | None = None) -> dict[str, Any]:
    changes = {"timestamp": str(int(at.timestamp()))} if at else {}
    return text_message(text, from_user_id=ADA_BSUID, **changes)


def forget(client: FlaskClient, address: str = ADA) -> dict[str, Any]:
    body = {"evidence": {"reason": "asked by letter"}}
    answer = client.delete(f"/v1/recipients/{address}", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def check(client: FlaskClient, address: str = ADA) -> dict[str, Any]:
    body = {"recipients": [address], "topic": "offers"}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    result: dict[str, Any] = (answer.json or {})["results"][0]
    return result


def dump(redis: Redis) -> dict[str, str]:
    """Return everything that is in Redis, as text."""
    texts = {}
    for key in redis.scan_iter("*"):
        kind = redis.type(key)
        if kind == b"string":
            value: Any = redis.get(key)
        elif kind == b"hash":
            value = redis.hgetall(key)
        elif kind == b"list":
            value = redis.lrange(key, 0, -1)
        elif kind == b"zset":
            value = redis.zrange(key, 0, -1)
        elif kind == b"stream":
            value = redis.xrange(key)
        else:
            value = redis.smembers(key)
        texts[key.decode()] = repr(value)
    return texts


def keys_with(redis: Redis, text: str) -> set[str]:
    return {key for key, value in dump(redis).items() if text in key or text in value}
