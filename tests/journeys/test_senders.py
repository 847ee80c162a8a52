"""Clients that other people wrote, pointed at Heed: they work unchanged, and understand a refusal."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import heyoo  # type: ignore[import-untyped]
import httpx
import pytest
import requests
from pywa.client import WhatsApp
from pywa.errors import UserStoppedMarketingMessages
from pywa.types.templates import TemplateLanguage

from tests.builders import API_SECRET, PHONE_NUMBER_ID
from tests.meta.tree import ROOT
from tests.stack import RunningStack, eventually

WORDS = [{"type": "body", "parameters": [{"type": "text", "text": "7731"}]}]
TEMPLATE = {"name": "order_update", "language": {"code": "en_GB"}, "components": WORDS}


def stop(stack: RunningStack, number: str) -> None:
    """Let somebody stop, and wait until a worker has applied it."""
    assert stack.inbound(**{"from": number, "text": "STOP"})["status"] == 200
    eventually(lambda: stack.check(number)["reason"] == "opted_out")


def templates_to(stack: RunningStack, number: str) -> list[str]:
    return [one["template"]["name"] for one in stack.sent_to(number) if one["type"] == "template"]


@pytest.fixture
def whatsapp(stack: RunningStack) -> Iterator[WhatsApp]:
    """Give pywa, which has Meta's address built in, with Heed's in its place."""
    with httpx.Client(trust_env=False) as session:
        client = WhatsApp(phone_id=PHONE_NUMBER_ID, token=API_SECRET, session=session)
        session.base_url = f"{stack.web}/v23.0"
        yield client


def test_pywa_sends_and_raises_its_own_error(
    stack: RunningStack, new_number: Callable[..., str], whatsapp: WhatsApp
) -> None:
    number = new_number()

    def send() -> Any:
        return whatsapp.send_template(
            to=number, name="order_update", language=TemplateLanguage.ENGLISH_UK, params=WORDS
        )

    assert send().id.startswith("wamid.")
    stop(stack, number)
    with pytest.raises(UserStoppedMarketingMessages) as refused:
        send()
    # An answer to somebody who has just written is allowed, as in every other way.
    assert whatsapp.send_message(to=number, text="We are sorry to see you go.").id

    assert "opted_out" in str(refused.value.details)
    assert templates_to(stack, number) == ["order_update"]


def test_heyoo_sends_and_shows_the_error(
    stack: RunningStack, new_number: Callable[..., str]
) -> None:
    number = new_number()
    client = heyoo.WhatsApp(token=API_SECRET, phone_number_id=PHONE_NUMBER_ID)
    client.base_url = f"{stack.web}/v14.0"
    client.url = f"{client.base_url}/{PHONE_NUMBER_ID}/messages"

    def send() -> Any:
        return client.send_template("order_update", number, components=WORDS, lang="en_GB")

    allowed = send()
    stop(stack, number)
    refused = send()

    assert allowed["messages"][0]["id"].startswith("wamid.")
    assert refused["error"]["code"] == 131050
    assert refused["error"]["error_data"]["reason"] == "opted_out"
    assert templates_to(stack, number) == ["order_update"]


def test_requests_sends_as_360dialog_documents_it(
    stack: RunningStack, new_number: Callable[..., str]
) -> None:
    number = new_number()
    body = {"messaging_product": "whatsapp", "to": number, "type": "template", "template": TEMPLATE}

    def send() -> requests.Response:
        return requests.post(
            f"{stack.web}/messages", json=body, headers={"D360-API-KEY": API_SECRET}, timeout=30
        )

    direct = send()
    stop(stack, number)
    refused = send()

    assert direct.status_code == 200
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 131050)
    assert templates_to(stack, number) == ["order_update"]


def _blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "senders.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def _here(example: str, stack: RunningStack) -> str:
    """Return an example with the addresses of this stack."""
    return (
        example.replace("http://127.0.0.1:8000", stack.web)
        .replace("redis://127.0.0.1:6390/0", f"redis://127.0.0.1:{stack.redis_port}/0")
        .replace("local-api-token", API_SECRET)
    )


@pytest.mark.parametrize("example", _blocks("python"), ids=lambda text: text.split("\n")[-2][:40])
def test_the_python_examples_run(stack: RunningStack, example: str) -> None:
    code = _here(example, stack)

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("example", _blocks("bash"), ids=lambda text: text.split()[2])
def test_the_curl_examples_run(stack: RunningStack, example: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = subprocess.run(
        ["bash", "-c", _here(example, stack)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert '"error"' not in done.stdout
    assert '"messages"' in done.stdout or '"results"' in done.stdout
