"""The sandbox's phone, used as a person uses it; the webhook is a small server of the test."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start
from tests.browser.waiting import wait_in
from tests.unit.sandbox.webhook import RecordingWebhook

pytestmark = pytest.mark.browser

SetViewport = Callable[[int, int], None]
SaveScreenshot = Callable[[str], Path]
ADA = "447700900123"
LAYLA = "971500000123"
JONAS = "DE.38475610293847561029"
API_KEY = {"D360-API-KEY": "sandbox-key"}


@pytest.fixture
def webhook() -> Iterator[RecordingWebhook]:
    with RecordingWebhook() as running:
        yield running


@pytest.fixture
def sandbox(webhook: RecordingWebhook) -> Iterator[RunningSandbox]:
    config = SandboxConfig(port=0, webhook_url=webhook.url, status_delay_seconds=0.05)
    with start(config) as running:
        yield running


def wait_for(browser: WebDriver, condition: Callable[[WebDriver], object]) -> None:
    wait_in(browser).until(condition)


def wait_for_text(browser: WebDriver, selector: str, text: str) -> None:
    wait_for(
        browser,
        lambda page: any(text in e.text for e in page.find_elements(By.CSS_SELECTOR, selector)),
    )


def click(browser: WebDriver, selector: str, text: str = "") -> None:
    def find(page: WebDriver) -> bool:
        for found in page.find_elements(By.CSS_SELECTOR, selector):
            if text in found.text and found.is_displayed():
                found.click()
                return True
        return False

    wait_for(browser, find)


def open_phone(browser: WebDriver, sandbox: RunningSandbox, person: str) -> None:
    browser.get(f"{sandbox.url}/#{person}")
    wait_for(browser, lambda page: page.find_elements(By.CSS_SELECTOR, "#chips button"))


def send(sandbox: RunningSandbox, body: dict[str, Any]) -> None:
    whole = {"messaging_product": "whatsapp", "to": f"+{ADA}", **body}
    answer = requests.post(f"{sandbox.url}/messages", json=whole, headers=API_KEY, timeout=5)
    assert answer.status_code == 200, answer.text


def messages(webhook: RecordingWebhook) -> list[dict[str, Any]]:
    values = [body["entry"][0]["changes"][0]["value"] for body in webhook.bodies()]
    return [value["messages"][0] for value in values if "messages" in value]


def assert_clean(browser: WebDriver) -> None:
    overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not browser.execute_script(overflow)
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]
    severe = [entry for entry in entries if entry["level"] == "SEVERE"]
    assert severe == []


def test_a_person_writes_stop_and_sees_the_answer(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(1280, 800)
    open_phone(browser, sandbox, ADA)

    browser.find_element(By.ID, "text").send_keys("STOP", Keys.ENTER)
    wait_for_text(browser, ".line.mine .body", "STOP")
    send(sandbox, {"type": "text", "text": {"body": "Done: no more messages from us."}})
    wait_for_text(browser, ".line:not(.mine) .body", "Done")
    wait_for_text(browser, ".line:not(.mine) .meta", "read")

    assert [m["text"]["body"] for m in messages(webhook)] == ["STOP"]
    assert browser.find_elements(By.CSS_SELECTOR, '.line.mine .tick[aria-label*="took it"]')
    save_screenshot("stop-1280")
    assert_clean(browser)


def test_a_tap_on_the_template_button_answers_with_its_label_and_context(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(390, 844)
    open_phone(browser, sandbox, LAYLA)

    click(browser, "#open-tools")
    save_screenshot("tools-390")
    click(browser, '[data-template="spring_offer"]')
    wait_for_text(browser, ".choices button", "إيقاف العروض")
    click(browser, ".choices button", "إيقاف العروض")
    wait_for_text(browser, ".line.mine .body", "إيقاف العروض")
    wait_for(browser, lambda _: messages(webhook))

    (tapped,) = messages(webhook)
    assert tapped["button"] == {"payload": "إيقاف العروض", "text": "إيقاف العروض"}
    assert tapped["context"]["id"].startswith("wamid.")
    save_screenshot("arabic-390")
    assert_clean(browser)


def test_reply_buttons_and_list_rows_answer_with_their_ids(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(1280, 800)
    open_phone(browser, sandbox, ADA)
    click(browser, "#chips button", "HELP")
    reply = {"type": "reply", "reply": {"id": "heed:pause:7", "title": "Pause 7 days"}}
    body = {"text": "What would you like?"}
    action: dict[str, Any] = {"buttons": [reply]}
    wait_for(browser, lambda _: len(messages(webhook)) == 1)
    send(
        sandbox,
        {
            "type": "interactive",
            "interactive": {"type": "button", "body": body, "action": action},
        },
    )
    row = {"id": "heed:stop:offers", "title": "Offers", "description": "Once a week at most"}
    action = {"button": "Choose", "sections": [{"title": "Topics", "rows": [row]}]}
    send(
        sandbox,
        {"type": "interactive", "interactive": {"type": "list", "body": body, "action": action}},
    )

    click(browser, ".choices button", "Pause 7 days")
    wait_for(browser, lambda _: len(messages(webhook)) == 2)
    click(browser, ".choices button", "Choose")
    time.sleep(0.2)
    save_screenshot("list-1280")
    click(browser, "#picker-rows button", "Offers")
    wait_for(browser, lambda _: len(messages(webhook)) == 3)

    answers = [m["interactive"] for m in messages(webhook)[1:]]
    assert answers[0]["button_reply"] == {"id": "heed:pause:7", "title": "Pause 7 days"}
    assert answers[1]["list_reply"] == row
    wait_for_text(browser, ".line.mine .body", "Offers")
    save_screenshot("buttons-1280")
    assert_clean(browser)


def test_a_person_without_a_phone_number_is_known_by_bsuid_only(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(320, 640)
    open_phone(browser, sandbox, JONAS)

    click(browser, "#chips button", "STOPP")
    wait_for_text(browser, ".line.mine .body", "STOPP")
    wait_for(browser, lambda _: messages(webhook))

    (written,) = messages(webhook)
    assert written["from_user_id"] == JONAS
    assert "from" not in written
    save_screenshot("bsuid-320")
    assert_clean(browser)
    click(browser, "#back")
    save_screenshot("people-320")
    assert_clean(browser)


def test_the_last_notification_is_sent_again_and_two_arrive_out_of_order(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
) -> None:
    set_viewport(1280, 800)
    open_phone(browser, sandbox, ADA)

    click(browser, "#chips button", "STOP")
    wait_for(browser, lambda _: len(messages(webhook)) == 1)
    wait_for_text(browser, "#notification-state", "200")
    click(browser, "#resend")
    wait_for(browser, lambda _: len(messages(webhook)) == 2)
    wait_for_text(browser, ".line.mine .meta", "posted 2×")
    click(browser, "#reorder")
    wait_for(browser, lambda _: len(messages(webhook)) == 4)

    first, again, later, earlier = messages(webhook)
    assert again == first
    assert (later["text"]["body"], earlier["text"]["body"]) == ("START", "STOP")
    assert int(earlier["timestamp"]) == int(later["timestamp"]) - 1
    assert_clean(browser)


def test_what_the_webhook_refuses_is_said_and_sent_again(
    browser: WebDriver,
    sandbox: RunningSandbox,
    webhook: RecordingWebhook,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(390, 844)
    webhook.answer_next(503)
    open_phone(browser, sandbox, ADA)

    click(browser, "#chips button", "STOP")
    wait_for_text(browser, "#alert", "503")
    save_screenshot("refused-390")
    wait_for(browser, lambda _: len(messages(webhook)) == 2)

    wait_for(
        browser,
        lambda page: page.find_elements(By.CSS_SELECTOR, '.tick[aria-label*="took it"]'),
    )


def test_a_person_can_be_added(
    browser: WebDriver,
    sandbox: RunningSandbox,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    set_viewport(390, 844)
    browser.get(sandbox.url)
    wait_for_text(browser, "#people .name", "Ada")
    save_screenshot("people-390")

    click(browser, "#open-add")
    browser.find_element(By.NAME, "name").send_keys("Zoë <b>Test</b>")
    browser.find_element(By.NAME, "number").send_keys("+44 7700 900456")
    save_screenshot("add-390")
    click(browser, "#add-form .strong")

    wait_for_text(browser, "#whose", "Zoë <b>Test</b>")
    people = json.loads(requests.get(f"{sandbox.url}/api/people", timeout=5).text)
    assert people[-1]["key"] == "447700900456"
    assert_clean(browser)
