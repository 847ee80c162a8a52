"""The first promise of all, seen in the browser: make run, write STOP, and it stops."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By

from tests.browser.waiting import wait_in
from tests.stack import RunningStack, eventually

pytestmark = pytest.mark.browser

PEOPLE = [
    pytest.param("447700900123", "STOP", "START", "PAUSE 7", id="English"),
    pytest.param("5511900001111", "PARAR", "COMEÇAR", "PAUSAR 7 dias", id="Portuguese"),
    pytest.param("971500000123", "توقف", "اشتراك", "إيقاف مؤقت 7 أيام", id="Arabic"),
    pytest.param("919000000123", "बंद करो", "शुरू", "7 दिन के लिए बंद करो", id="Hindi"),
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("browser-stack"))
    yield running.wait_until_ready()
    running.stop()


@pytest.mark.parametrize(("person", "stop", "start", "pause"), PEOPLE)
def test_what_is_written_on_the_phone_is_confirmed_there_and_kept_at_the_gate(
    stack: RunningStack,
    browser: WebDriver,
    set_viewport: Callable[[int, int], None],
    save_screenshot: Callable[[str], Path],
    person: str,
    stop: str,
    start: str,
    pause: str,
) -> None:
    set_viewport(390, 844)
    wait = wait_in(browser)
    browser.get(f"{stack.sandbox}/#{person}")
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, "#chips button"))

    def write(text: str, confirmations: int) -> None:
        browser.find_element(By.ID, "text").send_keys(text)
        browser.find_element(By.CSS_SELECTOR, "#composer [type=submit]").click()
        eventually(lambda: len(stack.sent_to(person)) == confirmations, seconds=15)
        time.sleep(1)  # WhatsApp's clock has whole seconds, and STOP wins a tie

    write(stop, 1)
    assert stack.check(person)["reason"] == "opted_out"
    write(start, 2)
    assert stack.check(person)["allowed"] is True
    write(pause, 3)
    assert stack.check(person)["reason"] == "paused"
    assert stack.check(person)["until"]

    bubbles = browser.find_elements(By.CSS_SELECTOR, "#lines > li")
    save_screenshot(f"whole-stack-{person}")
    assert len(bubbles) >= 6
