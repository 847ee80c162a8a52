"""The RQ dashboard in a real browser: its own scripts work under our headers."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.waiting import wait_in
from tests.builders import API_SECRET
from tests.integration.dashboard.jobs import enqueue, put_jobs_into_every_state

pytestmark = pytest.mark.browser


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://tests:{API_SECRET}@127.0.0.1:{server.server_port}/rq"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_dashboard_works_in_a_browser(
    browser: WebDriver,
    url: str,
    redis: Redis,
    set_viewport: Callable[[int, int], None],
    save_screenshot: Callable[[str], Path],
) -> None:
    queue = Queue("commands", connection=redis, serializer=JSONSerializer)
    put_jobs_into_every_state(queue)
    set_viewport(1200, 900)
    wait = wait_in(browser)

    browser.get(f"{url}/")
    wait.until(expected.text_to_be_present_in_element((By.ID, "queues"), "commands"))
    save_screenshot("rq-queues")

    browser.get(f"{url}/0/view/workers")
    wait.until(expected.text_to_be_present_in_element((By.ID, "workers"), "apply started-job"))
    save_screenshot("rq-workers")

    browser.get(f"{url}/0/view/job/failed-job")
    wait.until(expected.text_to_be_present_in_element((By.ID, "job-data"), "<b>now</b>"))
    save_screenshot("rq-job")

    browser.get(f"{url}/0/view/jobs/commands/failed/8/asc/1")
    wait.until(expected.text_to_be_present_in_element((By.ID, "jobs"), "failed-job"))
    save_screenshot("rq-failed")
    browser.find_element(By.CSS_SELECTOR, "[data-role=requeue-job-btn]").click()
    # RQ takes a job out of one list before it puts it into the other.
    wait.until(lambda _: "failed-job" in queue.get_job_ids())
    assert queue.failed_job_registry.count == 0

    enqueue(queue, "another-failed-job")
    browser.get(f"{url}/0/view/jobs/commands/queued/8/asc/1")
    wait.until(expected.text_to_be_present_in_element((By.ID, "jobs"), "another-failed-job"))
    browser.find_element(By.ID, "empty-btn").click()
    wait.until(expected.element_to_be_clickable((By.ID, "confirmation-modal-yes"))).click()
    wait.until(lambda _: queue.count == 0)

    problems = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert problems == []
