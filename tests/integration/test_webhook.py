"""The webhook's answers to everything that can be posted to it."""

import copy
import hashlib
import hmac
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from app import create_app
from app.runtime import Runtime
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.payloads.samples import NAMES, load_sample, read_sample
from tests.working import apply_commands

URL = "/webhooks/360dialog"
STOP = json.dumps(notification(text_message("STOP"))).encode()
ARRIVING = [name for name in NAMES if not name.startswith(("send_", "d360_", "health_", "block_"))]

SECRETS = [
    pytest.param({}, 401, id="none"),
    pytest.param({"Authorization": "Bearer wrong"}, 403, id="wrong"),
    pytest.param({"Authorization": "Basic dGVzdA=="}, 403, id="another scheme"),
    pytest.param({"Authorization": "Bearer "}, 403, id="empty"),
    pytest.param({"Authorization": "Bearer \u00fc\u00e9"}, 403, id="not ASCII"),
    pytest.param({"Authorization": "Bearer test-webhook-token"}, 200, id="present"),
    pytest.param({"Authorization": "bearer the-next-webhook-token"}, 200, id="next"),
]

NOT_NOTIFICATIONS = [
    pytest.param(b"", 400, id="no body"),
    pytest.param(b"{", 400, id="broken"),
    pytest.param(b"\xff\xfe", 400, id="not UTF-8"),
    pytest.param(b"[" * 200_000, 400, id="deep and broken"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, 400, id="deep"),
    pytest.param(b"null", 200, id="null"),
    pytest.param(b"[]", 200, id="a list"),
    pytest.param(b'"STOP"', 200, id="a string"),
    pytest.param(b"1" * 5000, 200, id="a huge number"),
    pytest.param(b'{"entry": 1e999}', 200, id="wrong types"),
    pytest.param(b'{"object": "page", "entry": []}', 200, id="another object"),
]


@pytest.mark.parametrize(("headers", "status"), SECRETS)
def test_only_who_knows_the_secret_is_heard(
    client: FlaskClient, headers: dict[str, str], status: int, runtime: Runtime
) -> None:
    answer = client.post(URL, data=STOP, headers=headers)

    assert answer.status_code == status
    assert (runtime.inbox.size() == 1) is (status == 200)
    if status != 200:
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("0" * 64, 403), ("", 403), ("right", 200), ("sha256=right", 200)],
)
def test_a_signature_is_over_the_raw_bytes(
    environ: dict[str, str], redis: Redis, header: str | None, status: int
) -> None:
    app = create_app({**environ, "WEBHOOK_SIGNING_SECRET": "old-secret-0123456,signing-secret-01"})
    right = hmac.new(b"signing-secret-01", STOP, hashlib.sha256).hexdigest()
    headers = dict(WEBHOOK_HEADERS)
    if header is not None:
        headers["x-360dialog-signature"] = header.replace("right", right)

    assert app.test_client().post(URL, data=STOP, headers=headers).status_code == status


@pytest.mark.parametrize(("body", "status"), NOT_NOTIFICATIONS)
def test_what_is_no_notification_is_answered_as_documented(
    client: FlaskClient, body: bytes, status: int
) -> None:
    assert client.post(URL, data=body, headers=WEBHOOK_HEADERS).status_code == status


def test_three_megabytes_are_read_and_more_is_refused(
    client: FlaskClient, runtime: Runtime
) -> None:
    body = notification(text_message("STOP"), filler="")
    body["filler"] = "x" * (3 * 1024 * 1024 - len(json.dumps(body)) - 20)
    full = json.dumps(body).encode()

    assert client.post(URL, data=full, headers=WEBHOOK_HEADERS).status_code == 200
    assert runtime.inbox.size() == 1
    assert client.post(URL, data=full + b" " * 100, headers=WEBHOOK_HEADERS).status_code == 413


