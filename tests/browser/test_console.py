"""The console in a real browser: three languages, two widths, keyboard, contrast, labels."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.domain.times import to_milliseconds
from app.runtime import Runtime
from tests.browser.waiting import wait_in
from tests.builders import ADA, ADA_BSUID, WEBHOOK_HEADERS, notification, text_message
from tests.integration.console.desk import PASSWORD, USERS
from tests.working import work

pytestmark = pytest.mark.browser

SetViewport = Callable[[int, int], None]
SaveScreenshot = Callable[[str], Path]
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung" * 2

# What an automatic check of accessibility looks at, in the page itself.
AUDIT = """
const problems = [];
const visible = e => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true});
const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const color = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
const behind = e => { for (; e; e = e.parentElement) { const c = color(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255]; };
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !visible(e)) continue;
  const box = e.getBoundingClientRect();
  if (box.width <= 1 || box.bottom < 0 || e.closest('.skip')) continue;
  const [a, b] = [luminance(color(getComputedStyle(e).color)), luminance(behind(e))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${e.tagName} ${e.textContent.trim().slice(0, 30)}`);
}
for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea, button')) {
  const name = (e.labels && [...e.labels].map(l => l.textContent.trim()).join('')) || e.getAttribute('aria-label') || (e.tagName === 'BUTTON' && e.textContent.trim());
  if (!name) problems.push(`no label: ${e.outerHTML.slice(0, 80)}`);
}
for (const e of document.querySelectorAll('button, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select')) {
  const box = e.getBoundingClientRect();
  if (visible(e) && box.height < 24) problems.push(`small target: ${e.outerHTML.slice(0, 60)}`);
}
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`id twice: ${id}`);
for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
  for (const id of `${e.getAttribute('aria-describedby') || ''} ${e.getAttribute('aria-labelledby') || ''}`.trim().split(/\\s+/))
    if (!document.getElementById(id)) problems.push(`points to nothing: ${id}`);
let level = 0;
for (const e of document.querySelectorAll('h1, h2, h3')) {
  const next = Number(e.tagName[1]);
  if (next > level + 1) problems.push(`heading skips: ${e.textContent.trim()}`);
  level = next;
}
if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
if (!document.documentElement.lang || !document.title.trim()) problems.push('no language or title');
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) problems.push(`page is ${document.documentElement.scrollWidth} wide, not ${width}`);
for (const e of document.querySelectorAll('main *, header *, footer *')) {
  if (!visible(e) || e.closest('.hidden, .skip, thead')) continue;
  const box = e.getBoundingClientRect();
  if (box.width > 1 && (box.right > width + 1 || box.left < -1)) problems.push(`sticks out: ${e.tagName} ${e.className}`);
  if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline' && !['TEXTAREA', 'INPUT', 'SELECT', 'TR', 'TBODY'].includes(e.tagName)) problems.push(`overflows: ${e.tagName} ${e.className} ${e.scrollWidth}>${e.clientWidth}`);
}
return problems;
"""


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def app(environ: dict[str, str], redis: Redis) -> Flask:
    return create_app({**environ, "CONSOLE_USERS": USERS, "CONSOLE_TIME_ZONE": "Europe/Berlin"})


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/console"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def _history(app: Flask, runtime: Runtime) -> None:
    """A person of many words, and a question that is open."""
    client = app.test_client()
    texts = ("stop offers", "STOP", f"STOP {LONG_WORD}", "أوقفوا", "pause 2 weeks", "START")
    for minutes, text in zip(range(len(texts), 0, -1), texts, strict=True):
        at = str(int(time.time()) - 60 * minutes)
        body = notification(text_message(text, from_user_id=ADA_BSUID, timestamp=at))
        client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
        work(runtime)
    question = "f" * 32
    asked_at = to_milliseconds(datetime.now(UTC)) - 5_000_000
    entry = {"id": question, "identity": f"wa.{ADA}", "words": f"كفى رسائل {LONG_WORD}?", "rule": "phrase.ar.3",
             "language": "ar", "country": "EG", "asked_at": asked_at}  # fmt: skip
    runtime.reviews.open(question, asked_at, entry)
    ways = ("shop-receipt", "keyword", "button")
    days = {
        datetime.now(UTC).date() - timedelta(days=number): {
            "cells": [[way, "offers", "ar", number % 5 + 1, number % 3] for way in ways],
            "cohorts": [[way, 9, 0, 1, 2, 4] for way in ways],
        }
        for number in range(0, 390, 2)
    }
    runtime.figures.replace(days, counted_at=datetime.now(UTC))


def submit(browser: WebDriver, selector: str) -> None:
    """Send the form of a button, and wait for the next page."""
    button = browser.find_element(By.CSS_SELECTOR, selector)
    browser.execute_script("window.isOld = true")
    button.click()
    wait_in(browser).until(
        lambda page: page.execute_script(
            "return !window.isOld && document.readyState === 'complete'"
        )
    )


def log_in(browser: WebDriver, url: str, name: str = "boss") -> None:
    browser.get(f"{url}/login")
    browser.find_element(By.ID, "name").send_keys(name)
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    submit(browser, "main button")


def look_up(browser: WebDriver, url: str) -> None:
    browser.get(url)
    browser.find_element(By.ID, "who").send_keys("+44 7700 900123")
    browser.find_element(By.ID, "why").send_keys("called")
    submit(browser, "main button")


def choose(browser: WebDriver, language: str) -> None:
    Select(browser.find_element(By.ID, "language")).select_by_value(language)
    submit(browser, "footer button")


def audit(browser: WebDriver) -> list[str]:
    found: list[str] = browser.execute_script(AUDIT)
    return found


def open_details(browser: WebDriver) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_page_fits_and_can_be_read(
    browser: WebDriver,
    url: str,
    set_viewport: SetViewport,
    save_screenshot: SaveScreenshot,
    language: str,
) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for width in (320, 1280):
            set_viewport(width, 700)
            height: Any = browser.execute_script("return document.documentElement.scrollHeight")
            set_viewport(width, min(int(height), 6000))
            save_screenshot(f"console-{name}-{language}-{width}")
            found[f"{name} {width}"] = audit(browser)

    browser.get(f"{url}/login")
    choose(browser, language)
    browser.find_element(By.ID, "name").send_keys("boss")
    browser.find_element(By.ID, "password").send_keys("wrong")
    submit(browser, "main button")
    look("login")
    log_in(browser, url)
    look("start")
    look_up(browser, url)
    look("person")
    open_details(browser)
    look("person-open")
    for name in ("review", "figures", "access", "nowhere"):
        browser.get(f"{url}/{name}")
        open_details(browser)
        look(name)

    assert {page: problems for page, problems in found.items() if problems} == {}
    log: Any = browser.get_log("browser")  # type: ignore[no-untyped-call]
    # The page that is not there and the login that failed are told by the browser itself.
    assert [line for line in log if "status of 40" not in line["message"]] == []


@pytest.mark.usefixtures("_history")
def test_an_agent_changes_by_keyboard_alone_and_back_and_reload_do_no_harm(
    browser: WebDriver, url: str, runtime: Runtime, set_viewport: SetViewport
) -> None:
    set_viewport(1280, 900)
    browser.get(f"{url}/login")
    keys = browser.switch_to.active_element
    keys.send_keys("ada", Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    wait_in(browser).until(lambda page: page.find_elements(By.ID, "who"))
    browser.switch_to.active_element.send_keys(f"+{ADA}", Keys.ENTER)
    wait_in(browser).until(lambda page: page.find_elements(By.CLASS_NAME, "timeline"))
    assert ADA not in browser.current_url
    assert ADA not in browser.title

    summary = browser.find_element(By.CSS_SELECTOR, ".acts summary")
    for _ in range(20):
        if browser.switch_to.active_element == summary:
            break
        browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element == summary
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys("asked by phone", Keys.TAB)
    browser.execute_script("window.isOld = true")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_in(browser).until(lambda page: page.find_elements(By.CLASS_NAME, "notice"))

    assert browser.find_element(By.CLASS_NAME, "notice").text == "Done. It counts from now."
    assert runtime.preferences.load(f"wa.{ADA}").preferences.messages == "opted_out"
    revision = runtime.preferences.load(f"wa.{ADA}").preferences.revision
    browser.refresh()
    assert browser.find_elements(By.CLASS_NAME, "timeline")
    browser.back()
    browser.forward()
    wait_in(browser).until(lambda page: page.find_elements(By.CLASS_NAME, "timeline"))
    assert runtime.preferences.load(f"wa.{ADA}").preferences.revision == revision


@pytest.mark.usefixtures("_history")
def test_it_works_without_javascript(browser: WebDriver, url: str, runtime: Runtime) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(f"{url}/login")
    browser.find_element(By.ID, "name").send_keys("ada")
    browser.find_element(By.ID, "password").send_keys(PASSWORD, Keys.ENTER)
    wait_in(browser).until(lambda page: page.find_elements(By.ID, "who"))
    browser.find_element(By.ID, "who").send_keys(f"+{ADA}", Keys.ENTER)
    wait_in(browser).until(lambda page: page.find_elements(By.CLASS_NAME, "acts"))
    browser.find_element(By.CSS_SELECTOR, ".acts summary").click()
    browser.find_element(By.ID, "stop-reason").send_keys("asked")
    browser.find_element(By.CSS_SELECTOR, "button.stop").click()
    wait_in(browser).until(lambda page: page.find_elements(By.CLASS_NAME, "notice"))

    assert runtime.preferences.load(f"wa.{ADA}").preferences.messages == "opted_out"
