"""Waiting for what a page is about to show."""

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait


def wait_in(browser: WebDriver) -> WebDriverWait[WebDriver]:
    """Return what asks again and again until an answer is true.

    While one page takes the place of another, the driver may find an element of the old one, and
    what it then says of it has several names: no such element, stale, or an error of its own for a
    node that is not of this document. None is an answer, so each only means to ask again.
    """
    return WebDriverWait(browser, 30, poll_frequency=0.05, ignored_exceptions=(WebDriverException,))
