"""What tests of preference pages in a browser share: a server, a link, keys, and waiting."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from werkzeug.serving import WSGIRequestHandler, make_server

from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.browser.waiting import wait_in

ADA, PAT, SAM, NEW = "447700900123", "447700900124", "447700900125", "447700900126"
SetViewport = Callable[[int, int], None]
SaveScreenshot = Callable[[str], Path]


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serve(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def link_to(runtime: Runtime, wa_id: str = ADA) -> str:
    link = make_link(Recipient(wa_id=wa_id), links=runtime.links, now=runtime.clock())
    return f"/preferences/{runtime.tokens.sign_link(link.id)}"


def messages(runtime: Runtime, wa_id: str = ADA) -> str:
    return runtime.preferences.load(f"wa.{wa_id}").preferences.messages


def value(runtime: Runtime, name: str) -> object:
    return runtime.preferences.load(f"wa.{ADA}").preferences.value(name)


def find(browser: WebDriver, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def focused(browser: WebDriver) -> WebElement:
    return browser.switch_to.active_element


def press(browser: WebDriver, *keys: str) -> None:
    for key in keys:
        focused(browser).send_keys(key)


def wait_for(browser: WebDriver, selector: str) -> WebElement:
    return wait_in(browser).until(lambda _: find(browser, selector))


def wait_for_answer(browser: WebDriver, text: str) -> WebElement:
    """Wait for the page that says this, and return where it does."""

    def is_said(_: WebDriver) -> WebElement | None:
        found = find(browser, "[role=status]")
        return found if text in found.text else None

    answer = wait_in(browser).until(is_said)
    assert answer
    return answer


def complaints(browser: WebDriver) -> list[Any]:
    found: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return found
