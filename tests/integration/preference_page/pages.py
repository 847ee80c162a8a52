"""A person's browser without a script, and what stands in the store."""

import re
from typing import Any

from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from app.domain.events import Source
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.change import change
from tests.builders import ADA, API_HEADERS

BOB = "447700900456"


class Page:
    """A person's browser without a script: it reads the page, and sends what a form holds."""

    def __init__(self, client: FlaskClient, path: str) -> None:
        self.client = client
        self.path = path
        self.html = ""

    def open(self, **query: str) -> "Page":
        answer = self.client.get(self.path, query_string=query)
        assert answer.status_code == 200, answer.text
        self.html = answer.text
        return self

    @property
    def form(self) -> str:
        found = re.search(r'name="form" value="([^"]+)"', self.html)
        assert found
        return found[1]

    @property
    def text(self) -> str:
        body = self.html.partition("<main")[2]
        spaced = re.sub(r"</(?:p|dt|dd|div|label|h\d|bdi> <span)", r" \g<0>", body)
        return " ".join(re.sub(r"<[^>]+>", "", spaced).split())

    def fields(self) -> dict[str, str]:
        """What the browser would send of the choices as they stand."""
        html = self.html.partition('class="choices"')[2].partition("</form>")[0]
        boxes = re.findall(
            r'<input type="(?:checkbox|radio)"[^>]*name="([^"]+)" value="([^"]+)" checked', html
        )
        selects = re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', html, re.DOTALL)
        chosen = {
            name: found[1]
            for name, options in selects
            if (found := re.search(r'value="([^"]*)" selected', options))
        }
        return {**dict(boxes), **chosen}

    def send(self, *, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        data = {"form": self.form, **fields}
        return self.client.post(
            self.path,
            data={name: value for name, value in data.items() if value is not None},
            headers=headers,
        )

    def press(self, do: str, **fields: Any) -> "Page":
        """Press a button, and follow to the page that answers."""
        answer = self.send(do=do, **fields)
        assert answer.status_code == 303, answer.text
        answer = self.client.get(answer.headers["Location"])
        assert answer.status_code == 200
        self.html = answer.text
        return self

    def save(self, **changes: Any) -> "Page":
        return self.press("save", **{**self.fields(), **changes})


def reason(client: FlaskClient, topic: str = "offers", recipient: str = ADA) -> Any:
    body = {"recipients": [recipient], "topic": topic}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    return answer.json["results"][0]["reason"]


def show(client: FlaskClient, recipient: str = ADA) -> Any:
    return client.get(f"/v1/recipients/{recipient}", headers=API_HEADERS).json


def history(client: FlaskClient, recipient: str = ADA) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/recipients/{recipient}/history", headers=API_HEADERS)
    return [entry for entry in answer.json["entries"] if entry["kind"] == "event"]


def set_registers(runtime: Runtime, recipient: str = ADA, **settings: Any) -> None:
    change(
        Recipient(wa_id=recipient),
        {name.replace("__", "."): value for name, value in settings.items()},
        source=Source.API,
        actor="a test",
        reason="to begin with",
        via="tests",
        applier=runtime.applier,
        now=runtime.clock(),
    )


def snapshot(redis: Redis) -> dict[bytes, Any]:
    """Everything that Redis holds, but for the counters that any request may move."""
    return {key: redis.dump(key) for key in sorted(redis.scan_iter()) if b"{metrics}" not in key}
