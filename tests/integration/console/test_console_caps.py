"""An agent sees why nothing is sent now: the gate answers, caps and quiet hours included."""

import html
import re

from flask.testing import FlaskClient

from tests.builders import ADA, API_HEADERS
from tests.integration.console.desk import Desk


def test_the_page_says_that_a_cap_is_reached_and_until_when(
    desk: Desk, client: FlaskClient
) -> None:
    wish = {"messages": "opted_in", "frequency": {"offers": "1/week"}}
    body = {**wish, "evidence": {"reason": "a test"}}
    assert client.patch(f"/v1/recipients/{ADA}", json=body, headers=API_HEADERS).status_code == 200
    page = desk.look_up()
    assert "as many as the person wants were sent" not in desk.get(page).text

    ask = {"recipients": [ADA], "topic": "offers", "reserve": True}
    assert client.post("/v1/check", json=ask, headers=API_HEADERS).json["results"][0]["allowed"]
    shown = html.unescape(re.sub(r"\s+", " ", desk.get(page).text))

    assert re.search(r"No: as many as the person wants were sent, until \S+ \S+", shown)
    # Looking takes no place: for the other topics the answer stays.
    assert shown.count("were sent") == html.unescape(desk.get(page).text).count("were sent") == 1
