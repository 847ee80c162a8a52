"""The preference page in a real browser: for eyes, for keyboards, and for old phones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from app.domain.times import to_milliseconds
from app.runtime import Runtime
from tests.browser.accessibility import audit
from tests.browser.preference_pages import (
    ADA,
    NEW,
    PAT,
    SAM,
    SaveScreenshot,
    SetViewport,
    complaints,
    find,
    focused,
    link_to,
    messages,
    press,
    serve,
    value,
    wait_for_answer,
)
from tests.integration.preference_page.pages import set_registers

pytestmark = pytest.mark.browser


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    with serve(app) as found:
        yield found


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
