"""The page behind a short address, on screens that are no phone."""

import io

import pytest
import zxingcpp
from PIL import Image
from redis import Redis
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By

from app import create_app
from tests.browser.accessibility import audit
from tests.browser.preference_pages import SaveScreenshot, SetViewport, serve

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("en", 320), ("ar", 1280)])
def test_the_code_on_the_screen_leads_where_the_button_does(
    environ: dict[str, str],
    redis: Redis,
    browser: WebDriver,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
    language: str,
    width: int,
) -> None:
    with serve(create_app(environ)) as heed:
        set_viewport(width, 900)
        browser.get(f"{heed}/j/shop-receipt?lang={language}")
        save_screenshot(f"short-address-{language}-{width}")
        button = browser.find_element(By.CSS_SELECTOR, "a.button")
        screen = Image.open(io.BytesIO(browser.get_screenshot_as_png()))

        assert [one.text for one in zxingcpp.read_barcodes(screen)] == [
            button.get_attribute("href")
        ]
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
        assert audit(browser) == []
        assert browser.get_cookies() == []
