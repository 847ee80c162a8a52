"""The client against a real server: what is sent, and what each way to fail is called."""

import os
import socket
import threading
from collections.abc import Iterator
from socket import gaierror
from typing import Any

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError

from app.dialog360.client import Dialog360Client, WebhookRegistration, list_webhook_problems
from app.dialog360.errors import AccountTroubleError
from app.dialog360.transport import Transport, has_never_left
from app.ports import (
    MessageSender,
    PermanentSendError,
    SendError,
    ThrottledError,
    TransientSendError,
    UnknownOutcomeError,
)
from tests.contract.dialog360.expected_sending import EXPECTED_ERRORS, EXPECTED_IDS, Verdict
from tests.contract.dialog360.fake_api import Behavior, FakeAPI, Handler, run_fake_api
from tests.payloads.samples import load_sample

KEY = "secret-key-of-the-first-number"
PHONE = "447700900123"
BODY = {"to": f"+{PHONE}", "type": "text", "text": {"body": "secret words"}}
OK = load_sample("send_response_ok")


@pytest.fixture(name="api")
def fixture_api() -> Iterator[FakeAPI]:
    with run_fake_api() as api:
        yield api


@pytest.fixture(name="client")
def fixture_client(api: FakeAPI) -> Iterator[Dialog360Client]:
    client = Dialog360Client(api.url, {None: KEY}, connect_timeout=0.3, read_timeout=0.3)
    yield client
    client.close()


def answering(status: int, body: Any, **options: Any) -> Behavior:
    return lambda handler: handler.answer(status, body, **options)


def fail(client: Dialog360Client, behavior: Behavior, api: FakeAPI) -> Exception:
    """Send, expect an error, and check that it gives nothing away."""
    api.behavior = behavior
    with pytest.raises((SendError, UnknownOutcomeError)) as caught:
        client.send(BODY, phone_number_id=None)
    error = caught.value
    shown = f"{error} {error!r} {error.__cause__} {vars(error)}"
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    for secret in (KEY, PHONE, "secret", "OAuthException", "fbtrace"):
        assert secret not in shown
    return error


def verdict_of(error: Exception) -> Verdict:
    return Verdict(type(error), getattr(error, "code", None), getattr(error, "retry_after", None))


@pytest.mark.parametrize("name", sorted(EXPECTED_ERRORS))
def test_each_documented_error_says_what_to_do(
    name: str, api: FakeAPI, client: Dialog360Client
) -> None:
    sample = load_sample(name)
    behavior = answering(sample["http_status"], sample["body"], headers=sample.get("headers"))

    assert verdict_of(fail(client, behavior, api)) == EXPECTED_ERRORS[name]


@pytest.mark.parametrize("name", sorted(EXPECTED_IDS))
@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_with_an_id_is_accepted(
    name: str, status: int, api: FakeAPI, client: Dialog360Client
) -> None:
    api.behavior = answering(status, load_sample(name))

    assert client.send(BODY, phone_number_id=None) == EXPECTED_IDS[name]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"messages": []},
        {"messages": [{}]},
        {"messages": [{"id": ""}]},
        {"messages": "x"},
        b"",
        b"ok",
        b"<html>secret</html>",
        {"messages": [{"id": 5}]},
        {"success": True},
    ],
)
def test_a_success_without_an_id_is_an_unknown_outcome(
    body: Any, api: FakeAPI, client: Dialog360Client
) -> None:
    assert isinstance(fail(client, answering(200, body), api), UnknownOutcomeError)


