"""The page to try the API, in a real browser."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from werkzeug.serving import make_server

from tests.browser.waiting import wait_in
from tests.builders import API_SECRET

pytestmark = pytest.mark.browser


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_call_is_made_from_the_page(
    browser: WebDriver,
    url: str,
    width: int,
    set_viewport: Callable[[int, int], None],
    save_screenshot: Callable[[str], Path],
) -> None:
    set_viewport(width, 900)
    wait = wait_in(browser)
    browser.get(f"{url}/docs")
    summaries = wait.until(lambda page: page.find_elements(By.TAG_NAME, "summary"))
    browser.find_element(By.ID, "token").send_keys(API_SECRET)

    summaries[0].click()
    check = browser.find_element(By.CSS_SELECTOR, "details[open]")
    check.find_element(By.TAG_NAME, "button").click()
    answer = check.find_element(By.TAG_NAME, "pre")
    wait.until(lambda _: "not_opted_in" in answer.text)

    save_screenshot(f"api-{width}")
    assert answer.text.startswith("200")
    overflow = "return document.documentElement.scrollWidth - innerWidth"
    assert browser.execute_script(overflow) <= 0
    said = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert not [one for one in said if one["level"] == "SEVERE"]
