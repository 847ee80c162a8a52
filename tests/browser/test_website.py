"""The form, the pop-up and the chat button on a website, under its strict security policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.shadowroot import ShadowRoot
from selenium.webdriver.remote.webelement import WebElement

from app import create_app
from sandbox.config import SandboxConfig
from sandbox.embedded_redis import free_port
from sandbox.server import start
from tests.browser.accessibility import audit
from tests.browser.preference_pages import SaveScreenshot, SetViewport, serve
from tests.browser.waiting import wait_in

pytestmark = pytest.mark.browser


@pytest.fixture
def website(environ: dict[str, str], redis: Redis) -> Iterator[str]:
    """Give the address of the shop's website, beside a Heed that it may ask."""
    port = free_port()
    app = create_app({**environ, "WEBSITE_ORIGINS": f"http://127.0.0.1:{port}"})
    with (
        serve(app) as heed,
        start(SandboxConfig(port=port, webhook_url=f"{heed}/webhooks/360dialog")) as sandbox,
    ):
        yield f"{sandbox.url}/website"


def shadow(browser: WebDriver, kind: str) -> ShadowRoot:
    host = browser.find_element(By.CSS_SELECTOR, f"[data-heed={kind}]")
    return wait_in(browser).until(lambda _: host.shadow_root)


def inside(browser: WebDriver, kind: str, selector: str) -> WebElement:
    def get(_: Any) -> WebElement | None:
        found = shadow(browser, kind).find_elements(By.CSS_SELECTOR, selector)
        return found[0] if found else None

    found = wait_in(browser).until(get)
    assert found
    return found


def complaints(browser: WebDriver) -> list[str]:
    log: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [line["message"] for line in log if "favicon" not in line["message"]]


@pytest.mark.parametrize(
    ("language", "width"), [("en", 320), ("en", 1280), ("ar", 320), ("ar", 1280), ("de", 320)]
)
def test_all_three_fit_every_screen_and_direction(
    website: str,
    browser: WebDriver,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
    language: str,
    width: int,
) -> None:
    set_viewport(width, 900)
    browser.get(f"{website}?lang={language}")
    form = inside(browser, "form", ".card")
    bubble = inside(browser, "chat", "button.chat")
    direction = "rtl" if language == "ar" else "ltr"

    assert "Example Shop" in form.text
    assert "WhatsApp" in form.text
    assert form.value_of_css_property("direction") == direction
    assert form.value_of_css_property("border-radius") == "14px"
    assert form.size["width"] <= width
    assert (bubble.location["x"] < width / 2) is (direction == "rtl")
    assert audit(browser) == []
    save_screenshot(f"website-{language}-{width}")

    bubble.click()
    dialog = inside(browser, "chat", "dialog[open]")
    assert dialog.location["x"] >= 0
    assert dialog.location["x"] + dialog.size["width"] <= width
    link = inside(browser, "chat", "dialog a.go")
    assert str(link.get_attribute("href")).startswith("https://wa.me/15550102030?text=")
    assert "website-chat" in str(link.get_attribute("href"))
    save_screenshot(f"website-chat-{language}-{width}")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait_in(browser).until(
        lambda _: not shadow(browser, "chat").find_elements(By.CSS_SELECTOR, "dialog[open]")
    )
    assert complaints(browser) == []
    assert browser.get_cookies() == []
    assert browser.execute_script("return localStorage.length + sessionStorage.length") == 0


def test_a_pop_up_comes_once_and_is_closed_by_its_button(
    website: str, browser: WebDriver, save_screenshot: SaveScreenshot
) -> None:
    browser.get(f"{website}?lang=es&delay=0.1&utm_source=mail&utm_campaign=447700900123")
    dialog = inside(browser, "popup", "dialog[open]")
    assert "Example Shop le enviará ofertas por WhatsApp" in dialog.text
    link = str(inside(browser, "popup", "dialog a.go").get_attribute("href"))
    assert "website-popup" in link
    assert link.endswith("mail.-")
    save_screenshot("website-popup-es")

    close = inside(browser, "popup", "button.x")
    assert close.get_attribute("aria-label") == "Cerrar"
    close.click()
    wait_in(browser).until(lambda _: not dialog.is_displayed())
    assert complaints(browser) == []


def test_a_site_that_is_not_allowed_keeps_its_own_words(
    environ: dict[str, str], redis: Redis, browser: WebDriver
) -> None:
    with (
        serve(create_app(environ)) as heed,
        start(SandboxConfig(port=0, webhook_url=f"{heed}/webhooks/360dialog")) as sandbox,
    ):
        browser.get(f"{sandbox.url}/website")
        wait_in(browser).until(
            lambda _: any("Heed could not" in one for one in complaints(browser))
        )
        fallback = browser.find_element(By.CSS_SELECTOR, "[data-heed=form]")

        assert fallback.is_displayed()
        assert "WhatsApp" in fallback.text


def test_an_old_phone_keeps_the_words_of_the_page(website: str, browser: WebDriver) -> None:
    # Safari before 16.4 has shadow roots, and style sheets that scripts cannot make.
    old = "CSSStyleSheet = function () { throw new TypeError('Illegal constructor') }"
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": old})
    try:
        browser.get(website)
        wait_in(browser).until(
            lambda _: any("could not show website-form" in one for one in complaints(browser))
        )
        form = browser.find_element(By.CSS_SELECTOR, "[data-heed=form]")

        assert form.find_element(By.NAME, "number").is_displayed()
    finally:
        browser.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", {"identifier": added["identifier"]}
        )


def test_a_form_is_filled_in_with_the_keyboard_and_says_what_comes_next(
    website: str, browser: WebDriver, redis: Redis, save_screenshot: SaveScreenshot
) -> None:
    browser.get(f"{website}?lang=de")
    box = inside(browser, "form", "input[type=checkbox]")
    number = inside(browser, "form", "input[type=tel]")
    submit = inside(browser, "form", "button[type=submit]")
    says = inside(browser, "form", "[role=status]")
    assert not box.is_selected()

    submit.click()
    wait_in(browser).until(lambda _: "Kästchen" in says.text)
    box.send_keys(Keys.SPACE)
    assert box.is_selected()
    number.send_keys("0151 23456789", Keys.ENTER)
    wait_in(browser).until(lambda _: "Landesvorwahl" in says.text)
    number.clear()
    number.send_keys("+49 1512 3456789", Keys.ENTER)
    wait_in(browser).until(lambda _: "tippen Sie dort auf Ja" in says.text)

    save_screenshot("website-form-sent-de")
    assert not box.is_selected()
    assert number.get_attribute("value") == ""
    assert len(list(redis.scan_iter("heed:{pending-consent.*"))) == 1
    assert [one for one in complaints(browser) if "400" not in one] == []


def test_a_form_works_without_javascript(website: str, browser: WebDriver, redis: Redis) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(website)
    form = browser.find_element(By.CSS_SELECTOR, "[data-heed=form] form")
    assert not form.find_element(By.NAME, "agree").is_selected()
    form.find_element(By.NAME, "agree").click()
    form.find_element(By.NAME, "number").send_keys("+44 7912 345678")
    form.find_element(By.CSS_SELECTOR, "button").click()
    wait_in(browser).until(lambda _: "/consents" in browser.current_url)

    assert "tap Yes there" in browser.find_element(By.CSS_SELECTOR, "[role=status]").text
    assert len(list(redis.scan_iter("heed:{pending-consent.*"))) == 1
