"""What the sender refuses and what it never does, on real sockets."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from app.domain.endpoints import Endpoint
from app.endpoints.sender import EndpointSender
from tests.integration.deliveries.conftest import real_now
from tests.receivers import SECRET, Receiver, running

EVENT = {"type": "opted_out", "recipient": "447700900123", "after": {}, "revision": 1}


def _endpoint(url: str, *allowed: str) -> Endpoint:
    return Endpoint("crm", url, "ENDPOINT_SECRET", allow_private=frozenset(allowed))


@pytest.fixture
def sender() -> EndpointSender:
    return EndpointSender({"crm": [SECRET]}, real_now)


def test_a_private_address_is_refused_though_somebody_listens(
    sender: EndpointSender, receiver: Receiver
) -> None:
    answer = sender.post(_endpoint(receiver.url), event_id="1-0", event=EVENT)

    assert (answer.status, answer.trouble) == (None, "address_refused")
    assert receiver.requests == 0


def test_the_environment_decides_nothing(
    sender: EndpointSender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(Receiver()) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        answer = sender.post(_endpoint(receiver.url, "localhost"), event_id="1-0", event=EVENT)

    assert answer.status == 204
    assert (proxy.requests, receiver.requests) == (0, 1)


def test_a_redirect_is_not_followed(sender: EndpointSender, receiver: Receiver) -> None:
    with running(Receiver()) as other:
        receiver.answer = lambda _: (307, {"Location": other.url})
        answer = sender.post(_endpoint(receiver.url, "localhost"), event_id="1-0", event=EVENT)

    assert answer.status == 307
    assert other.requests == 0


def test_connections_are_kept(sender: EndpointSender, receiver: Receiver) -> None:
    for number in range(3):
        endpoint = _endpoint(receiver.url, "localhost")
        assert sender.post(endpoint, event_id=f"{number}-0", event=EVENT).status == 204
    _, adapter = sender._open(_endpoint(receiver.url, "localhost"))

    assert len(adapter.connections) == 1
    sender.close()


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_signed_is_refused(
    sender: EndpointSender, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    with running(Receiver(), context) as receiver:
        url = receiver.url.replace("http://", "https://")
        answer = sender.post(_endpoint(url, "localhost"), event_id="1-0", event=EVENT)

    assert (answer.status, answer.trouble) == (None, "certificate")
    assert names == ["localhost"]
    assert receiver.requests == 0


def test_nothing_of_a_secret_is_printed(sender: EndpointSender) -> None:
    assert SECRET not in repr(sender)
