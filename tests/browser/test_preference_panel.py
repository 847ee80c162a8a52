"""The preference page inside a site of the business, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By

from app import create_app
from app.runtime import Runtime
from tests.browser.accessibility import audit
from tests.browser.preference_pages import (
    SaveScreenshot,
    SetViewport,
    complaints,
    find,
    link_to,
    messages,
    serve,
    wait_for,
    wait_for_answer,
)
from tests.browser.waiting import wait_in
from tests.integration.preference_page.pages import set_registers

pytestmark = pytest.mark.browser


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
            wait_in(browser).until(lambda _: abs(frame.rect["height"] - inner) <= 1)
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
            wait_in(browser).until(lambda _: abs(frame.rect["height"] - inner) <= 1)
            assert messages(runtime) == "opted_out"
            assert complaints(browser) == []

            browser.get(stranger_url)
            wait_for(browser, "iframe")
            wait_in(browser).until(
                lambda _: any("frame-ancestors" in one["message"] for one in complaints(browser))
            )

            shop.html = shop.html.replace(f'data-link="{url}', 'data-link="https://evil.example')
            browser.get(shop_url)
            assert browser.find_elements(By.CSS_SELECTOR, "iframe") == []
            (refusal,) = complaints(browser)
            assert "data-link must be" in refusal["message"]
