"""Byte for byte there and back, and what a sender is told when 360dialog is in trouble."""

import hashlib
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.dialog360.relay import MOST_AT_ONCE
from app.web.feed import MOST_WAITING
from config import gunicorn
from sandbox.embedded_redis import free_port
from tests.builders import PHONE_NUMBER_ID
from tests.contract.dialog360.fake_api import FakeAPI, Handler
from tests.integration.gateway.senders import DESK, SHOP

# Odd on purpose: spaces, order and escapes must come through as they are.
RAW = (
    b'{ "type":"template",  "template":{"name":"order_update","language":{"code":"en_GB"}},\n'
    b' "to" :"\\u002b447700900123", "messaging_product":"whatsapp", "biz_opaque_callback_data":"\xc3\xa9"}'
)
TEMPLATES = {
    "waba_templates": [{"name": "order_update", "language": "en_GB", "category": "UTILITY"}],
    "count": 1,
    "total": 1,
}
BLOB = hashlib.sha512(b"a file").digest() * 40_000


class Scripted:
    """Answers the list of templates by itself, and everything else as a test says."""

    def __init__(self, behavior: Any) -> None:
        self._behavior = behavior

    def __call__(self, handler: Handler) -> None:
        if handler.path.startswith("/v1/configs/templates"):
            handler.answer(200, TEMPLATES)
        else:
            self._behavior(handler)


def post(client: FlaskClient, **headers: str) -> Any:
    named = {"D360-API-KEY": SHOP, **headers}
    return client.post("/messages?to=447700900999", data=RAW, headers=named)


def test_the_bytes_arrive_as_they_were_sent_and_with_the_real_key(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    seen: list[bytes] = []
    odd = b'{"messages" : [{"id":"wamid.1"}] }\n'
    upstream.behavior = Scripted(
        lambda handler: handler.answer(
            201,
            odd,
            content_type="application/json; charset=UTF-8",
            headers={"X-FB-Trace-ID": "abc", "Set-Cookie": "a=b", "Server": "x"},
        )
    )
    upstream.on_raw = seen.append

    answer = post(behind, **{"X-Own": "1", "Authorization": "Bearer x", "Content-Type": "text/x"})

    message = upstream.received[-1]
    assert seen[-1] == RAW
    assert (message.method, message.path) == ("POST", "/messages")
    assert message.headers["d360-api-key"] == "first-key"
    assert message.headers["content-type"] == "application/json"
    assert "x-own" not in message.headers
    assert "authorization" not in message.headers
    assert (answer.status_code, answer.data) == (201, odd)
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.headers["X-FB-Trace-ID"] == "abc"
    assert "Set-Cookie" not in answer.headers


def test_one_connection_serves_many_messages(behind: FlaskClient, upstream: FakeAPI) -> None:
    upstream.behavior = Scripted(lambda handler: handler.answer(200, {"messages": [{"id": "w"}]}))

    for _ in range(5):
        assert post(behind).status_code == 200

    assert upstream.connections == 1
    # The list of templates was asked for once.
    assert [one.method for one in upstream.received] == ["GET"] + ["POST"] * 5


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        pytest.param(400, {"error": {"code": 131047}}, "application/json", id="Meta's"),
        pytest.param(429, {"error": "Too many requests"}, "application/json", id="flat"),
        pytest.param(502, b"<html>Bad Gateway</html>", "text/html", id="HTML"),
        pytest.param(500, b"", "application/json", id="empty"),
    ],
)
def test_what_360dialog_answers_is_what_the_sender_gets(
    behind: FlaskClient, upstream: FakeAPI, status: int, body: Any, content_type: str
) -> None:
    upstream.behavior = Scripted(
        lambda handler: handler.answer(
            status, body, content_type=content_type, headers={"Retry-After": "3"}
        )
    )

    answer = post(behind)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Retry-After"] == "3"
    assert answer.data == body if isinstance(body, bytes) else answer.json == body


