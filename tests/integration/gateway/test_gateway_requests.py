"""Who may send through which number, and requests that make no sense."""

import json
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from app.runtime import Runtime, build_runtime
from app.store.connection import connect
from config.settings import SettingsError, load_settings
from sandbox.server import RunningSandbox
from tests.builders import ADA, PHONE_NUMBER_ID
from tests.integration.gateway.senders import (
    DESK,
    LOST,
    SECOND_NUMBER,
    SHOP,
    send,
    template,
    text,
)

CLOUD = f"/v23.0/{PHONE_NUMBER_ID}/messages"


def bearer(client: FlaskClient, path: str, secret: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post(path, json=body or template(), headers=headers)


def numbers_that_sent(sandbox: RunningSandbox) -> list[str]:
    return [one["phone_number_id"] for one in requests.get(f"{sandbox.url}/sent", timeout=5).json()]


def test_a_token_sends_through_the_number_that_names_it(
    gateway: FlaskClient, sandbox: RunningSandbox
) -> None:
    assert send(gateway, template(), secret=SHOP).status_code == 200
    assert send(gateway, template(), secret=DESK).status_code == 200
    lost = send(gateway, template(), secret=LOST)

    assert numbers_that_sent(sandbox) == [PHONE_NUMBER_ID, SECOND_NUMBER]
    assert lost.status_code == 403
    assert "senders" in lost.json["error"]["error_data"]["details"]


def test_under_the_cloud_apis_path_the_number_stands_in_the_path(
    gateway: FlaskClient, sandbox: RunningSandbox
) -> None:
    assert bearer(gateway, CLOUD, SHOP).status_code == 200
    foreign = bearer(gateway, f"/v23.0/{SECOND_NUMBER}/messages", SHOP)
    unknown = bearer(gateway, "/v23.0/999/messages", SHOP)

    assert numbers_that_sent(sandbox) == [PHONE_NUMBER_ID]
    for answer in (foreign, unknown):
        assert answer.status_code == 403
        assert answer.json["error"]["code"] == 10


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param("/messages", {}, 401, id="no key"),
        pytest.param("/messages", {"D360-API-KEY": "first-key"}, 401, id="the real key"),
        pytest.param("/messages", {"D360-API-KEY": "reader-secret-0001"}, 403, id="no scope"),
        pytest.param("/messages", {"Authorization": f"Bearer {SHOP}"}, 200, id="Bearer"),
        pytest.param(CLOUD, {}, 401, id="no token"),
        pytest.param(CLOUD, {"Authorization": "Bearer x"}, 401, id="wrong token"),
        pytest.param(CLOUD, {"D360-API-KEY": SHOP}, 200, id="the other header"),
        pytest.param("/v1/configs/templates", {}, 401, id="templates, no key"),
        pytest.param("/media", {}, 401, id="media, no key"),
    ],
)
def test_only_a_token_with_the_scope_send_sends(
    gateway: FlaskClient, path: str, headers: dict[str, str], status: int
) -> None:
    method = gateway.get if "templates" in path else gateway.post
    answer = method(path, json=template(), headers=headers)

    assert answer.status_code == status
    if status == 401:
        body = answer.json
        expected = "Invalid api_key" if path != CLOUD else 190
        assert expected == (
            body["meta"]["developer_message"] if path != CLOUD else body["error"]["code"]
        )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"", 100, id="empty"),
        pytest.param(b"to=447700900123&type=text", 100, id="a form"),
        pytest.param(b"[]", 100, id="a list"),
        pytest.param(json.dumps(template()).encode("utf-16"), 100, id="UTF-16"),
        pytest.param(b"\xff" + json.dumps(template()).encode(), 100, id="no UTF-8"),
        pytest.param(b'{"to": "447700900123", "to": "447700900124"}', 100, id="to twice"),
        pytest.param(b"[" * 100_000, 100, id="deep"),
        pytest.param(json.dumps(text(None)).encode(), 131008, id="nobody"),
        pytest.param(json.dumps(text("")).encode(), 131009, id="an empty number"),
        pytest.param(json.dumps(text("Ada")).encode(), 131009, id="a name"),
        pytest.param(json.dumps(text(["447700900123"])).encode(), 131009, id="a list of people"),  # type: ignore[arg-type]
        pytest.param(json.dumps(text(True)).encode(), 131009, id="true"),  # type: ignore[arg-type]
        pytest.param(json.dumps(text("7700900123")).encode(), 131009, id="no country code"),
        pytest.param(
            json.dumps(text(f"+{ADA}\u0663")).encode(), 131009, id="digits of two scripts"
        ),
        pytest.param(json.dumps(text(f"{ADA}{' ' * 155}9")).encode(), 131009, id="a long tail"),
        pytest.param(
            json.dumps(text(None, recipient="GB.ENT.1181")).encode(), 131009, id="a parent BSUID"
        ),
        pytest.param(json.dumps(text(recipient_type="group")).encode(), 131009, id="a group"),
    ],
)
def test_what_names_no_person_is_not_passed_on(
    gateway: FlaskClient, sandbox: RunningSandbox, raw: bytes, code: int
) -> None:
    answer = gateway.post("/messages", data=raw, headers={"D360-API-KEY": SHOP})

    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)
    assert answer.json["error"]["fbtrace_id"] == "heed"
    assert "parcel" not in answer.text
    assert numbers_that_sent(sandbox) == []


