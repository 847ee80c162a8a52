"""Somebody at the console: pages, forms with their hidden fields, cookies."""

import re

from flask.testing import FlaskClient
from redis import Redis
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from app.runtime import Runtime
from app.store.access import Access, RedisAccessLog
from config.console_settings import to_portable
from tests.builders import ADA

PASSWORD = "correct horse battery"
# Cheap on purpose; what a real hash costs is werkzeug's business.
CHEAP_HASH = to_portable(generate_password_hash(PASSWORD, method="scrypt:1024:8:1"))
USERS = ",".join(f"{name}:{role}:{CHEAP_HASH}" for name, role in (
    ("rita", "read"), ("ada", "agent"), ("boss", "admin")))  # fmt: skip

_HIDDEN = re.compile(r'name="(csrf|once)" value="([^"]+)"')


class Desk:
    """Somebody's browser: it keeps cookies, and sends the hidden fields of the last page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.hidden: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def get(self, path: str = "/console", **options: object) -> TestResponse:
        return self._see(self.client.get(path, headers=self.headers, **options))

    def post(self, path: str, **fields: str) -> TestResponse:
        data = {**self.hidden, **fields}
        return self._see(self.client.post(path, data=data, headers=self.headers))

    def log_in(self, name: str = "ada", password: str = PASSWORD) -> TestResponse:
        self.get("/console/login")
        answer = self.post("/console/login", name=name, password=password)
        if answer.status_code == 303:
            self.get()
        return answer

    def look_up(self, who: str = f"+{ADA}", why: str = "") -> str:
        """Look somebody up and see the page; returns its address."""
        answer = self.post("/console/people", who=who, why=why)
        assert answer.status_code == 303, answer.text
        assert self.get(answer.location).status_code == 200
        return str(answer.location)

    def act(self, page: str, action: str, **fields: str) -> TestResponse:
        """Send a form of a person's page and see what comes; faults come at once."""
        answer = self.post(f"{page}/{action}", **{"reason": "asked by phone", **fields})
        return self.get(answer.location) if answer.status_code == 303 else answer

    def _see(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            self.hidden.update(_HIDDEN.findall(answer.text))
        return answer


def cookie_of(desk: Desk) -> str:
    """Return the cookie of somebody's session."""
    found = desk.client.get_cookie("heed_console", path="/console")
    return found.value if found else ""


def accesses(runtime: Runtime) -> list[tuple[str, Access]]:
    """Return who did what, the newest first."""
    log = RedisAccessLog(runtime.redis, "any")
    return [(one.who, one.action) for one in log.read(most=100)]


def sessions(redis: Redis) -> list[bytes]:
    """Return the keys of all sessions."""
    return list(redis.keys("heed:{console.*"))