def test_an_answer_that_never_came_is_not_called_a_no(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    upstream.behavior = Scripted(lambda handler: handler.cut())

    answer = post(behind)

    assert (answer.status_code, answer.json["error"]["code"]) == (504, 131000)
    assert "may have been accepted" in answer.json["error"]["error_data"]["details"]
    assert [one.method for one in upstream.received].count("POST") == 1


def test_a_message_that_never_left_is_said_to_have_never_left(
    behind: FlaskClient, upstream: FakeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.behavior = Scripted(lambda handler: handler.answer(200, {}))
    post(behind)
    relay = behind.application.extensions["heed"].relay
    relay.close()
    monkeypatch.setattr(relay._transport, "base_url", f"http://127.0.0.1:{free_port()}")

    answer = post(behind)

    assert (answer.status_code, answer.json["error"]["code"]) == (503, 131016)
    assert "nothing was sent" in answer.json["error"]["error_data"]["details"]


def test_a_file_goes_up_in_pieces_and_comes_down_again(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    seen: list[bytes] = []
    upstream.on_raw = seen.append
    upstream.behavior = lambda handler: handler.answer(200, {"id": "1234567890"})
    kind = "multipart/form-data; boundary=x"
    form = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + BLOB + b"\r\n--x--\r\n"

    for path, headers in (
        ("/media", {"D360-API-KEY": SHOP}),
        (f"/v23.0/{PHONE_NUMBER_ID}/media", {"Authorization": f"Bearer {SHOP}"}),
    ):
        answer = behind.post(path, data=form, headers=headers, content_type=kind)
        assert answer.json == {"id": "1234567890"}, answer.text
    upstream.behavior = lambda handler: handler.answer(200, BLOB, content_type="image/png")
    # A server closes each answer; the test client leaves it to us.
    with behind.get(
        "/whatsapp_business/attachments/?mid=1&ext=2&hash=a%2Fb", headers=headers
    ) as down:
        down_data, down_type = down.data, down.mimetype

    assert seen[:2] == [form, form]
    uploads = upstream.received[:2]
    assert {one.path for one in uploads} == {"/media"}
    assert uploads[0].headers["content-type"] == kind
    assert uploads[0].headers["content-length"] == str(len(form))
    assert (down_data, down_type) == (BLOB, "image/png")
    assert upstream.received[2].path == "/whatsapp_business/attachments/?mid=1&ext=2&hash=a%2Fb"


def test_where_a_file_lies_is_told_as_the_client_needs_it(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    """A client of 360dialog changes the host by itself; one of the Cloud API does not."""
    place = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=x"
    upstream.behavior = lambda handler: handler.answer(200, {"id": "77", "url": place})

    plain = behind.get("/77", headers={"D360-API-KEY": SHOP}).json["url"]
    cloud = behind.get("/v23.0/77", headers={"Authorization": f"Bearer {SHOP}"}).json["url"]
    other = behind.get("/v23.0/77?phone_number_id=999", headers={"D360-API-KEY": DESK})

    assert plain == place
    assert urlsplit(cloud).netloc == "localhost"
    assert cloud.endswith("/whatsapp_business/attachments/?mid=1&ext=2&hash=x")
    assert {one.path for one in upstream.received} == {"/77"}
    assert other.status_code == 403


def test_a_slow_360dialog_does_not_take_every_thread(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    here, done = threading.Semaphore(0), threading.Event()

    def answer_late(handler: Handler) -> None:
        here.release()
        done.wait(20)
        handler.answer(200, {"messages": [{"id": "w"}]})

    upstream.behavior = Scripted(lambda handler: handler.answer(200, {}))
    post(behind)
    upstream.behavior = Scripted(answer_late)
    statuses: list[int] = []

    def one_sender() -> None:
        statuses.append(post(behind.application.test_client()).status_code)

    threads = [threading.Thread(target=one_sender) for _ in range(MOST_AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert here.acquire(timeout=20)

    refused = post(behind)
    file = behind.get("/whatsapp_business/attachments/?mid=1", headers={"D360-API-KEY": SHOP})
    done.set()
    for thread in threads:
        thread.join()

    assert (refused.status_code, refused.json["error"]["code"]) == (429, 130429)
    assert file.status_code == 429
    assert statuses == [200] * MOST_AT_ONCE
    assert gunicorn.threads > MOST_AT_ONCE + MOST_WAITING
    assert post(behind).status_code == 200


@pytest.mark.parametrize(
    ("length", "status"), [(None, 411), (100 * 1024 * 1024 + 1, 413)], ids=["unknown", "too long"]
)
def test_a_file_needs_a_size_that_whatsapp_takes(
    behind: FlaskClient, upstream: FakeAPI, length: int | None, status: int
) -> None:
    environ = {} if length is None else {"CONTENT_LENGTH": str(length)}
    headers = {"D360-API-KEY": SHOP}

    answer = behind.post("/media", headers=headers, environ_overrides=environ)

    assert answer.status_code == status
    assert upstream.received == []


def test_lists_and_health_pass(behind: FlaskClient, upstream: FakeAPI) -> None:
    upstream.behavior = lambda handler: handler.answer(200, {"seen": handler.path})
    headers = {"D360-API-KEY": DESK}

    for path in ("/v1/configs/templates?limit=5&offset=10", "/health_status"):
        assert behind.get(path, headers=headers).json == {"seen": path}
    assert {one.headers["d360-api-key"] for one in upstream.received} == {"second-key"}


def test_the_list_of_templates_is_read_once_by_one_of_many(
    behind: FlaskClient, upstream: FakeAPI
) -> None:
    """The others wait for it: the strictest rule would refuse what is allowed."""
    upstream.behavior = Scripted(lambda handler: handler.answer(200, {"messages": [{"id": "w"}]}))
    start, statuses = threading.Barrier(8), []

    def one_sender() -> None:
        start.wait()
        statuses.append(post(behind.application.test_client()).status_code)

    threads = [threading.Thread(target=one_sender) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 8
    assert [one.method for one in upstream.received].count("GET") == 1