def test_a_message_has_a_largest_size(gateway: FlaskClient) -> None:
    answer = send(gateway, text(text={"body": "x" * 300_000}))

    assert (answer.status_code, answer.json["error"]["code"]) == (413, 100)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/v1/configs/webhook", 404, id="the webhook"),
        pytest.param("GET", "/v1/configs/webhook", 404, id="where the webhook goes"),
        pytest.param("POST", "/v1/configs/templates", 405, id="a new template"),
        pytest.param("DELETE", "/v1/configs/templates/spring_offer", 404, id="a template's end"),
        pytest.param("POST", "/waba_webhook", 404, id="the account's webhook"),
        pytest.param("POST", "/block_users", 404, id="blocking"),
        pytest.param("POST", f"/v23.0/{PHONE_NUMBER_ID}/register", 404, id="registering"),
        pytest.param("POST", f"/v23.0/{PHONE_NUMBER_ID}/marketing_messages", 404, id="MM API"),
        pytest.param("DELETE", "/1234567890", 405, id="deleting by id"),
        pytest.param("GET", "/messages", 405, id="reading messages"),
    ],
)
def test_nothing_else_is_passed_on(
    gateway: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = gateway.open(path, method=method, json={}, headers={"D360-API-KEY": SHOP})

    assert answer.status_code == status
    assert "Heed passes on messages" in answer.json["error"]["error_data"]["details"]


def test_other_callers_still_get_problem_documents(gateway: FlaskClient) -> None:
    answer = gateway.get("/no/such/page")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_without_redis_nothing_is_sent(
    gateway: FlaskClient,
    gateway_runtime: Runtime,
    sandbox: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead = connect("redis://127.0.0.1:9/0", tls_verify=True).connection_pool
    monkeypatch.setattr(gateway_runtime.redis, "connection_pool", dead)

    answer = send(gateway, template())

    assert (answer.status_code, answer.json["error"]["code"]) == (503, 131016)
    assert "nothing was sent" in answer.json["error"]["error_data"]["details"]
    assert numbers_that_sent(sandbox) == []


def test_a_sender_that_is_no_token_stops_the_start(gateway_environ: dict[str, str]) -> None:
    environ = {**gateway_environ, "API_TOKENS": f"shop:send:{SHOP},desk:read:{DESK}"}

    with pytest.raises(SettingsError, match="sender desk is no token with the scope send"):
        build_runtime(load_settings(environ))
