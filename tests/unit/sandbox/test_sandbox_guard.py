"""Nobody but this machine and the sandbox's own page can make the sandbox do anything."""

import os
import signal
import subprocess
import sys

import pytest
import requests

from sandbox.config import ConfigError, SandboxConfig, load_config
from sandbox.people import People, normalize_address
from sandbox.server import RunningSandbox, start
from tests.unit.sandbox.client import ADA, KEY, Client, text_message


def test_another_name_for_this_machine_is_refused(running: RunningSandbox) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "[::1", "0.0.0.0"):
        answer = requests.get(f"{running.url}/sent", headers={"Host": host}, timeout=5)
        assert answer.status_code in {400, 403}, host


@pytest.mark.parametrize("path", ["/messages", "/inbound", "/faults", "/window", "/api/template"])
def test_only_json_changes_anything(running: RunningSandbox, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {**KEY, "Content-Type": kind}
        answer = requests.post(f"{running.url}{path}", data="{}", headers=headers, timeout=5)
        assert answer.status_code == 415


def test_another_origin_is_refused(client: Client) -> None:
    other = {"Origin": "https://evil.example"}

    assert client.post("/inbound", {"from": ADA, "text": "x"}, **other).status_code == 403
    assert client.post("/window", {"recipient": ADA}, Origin="null").status_code == 403
    assert client.post("/window", {"recipient": ADA}, Origin=client.url).status_code == 200


@pytest.mark.parametrize("path", ["/inbound", "/faults", "/window", "/resend", "/api/people"])
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"5", b"[" * 100_000, b"\xff\xfe"])
def test_a_broken_body_is_400(running: RunningSandbox, path: str, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{running.url}{path}", data=raw, headers=headers, timeout=5)

    assert answer.status_code == 400


def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = requests.get(f"{client.url}/", timeout=5)

    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "http" not in page.text.replace("http://www.w3.org", "")


@pytest.mark.parametrize("variable", ["DYNO", "FLY_APP_NAME", "RENDER", "K_SERVICE"])
def test_it_refuses_to_run_on_a_platform(variable: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load_config({variable: "web.1"})


def test_it_binds_loopback_only() -> None:
    with pytest.raises(ConfigError):
        SandboxConfig(host="0.0.0.0")


def test_the_environment_is_read_whole() -> None:
    config = load_config(
        {
            "SANDBOX_PORT": "9000",
            "WEBHOOK_URL": "http://127.0.0.1:9/x",
            "WEBHOOK_TOKEN": "new, old",
            "WEBHOOK_SIGNING_SECRET": "sign",
            "D360_API_KEY": "first-key",
            "SANDBOX_KEYS": "777000111:second-key, 888:third:key",
            "SANDBOX_LIMITS": "1",
        }
    )

    assert (config.port, config.webhook_token, config.enforce_rates) == (9000, "new", True)
    assert [n.api_key for n in config.numbers] == ["first-key", "second-key", "third:key"]
    assert config.numbers[1].display_phone_number == "15557000111"
    for secret in ("first-key", "second-key", "new", "sign"):
        assert secret not in repr(config).replace("signing", "")


@pytest.mark.parametrize(
    "environ",
    [{"SANDBOX_PORT": "http"}, {"SANDBOX_PORT": "70000"}, {"SANDBOX_KEYS": "no-colon-secret"}],
)
def test_a_broken_environment_is_refused_without_its_secrets(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(environ)

    assert "no-colon-secret" not in str(refused.value)


def test_it_stops_without_a_trace_and_twice_in_a_row() -> None:
    for _ in range(2):
        running = start(SandboxConfig(port=0))
        url = running.url
        assert requests.get(f"{url}/faults", timeout=5).json() == []
        running.stop()
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"{url}/faults", timeout=1)


def run_module(**environ: str) -> subprocess.Popen[str]:
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), **environ}  # noqa: PTH109
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "sandbox"],
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_module_serves_until_sigterm() -> None:
    with run_module(SANDBOX_PORT="0") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        assert requests.get(f"{url}faults", timeout=5).json() == []
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")


def test_the_module_refuses_a_platform_with_words() -> None:
    with run_module(DYNO="web.1") as process:
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert "never runs in production" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+44 7700 900123", ADA),
        ("0044 7700-900123", ADA),
        ("(44) 7700.900123", ADA),
        ("GB.81726354908172635490", "GB.81726354908172635490"),
        ("gb.123", None),
        ("٤٤٧٧٠٠٩٠٠١٢٣", None),
        ("12345", None),
        ("1" * 16, None),
        ("", None),
    ],
)
def test_an_address_has_one_form(text: str, expected: str | None) -> None:
    assert normalize_address(text) == expected


def test_people_keep_their_key_when_they_are_linked() -> None:
    people = People()
    before = people.resolve("US.999")

    after = people.link("15550009999", "US.999")

    assert after.key == before.key == "US.999"
    assert people.find("+1 555 000 9999") == after
    with pytest.raises(ValueError, match="phone number"):
        people.resolve("nobody")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Zoë", "number": "+44 7700 900456"}, 201),
        ({"username": "zoe.example"}, 201),
        ({"name": "Nobody"}, 400),
        ({"number": "12"}, 400),
        ({"number": "+447700900123"}, 409),
        ({"name": 5}, 400),
        ({"name": "x" * 61, "number": "+44 7700 900456"}, 400),
    ],
)
def test_people_are_added_by_number_or_user_name(
    client: Client, body: dict[str, object], status: int
) -> None:
    assert client.post("/api/people", body).status_code == status


def test_the_business_sends_a_template_in_the_persons_language(client: Client) -> None:
    people = {person["language"]: person["key"] for person in client.get("/api/people")}
    for language, key in people.items():
        sent = client.post("/api/template", {"person": key, "name": "spring_offer"})
        assert sent.status_code == 200
        (line,) = client.get(f"/api/chat?person={key}")["lines"]
        assert "{{" not in line["bubble"]["text"], language
        assert len(line["bubble"]["buttons"]) == 2

    assert client.post("/api/template", {"person": "x", "name": "spring_offer"}).status_code == 404
    assert client.post("/api/template", {"person": ADA, "name": "x"}).status_code == 404
    assert client.send(text_message()).json()["error"]["code"] == 131047