def test_the_request_is_exactly_what_360dialog_documents(
    api: FakeAPI, client: Dialog360Client
) -> None:
    api.behavior = answering(200, OK)
    client.send(BODY, phone_number_id="200300400500600")

    (request,) = api.received
    assert (request.method, request.path, request.body) == ("POST", "/messages", BODY)
    assert request.headers["d360-api-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "heed"


def test_each_number_is_sent_from_with_its_own_key(api: FakeAPI) -> None:
    api.behavior = answering(200, OK)
    client = Dialog360Client(api.url + "/", {None: "first", "2": "second"})
    for phone_number_id in ("2", "3", None):
        client.send(BODY, phone_number_id=phone_number_id)
    client.close()

    assert [request.headers["d360-api-key"] for request in api.received] == [
        "second",
        "first",
        "first",
    ]


def test_a_number_without_a_key_is_account_trouble(api: FakeAPI) -> None:
    client = Dialog360Client(api.url, {"2": "second", "3": ""})
    for phone_number_id in ("3", None):
        with pytest.raises(AccountTroubleError) as caught:
            client.send(BODY, phone_number_id=phone_number_id)
        assert caught.value.code == "no_api_key"

    assert api.received == []


def test_a_connection_is_used_again(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, OK)
    for _ in range(3):
        client.send(BODY, phone_number_id=None)
    fail(client, answering(400, load_sample("send_error_429_generic")["body"]), api)
    api.behavior = answering(200, OK)
    client.send(BODY, phone_number_id=None)

    assert [request.connection for request in api.received] == [1] * 5


def test_each_thread_has_a_connection_of_its_own(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, OK)

    def send_and_close() -> None:
        client.send(BODY, phone_number_id=None)
        client.close()

    threads = [threading.Thread(target=send_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {request.connection for request in api.received} == {1, 2, 3, 4}


def test_a_connection_that_idled_is_not_trusted(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, OK)
    client.send(BODY, phone_number_id=None)
    client._transport._local.used_at -= 21
    client.send(BODY, phone_number_id=None)

    assert [request.connection for request in api.received] == [1, 2]


def test_a_forked_child_opens_its_own_connection(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, OK)
    client.send(BODY, phone_number_id=None)
    client._transport._local.pid = os.getpid() + 1
    client.send(BODY, phone_number_id=None)

    assert [request.connection for request in api.received] == [1, 2]


def test_the_environment_changes_nothing(
    api: FakeAPI, client: Dialog360Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    api.behavior = answering(200, OK)

    assert client.send(BODY, phone_number_id=None)


# Never left: nothing can have been accepted.


def test_a_refused_connection_has_sent_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = Dialog360Client(url, {None: KEY}, connect_timeout=0.3, read_timeout=0.3)
        with pytest.raises(TransientSendError) as caught:
            client.send(BODY, phone_number_id=None)

    assert caught.value.code == "no_connection"
    assert caught.value.__suppress_context__


def test_a_connection_that_takes_too_long_has_sent_nothing() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        client = Dialog360Client(
            f"http://127.0.0.1:{address[1]}", {None: KEY}, connect_timeout=0.2, read_timeout=5
        )
        with pytest.raises(TransientSendError):
            client.send(BODY, phone_number_id=None)
        for one in waiting:
            one.close()


def test_a_host_without_an_address_has_sent_nothing() -> None:
    # Made by hand: whether and how fast a resolver says so depends on the network.
    reason = NameResolutionError("waba.example", HTTPConnection("waba.example"), gaierror())
    error = requests.ConnectionError(MaxRetryError(HTTPConnectionPool("x"), "/messages", reason))

    assert has_never_left(error)


@pytest.mark.parametrize("url", ["", "waba.example", "ftp://127.0.0.1", "http://", "http://a..b/"])
def test_a_base_url_that_is_none_is_a_permanent_error(url: str) -> None:
    with pytest.raises(PermanentSendError) as caught:
        Dialog360Client(url, {None: KEY}).send(BODY, phone_number_id=None)

    assert caught.value.code == "bad_request"


@pytest.mark.parametrize("key", ["secret\nkey", "schlüssel-\u20ac"])
def test_a_key_that_is_no_header_is_a_permanent_error_that_hides_it(key: str, api: FakeAPI) -> None:
    with pytest.raises(PermanentSendError) as caught:
        Dialog360Client(api.url, {None: key}).send(BODY, phone_number_id=None)

    assert "secret" not in repr(caught.value)
    assert caught.value.__suppress_context__
    assert api.received == []


def test_a_body_that_is_no_json_is_a_permanent_error(client: Dialog360Client) -> None:
    for body in ({"x": object()}, {"x": float("nan")}):
        with pytest.raises(PermanentSendError):
            client.send(body, phone_number_id=None)


def test_half_a_character_is_sent_as_its_escape(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, OK)
    client.send({"text": "\ud83d"}, phone_number_id=None)

    assert api.received[0].body == {"text": "\ud83d"}


# Left, or may have: nobody knows.

DRIPPING = b'{"messages": [{"id": "wamid.x"}]}'


@pytest.mark.parametrize(
    "behavior",
    [
        pytest.param(lambda handler: handler.hang(), id="hangs"),
        pytest.param(lambda handler: handler.cut(), id="cuts after reading"),
        pytest.param(lambda handler: handler.drip(DRIPPING, pause=0.1), id="drips"),
        pytest.param(answering(502, b"<html>Bad Gateway</html>"), id="HTML 502"),
        pytest.param(answering(504, b""), id="empty 504"),
        pytest.param(answering(500, {"error": {"code": 77}}), id="500 with an unknown code"),
        pytest.param(answering(408, b""), id="408"),
        pytest.param(
            answering(200, b'{"messages": [{"id": "wamid.x"}' + b" " * 70_000 + b"]}"), id="endless"
        ),
    ],
)
def test_an_answer_that_never_came_is_an_unknown_outcome(
    behavior: Behavior, api: FakeAPI, client: Dialog360Client
) -> None:
    assert isinstance(fail(client, behavior, api), UnknownOutcomeError)
    assert len(api.received) == 1


def cut_in_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
    handler.wfile.flush()
    handler.cut()


def cut_in_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"messages": [')
    handler.wfile.flush()
    handler.cut()


def end_early(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"messages": [{"id": "wamid.x"}]}')
    handler.close_connection = True


def speak_nonsense(handler: Handler) -> None:
    handler.wfile.write(b"hello\r\n\r\n")
    handler.close_connection = True


def speak_in_bad_chunks(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"zz\r\n{}\r\n")
    handler.close_connection = True


@pytest.mark.parametrize(
    "behavior", [cut_in_headers, cut_in_body, end_early, speak_nonsense, speak_in_bad_chunks]
)
def test_a_broken_answer_is_an_unknown_outcome(
    behavior: Behavior, api: FakeAPI, client: Dialog360Client
) -> None:
    assert isinstance(fail(client, behavior, api), UnknownOutcomeError)
    assert len(api.received) == 1


def test_a_connection_cut_before_the_request_was_read_is_an_unknown_outcome() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def cut() -> None:
            connection, _ = server.accept()
            # Cut any earlier, it would be no connection at all, and that is another case.
            connection.recv(1, socket.MSG_PEEK)
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UnknownOutcomeError):
            Dialog360Client(url, {None: KEY}).send(BODY, phone_number_id=None)
        thread.join()


def test_after_a_failure_the_next_message_goes_over_a_new_connection(
    api: FakeAPI, client: Dialog360Client
) -> None:
    fail(client, lambda handler: handler.hang(), api)
    api.behavior = answering(200, OK)

    assert client.send(BODY, phone_number_id=None) == EXPECTED_IDS["send_response_ok"]


# Refused.


@pytest.mark.parametrize(
    ("behavior", "verdict"),
    [
        (answering(302, b"", headers={"Location": "/elsewhere"}), Verdict(PermanentSendError, 302)),
        (answering(307, b"", headers={"Location": "/elsewhere"}), Verdict(PermanentSendError, 307)),
        (answering(401, b"<html>"), Verdict(AccountTroubleError, 401)),
        (answering(402, b""), Verdict(AccountTroubleError, 402)),
        (answering(403, b"<html>"), Verdict(PermanentSendError, 403)),
        (answering(429, b"<html>"), Verdict(ThrottledError, 429)),
        (answering(429, b"", headers={"Retry-After": "7"}), Verdict(ThrottledError, 429, 7.0)),
        (answering(503, b""), Verdict(TransientSendError, 503)),
        (answering(503, b"", headers={"Retry-After": "7"}), Verdict(ThrottledError, 503, 7.0)),
        (
            answering(
                400,
                load_sample("send_error_meta_131056_pair_rate_limit")["body"],
                headers={"Retry-After": "40"},
            ),
            Verdict(ThrottledError, 131056, 40.0),
        ),
    ],
)
def test_an_answer_without_a_known_body_is_judged_by_its_status(
    behavior: Behavior, verdict: Verdict, api: FakeAPI, client: Dialog360Client
) -> None:
    assert verdict_of(fail(client, behavior, api)) == verdict
    assert [request.path for request in api.received] == ["/messages"]


# Looking after the number.


def test_the_health_of_a_number_is_read_part_by_part(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, load_sample("health_status_blocked"))
    health = client.health_status()

    assert health.can_send == "BLOCKED"
    assert [(part.kind, part.can_send) for part in health.entities] == [
        ("PHONE_NUMBER", "LIMITED"),
        ("WABA", "BLOCKED"),
    ]
    assert health.entities[0].hints == ("Your display name has not been approved yet.",)
    assert health.entities[1].hints == (
        (
            "There is an error with the payment method. "
            "Please add a new payment method to the account."
        ),
    )
    assert (api.received[0].method, api.received[0].path) == ("GET", "/health_status")


def test_a_healthy_number_is_available(api: FakeAPI, client: Dialog360Client) -> None:
    api.behavior = answering(200, load_sample("health_status_available"))

    health = client.health_status()

    assert health.can_send == "AVAILABLE"
    assert [part.kind for part in health.entities] == ["PHONE_NUMBER", "WABA", "BUSINESS", "APP"]


@pytest.mark.parametrize("body", [[], {"health_status": "x"}, b"<html>"])
def test_an_unreadable_health_is_an_unknown_outcome(
    body: Any, api: FakeAPI, client: Dialog360Client
) -> None:
    api.behavior = answering(200, body)
    with pytest.raises(UnknownOutcomeError):
        client.health_status()


def test_a_webhook_is_set_and_asked_back(api: FakeAPI, client: Dialog360Client) -> None:
    sample = load_sample("d360_set_number_webhook_request")
    stored = load_sample("d360_get_number_webhook_response")
    api.behavior = answering(200, stored)

    registration = client.set_webhook(sample["body"]["url"], sample["body"]["headers"])

    assert [(request.method, request.path) for request in api.received] == [
        ("POST", "/v1/configs/webhook"),
        ("GET", "/v1/configs/webhook"),
    ]
    assert api.received[0].body == sample["body"]
    assert (registration.url, registration.headers) == (stored["url"], stored["headers"])


def test_the_sandboxs_versioned_base_url_is_not_versioned_twice(api: FakeAPI) -> None:
    api.behavior = answering(200, {})
    client = Dialog360Client(f"{api.url}/v1", {None: KEY})
    registration = client.get_webhook()
    client.close()

    assert registration == WebhookRegistration("")
    assert api.received[0].path == "/v1/configs/webhook"


def test_setting_a_webhook_fails_like_sending(api: FakeAPI, client: Dialog360Client) -> None:
    sample = load_sample("send_error_d360_401_invalid_api_key")
    api.behavior = answering(401, sample["body"])
    with pytest.raises(AccountTroubleError):
        client.set_webhook("https://hooks.example.com/", {})


def test_no_repr_shows_a_secret(api: FakeAPI) -> None:
    url = "https://user:secret@hooks.example.com/webhooks/360dialog?token=secret"
    registration = WebhookRegistration(url, {"Authorization": "secret"})
    shown = f"{Dialog360Client(api.url, {None: KEY})!r} {registration!r} {registration.masked_url}"

    assert "secret" not in shown
    assert registration.masked_url == "https://hooks.example.com/webhooks/360dialog"


@pytest.mark.parametrize(
    ("url", "headers", "count"),
    [
        ("https://hooks.example.com/webhooks/360dialog", {"Authorization": "Bearer x"}, 0),
        ("https://user:pass@hooks.example.com/x", {}, 0),
        ("http://hooks.example.com/x", {}, 1),
        ("https://my_hooks.example.com:8443/x", {"X_Secret": "x"}, 3),
    ],
)
def test_the_rules_for_webhooks_are_checked(url: str, headers: dict[str, str], count: int) -> None:
    assert len(list_webhook_problems(url, headers)) == count


def test_the_client_is_a_message_sender(client: Dialog360Client) -> None:
    sender: MessageSender = client

    assert sender is client
    assert "http" in repr(Transport("http://x/", connect_timeout=1, read_timeout=1))
