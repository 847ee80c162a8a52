"""rediss:// as platforms offer it: TLS, often with a certificate that nobody has signed."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from app import create_app
from app.store.connection import connect
from config.settings import load_settings
from tests.builders import WEBHOOK_HEADERS, notification, text_message
from tests.working import apply_commands

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="needs openssl to make a certificate"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=redis.example", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


@pytest.fixture
def tls_url(redis_url: str, certificate: Path) -> Iterator[str]:
    """Give the address of a TLS server in front of the plain one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    backend = ("127.0.0.1", int(redis_url.rpartition(":")[2].partition("/")[0]))
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve_one(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            plain.settimeout(5)
            with context.wrap_socket(plain, server_side=True) as secured:
                secured.settimeout(None)
                with socket.create_connection(backend) as behind:
                    back = threading.Thread(target=pump, args=(behind, secured))
                    back.start()
                    pump(secured, behind)
                    back.join()

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError):
                accepted = listener.accept()[0]
                threading.Thread(target=serve_one, args=(accepted,), name="tls").start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"rediss://127.0.0.1:{listener.getsockname()[1]}/0"
    ended.set()
    listener.close()
    for one in threading.enumerate():
        if one.name == "tls":
            one.join(5)


def test_an_unsigned_certificate_is_refused_unless_it_is_allowed(tls_url: str) -> None:
    with connect(tls_url, tls_verify=True) as client, pytest.raises(RedisError):
        client.ping()

    with connect(tls_url, tls_verify=False) as client:
        assert client.ping()


@pytest.mark.parametrize(
    ("changes", "verified"),
    [
        pytest.param({}, True, id="elsewhere"),
        pytest.param({"DYNO": "web.1"}, False, id="Heroku"),
        pytest.param({"DYNO": "web.1", "REDIS_TLS_VERIFY": "yes"}, True, id="asked for"),
        pytest.param({"REDIS_TLS_VERIFY": "no"}, False, id="given up"),
    ],
)
def test_heroku_is_known_for_certificates_that_nobody_signed(
    environ: dict[str, str], changes: dict[str, str], verified: bool
) -> None:
    assert load_settings({**environ, **changes}).redis_tls_verify is verified


@pytest.mark.usefixtures("redis")
def test_a_stop_takes_its_way_over_tls(environ: dict[str, str], tls_url: str) -> None:
    app = create_app({**environ, "REDIS_URL": tls_url, "DYNO": "web.1"})

    answer = app.test_client().post(
        "/webhooks/360dialog", json=notification(text_message("STOP")), headers=WEBHOOK_HEADERS
    )

    assert answer.status_code == 200
    apply_commands(app.extensions["heed"])
    assert app.extensions["heed"].inbox.size() == 0
    app.extensions["heed"].redis.close()
