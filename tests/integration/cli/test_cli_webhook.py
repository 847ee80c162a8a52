import json

import pytest
from flask import Flask

from app import create_app
from app.cli.webhook import read_target
from config.settings import load_settings
from sandbox.server import RunningSandbox
from tests.builders import PHONE_NUMBER_ID, WEBHOOK_TOKEN
from tests.integration.cli.conftest import Run

OURS = "http://127.0.0.1:8000/webhooks/360dialog"


def registered(sandbox: RunningSandbox) -> tuple[str, dict[str, str]]:
    target = sandbox.world.find_target(PHONE_NUMBER_ID)
    return target.url, dict(target.headers)


def test_register_sends_the_address_and_the_first_token(run: Run, sandbox: RunningSandbox) -> None:
    result = run("webhook", "register", "http://127.0.0.1:8000")

    assert result.exit_code == 0, result.output
    assert registered(sandbox) == (OURS, {"Authorization": f"Bearer {WEBHOOK_TOKEN}"})
    assert "is our WEBHOOK_TOKEN" in result.output
    assert WEBHOOK_TOKEN not in result.output


def test_a_path_of_ones_own_is_kept(run: Run, sandbox: RunningSandbox) -> None:
    run("webhook", "register", "http://localhost:8000/proxy/heed", "--number", PHONE_NUMBER_ID)

    assert registered(sandbox)[0] == "http://localhost:8000/proxy/heed"


@pytest.mark.parametrize(
    ("headers", "match"),
    [
        pytest.param({"Authorization": f"Bearer {WEBHOOK_TOKEN}"}, "current", id="ours"),
        pytest.param({"authorization": f"bearer {WEBHOOK_TOKEN}"}, "current", id="lower case"),
        pytest.param({"Authorization": "Bearer the-next-webhook-token"}, "former", id="former"),
        pytest.param({"Authorization": "Bearer wrong-and-secret"}, "wrong", id="wrong"),
        pytest.param({"X-Secret": "wrong-and-secret"}, "missing", id="missing"),
    ],
)
def test_show_compares_the_header_and_masks_it(
    headers: dict[str, str], match: str, run: Run, app: Flask, sandbox: RunningSandbox
) -> None:
    client = app.extensions["heed"].d360
    client.set_webhook("http://user:pass@127.0.0.1:8000/x?secret=1", headers)

    text, machine = run("webhook", "show"), run("webhook", "show", "--json")

    [row] = json.loads(machine.stdout)
    assert row["authorization"] == match
    assert row["url"] == "http://127.0.0.1:8000/x"
    assert list(row["headers"].values()) == ["••••"]
    for output in (text.output, machine.output):
        for secret in (WEBHOOK_TOKEN, "the-next", "wrong-and-secret", "pass", "secret=1"):
            assert secret not in output


def test_a_number_that_is_not_ours_is_told(run: Run) -> None:
    for command in (["show"], ["register", "http://127.0.0.1:8000"]):
        result = run("webhook", *command, "--number", "1")
        assert result.exit_code == 2
        assert PHONE_NUMBER_ID in result.stderr


def test_a_wrong_key_is_told_in_a_sentence(environ: dict[str, str], app: Flask) -> None:
    other = create_app({**environ, "D360_API_KEY": "a-wrong-key"})

    result = other.test_cli_runner().invoke(args=["webhook", "show"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: 360dialog refused")
    assert "a-wrong-key" not in result.output


@pytest.mark.parametrize(
    ("url", "what"),
    [
        pytest.param("http://heed.example.com", "https://", id="not https"),
        pytest.param("https://heed_x.example.com/", "underscore", id="underscore"),
        pytest.param("https://heed.example.com:8443/", "port", id="port"),
        pytest.param("https://heed.example.com:x/", "no web address", id="no port"),
        pytest.param("https://[heed/", "no web address", id="no host"),
        pytest.param("ftp://heed.example.com/", "web address", id="another scheme"),
        pytest.param("heed.example.com", "web address", id="no scheme"),
        pytest.param("https://me:pw@heed.example.com/", "leave out", id="login"),
        pytest.param("https://heed.example.com/#x", "leave out", id="fragment"),
        pytest.param("https://heed.example.com/\x00", "", id="control character"),
    ],
)
def test_addresses_that_360dialog_refuses_are_refused_before(
    url: str, what: str, run: Run, sandbox: RunningSandbox
) -> None:
    before = registered(sandbox)

    result = run("webhook", "register", url)

    assert result.exit_code == 2
    assert what in result.stderr
    assert registered(sandbox) == before


def test_the_real_360dialog_cannot_reach_loopback(environ: dict[str, str]) -> None:
    real = load_settings({**environ, "D360_BASE_URL": "https://waba-v2.360dialog.io"})

    with pytest.raises(Exception, match="loopback"):
        read_target("http://127.0.0.1:8000", {}, real)
    assert read_target("https://heed.example.com", {}, real) == (
        "https://heed.example.com/webhooks/360dialog"
    )


def test_where_360dialog_signs_no_token_is_sent(
    environ: dict[str, str], app: Flask, sandbox: RunningSandbox
) -> None:
    del environ["WEBHOOK_TOKEN"]
    signing = create_app({**environ, "WEBHOOK_SIGNING_SECRET": "a-signing-secret-0001"})

    result = signing.test_cli_runner().invoke(args=["webhook", "register", "http://127.0.0.1:8000"])

    assert result.exit_code == 0
    assert registered(sandbox) == (OURS, {})
    assert "is not needed" in result.output
