"""The preference page in a real browser: for eyes, keyboards, old phones, and inside another site."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.domain.recipients import Recipient
from app.domain.times import to_milliseconds
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.browser.accessibility import audit
from tests.integration.preference_page.pages import set_registers

pytestmark = pytest.mark.browser

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


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    with serve(app) as found:
        yield found


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
    return WebDriverWait(browser, 15, poll_frequency=0.05).until(lambda _: find(browser, selector))


def wait_for_answer(browser: WebDriver, text: str) -> WebElement:
    """Wait for the page that says this, and return where it does."""
    said = (NoSuchElementException, StaleElementReferenceException)

    def is_said(_: WebDriver) -> WebElement | None:
        found = find(browser, "[role=status]")
        return found if text in found.text else None

    waiting = WebDriverWait(browser, 15, poll_frequency=0.05, ignored_exceptions=said)
    answer = waiting.until(is_said)
    assert answer
    return answer


def complaints(browser: WebDriver) -> list[Any]:
    found: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return found


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_everybody_can_read_and_reach_everything(
    browser: WebDriver,
    url: str,
    runtime: Runtime,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
    language: str,
) -> None:
    until = to_milliseconds(datetime.now(UTC) + timedelta(days=30))
    set_registers(
        runtime, ADA, messages="opted_in", topics__offers=False, frequency="1/week", language="pt"
    )
    set_registers(
        runtime,
        PAT,
        messages="opted_in",
        paused_until=until,
        channel="sms",
        whatsapp_marketing="stopped",
        frequency__offers="2/month",
    )
    set_registers(runtime, SAM, messages="opted_out")
    pages = {
        "on": link_to(runtime, ADA),
        "paused": link_to(runtime, PAT),
        "stopped": link_to(runtime, SAM),
        "new": link_to(runtime, NEW),
        "gone": "/preferences/none",
    }

    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        for width in (320, 1280):
            set_viewport(width, 900)
            for name, path in pages.items():
                browser.get(f"{url}{path}?lang={language}")
                for details in browser.find_elements(By.CSS_SELECTOR, "details:not([open])"):
                    details.find_element(By.CSS_SELECTOR, "summary").click()
                assert audit(browser) == [], (scheme, width, name)
                if scheme == "light":
                    save_screenshot(f"preferences-{name}-{language}-{width}")
    # The one 404 that a link to nobody is; a policy that refuses anything of ours would be here.
    assert all("404" in one["message"] for one in complaints(browser))


def test_the_audit_sees_what_is_wrong(browser: WebDriver, set_viewport: SetViewport) -> None:
    set_viewport(320, 600)
    browser.get(
        "data:text/html,<html><body style='background:%23fff'><h3 id=a>Late</h3><p id=a "
        "style='color:%23999;width:500px'>Gray</p><input><button>x</button><label for=none>y"
    )

    found = "\n".join(audit(browser))

    for problem in (
        *("no lang", "no dir", "no title", "no main", "scrolls sideways", "sticks out"),
        *("id stands twice", "for leads nowhere", "no name: <input>", "smaller than a thumb"),
        *("h1 is not first", "contrast 2.85"),
    ):
        assert problem in found


def test_two_keys_stop_everything(
    browser: WebDriver, url: str, runtime: Runtime, save_screenshot: SaveScreenshot
) -> None:
    browser.get(url + link_to(runtime))

    press(browser, Keys.TAB)
    assert focused(browser).text == "Stop all messages"
    save_screenshot("preferences-focus")
    press(browser, Keys.ENTER)

    notice = wait_for_answer(browser, "Done. You will get no more messages from Example Shop.")
    assert browser.title.startswith("Done.")
    assert focused(browser) == notice
    assert messages(runtime) == "opted_out"
    assert complaints(browser) == []


def test_the_keyboard_reaches_all_in_the_order_of_the_page(
    browser: WebDriver, url: str, runtime: Runtime
) -> None:
    set_registers(runtime, messages="opted_in")
    browser.get(url + link_to(runtime))
    heights, names = [], []
    for _ in range(40):
        press(browser, Keys.TAB)
        element = focused(browser)
        if element.tag_name == "body":
            break
        heights.append(element.rect["y"])
        names.append(
            element.get_attribute("id") or element.get_attribute("value") or element.tag_name
        )
        outline = element.value_of_css_property("outline-style")
        assert outline != "none", f"{names[-1]} does not show its focus"

    assert heights == sorted(heights)
    assert names == [
        *("stop", "topic-offers", "topic-news", "topic-orders", "frequency", "summary"),
        *("channel-whatsapp", "save", "7", "30", "90", "summary"),
    ]


def test_choices_are_made_by_keyboard_and_enter_in_a_box_stops_nothing(
    browser: WebDriver, url: str, runtime: Runtime
) -> None:
    set_registers(runtime, messages="opted_in")
    browser.get(url + link_to(runtime))

    press(browser, Keys.TAB, Keys.TAB, Keys.SPACE, Keys.TAB, Keys.TAB, Keys.TAB, Keys.ARROW_DOWN)
    press(browser, Keys.TAB, Keys.TAB, Keys.ARROW_DOWN, Keys.ENTER)

    wait_for_answer(browser, "Your choices are saved.")
    assert value(runtime, "topics.offers") is False
    assert value(runtime, "frequency") == "1/day"
    assert value(runtime, "channel") == "sms"
    assert messages(runtime) == "opted_in"


def test_it_works_without_a_script_and_reloads_send_nothing_again(
    browser: WebDriver, url: str, runtime: Runtime, set_viewport: SetViewport
) -> None:
    set_viewport(320, 568)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(url + link_to(runtime))

    find(browser, "button[value='30']").click()
    wait_for_answer(browser, "paused until")
    browser.refresh()
    find(browser, "button[value=stop]").click()
    wait_for_answer(browser, "no more messages")
    find(browser, "button[value=start]").click()
    wait_for_answer(browser, "You will now get messages")

    assert messages(runtime) == "opted_in"
    assert len(runtime.preferences.evidence(f"wa.{ADA}")) == 3


def test_the_language_is_switched_by_a_tap_and_stays(
    browser: WebDriver, url: str, runtime: Runtime
) -> None:
    browser.get(url + link_to(runtime))

    find(browser, ".languages summary").click()
    find(browser, "a[hreflang=ar]").click()
    assert find(browser, "html").get_attribute("dir") == "rtl"
    find(browser, "button[value=stop]").click()

    wait_for_answer(browser, "")
    assert find(browser, "html").get_attribute("lang") == "ar"
    assert messages(runtime) == "opted_out"
    assert complaints(browser) == []


class Shop:
    """A site of the business with the panel on its account page."""

    def __init__(self) -> None:
        self.html = ""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [self.html.encode()]


def test_the_panel_stands_in_an_allowed_site_and_is_as_tall_as_it_needs(
    browser: WebDriver,
    environ: dict[str, str],
    redis: Redis,
    tmp_path: Path,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
) -> None:
    shop, stranger = Shop(), Shop()
    with serve(shop) as shop_url, serve(stranger) as stranger_url:
        path = tmp_path / "business.toml"
        business = Path("config/business.toml").read_text(encoding="utf-8")
        path.write_text(
            business.replace("panel_origins = []", f'panel_origins = ["{shop_url}"]'),
            encoding="utf-8",
        )
        app = create_app({**environ, "BUSINESS_FILE": str(path)})
        runtime: Runtime = app.extensions["heed"]
        set_registers(runtime, messages="opted_in")
        with serve(app) as url:
            shop.html = stranger.html = (
                '<!doctype html><html lang="en" dir="ltr"><title>My account</title>'
                '<link rel="icon" href="data:,"><body><main><h1>My account</h1>'
                f'<script src="{url}/panel.js" data-link="{url}{link_to(runtime)}"'
                ' data-title="Messages" data-language="de"></script>'
                "<p>Orders</p></main></body></html>"
            )
            set_viewport(700, 900)
            browser.get(shop_url)
            frame = wait_for(browser, "iframe")
            whole = "return document.body.getBoundingClientRect().height"
            browser.switch_to.frame(frame)
            wait_for(browser, "button[value=stop]")
            inner = browser.execute_script(whole)
            assert audit(browser) == []
            browser.switch_to.default_content()
            WebDriverWait(browser, 10).until(lambda _: abs(frame.rect["height"] - inner) <= 1)
            assert audit(browser) == []
            save_screenshot("preferences-panel")

            # Only the frame itself is believed about its height.
            say = "window.postMessage({heed: 'height', height: 5000}, '*')"
            browser.execute_script(say)
            browser.switch_to.frame(frame)
            find(browser, "button[value=stop]").click()
            wait_for_answer(browser, "Erledigt.")
            inner = browser.execute_script(whole)
            browser.switch_to.default_content()
            WebDriverWait(browser, 10).until(lambda _: abs(frame.rect["height"] - inner) <= 1)
            assert messages(runtime) == "opted_out"
            assert complaints(browser) == []

            browser.get(stranger_url)
            wait_for(browser, "iframe")
            WebDriverWait(browser, 10).until(
                lambda _: any("frame-ancestors" in one["message"] for one in complaints(browser))
            )

            shop.html = shop.html.replace(f'data-link="{url}', 'data-link="https://evil.example')
            browser.get(shop_url)
            assert browser.find_elements(By.CSS_SELECTOR, "iframe") == []
            (refusal,) = complaints(browser)
            assert "data-link must be" in refusal["message"]