def test_a_thousand_updates_are_all_read(client: FlaskClient, runtime: Runtime) -> None:
    messages = [text_message("STOP", **{"from": f"4477{n:08d}"}) for n in range(1000)]
    messages[500]["timestamp"] = {"not": "a time"}

    answer = client.post(URL, json=notification(*messages), headers=WEBHOOK_HEADERS)

    assert answer.json == {"received": 1000, "commands": 999, "ignored": 1}
    assert runtime.inbox.size() == 999
    body = {"recipients": [f"4477{n:08d}" for n in range(1000)], "topic": "orders"}
    results = client.post("/v1/check", json=body, headers=API_HEADERS).json["results"]
    assert [one["allowed"] for one in results].count(True) == 1


@pytest.mark.parametrize("name", ARRIVING)
def test_every_sample_is_answered_with_200(client: FlaskClient, name: str) -> None:
    answer = client.post(URL, data=read_sample(name), headers=WEBHOOK_HEADERS)

    assert answer.status_code == 200
    assert answer.json["received"] == answer.json["commands"] + answer.json["ignored"]


def test_a_batch_keeps_the_order_of_stop_and_start(client: FlaskClient, runtime: Runtime) -> None:
    sample = read_sample("batch_stop_then_start_same_user")

    client.post(URL, data=sample, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    view = client.get(f"/v1/recipients/{ADA}", headers=API_HEADERS).json
    assert view["messages"] == "opted_in"


def test_a_message_with_lone_surrogates_is_kept_and_applied(
    client: FlaskClient, runtime: Runtime
) -> None:
    body = json.dumps(notification(text_message("STOP \ud83d", id="wamid.\ud800")))

    answer = client.post(URL, data=body, headers=WEBHOOK_HEADERS)

    assert answer.status_code == 200
    apply_commands(runtime)
    assert client.get(f"/v1/recipients/{ADA}/history", headers=API_HEADERS).status_code == 200


def test_redis_away_means_try_again(environ: dict[str, str]) -> None:
    app = create_app({**environ, "REDIS_URL": "redis://127.0.0.1:9/0"})
    client = app.test_client()

    webhook = client.post(URL, data=STOP, headers=WEBHOOK_HEADERS)
    gate = client.post("/v1/check", json={"recipients": [ADA]}, headers=API_HEADERS)

    assert webhook.status_code == 503
    assert webhook.headers["Retry-After"]
    assert gate.status_code == 503
    assert "allowed" not in gate.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_nothing_but_post_does_anything(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)(URL, headers=WEBHOOK_HEADERS)

    assert answer.status_code == 405


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.just(10**400),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([[[[{"entry": [{}]}]]]]),
)


def places_of(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [path, *(place for key, child in children for place in places_of(child, (*path, key)))]


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_damaged_notification_never_gives_a_5xx_and_never_loses_its_sibling(
    client: FlaskClient, runtime: Runtime, data: st.DataObject
) -> None:
    damaged = copy.deepcopy(load_sample(data.draw(st.sampled_from(ARRIVING))))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places_of(damaged)[1:] or [()]))
        if not place:
            break
        parent = damaged
        for key in place[:-1]:
            parent = parent[key]
        parent[place[-1]] = copy.deepcopy(data.draw(ODD))
    sibling = notification(text_message("STOP", **{"from": "447700999999"}))
    entries = damaged.get("entry") if isinstance(damaged.get("entry"), list) else []
    body = {**sibling, "entry": [*entries, *sibling["entry"]]}
    runtime.redis.flushall()

    answer = client.post(URL, data=json.dumps(body), headers=WEBHOOK_HEADERS)

    assert answer.status_code == 200
    check = {"recipients": ["447700999999"], "topic": "orders"}
    results = client.post("/v1/check", json=check, headers=API_HEADERS).json["results"]
    assert results[0]["allowed"] is False
    assert client.post(URL, data=json.dumps(damaged), headers=WEBHOOK_HEADERS).status_code == 200
