"""A running server, asked as Flask's test client asks an application."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page object needs of an answer."""

    status_code: int
    text: str
    location: str
    headers: dict[str, str]
    mimetype: str


class WebClient:
    """Keeps cookies, and leaves redirects to the caller."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()

    def get(self, path: str, **options: Any) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, params=options.get("query_string"), **_headers(options))

    def post(self, path: str, *, data: dict[str, str], **options: Any) -> Answer:
        """Send a form, from a page of the same origin as a browser does."""
        headers = {"Origin": self._base_url, **(options.get("headers") or {})}
        return self._ask("POST", path, data=data, headers=headers)

    def close(self) -> None:
        """Forget the connections."""
        self._session.close()

    def _ask(self, method: str, path: str, **options: Any) -> Answer:
        url = path if path.startswith("http") else f"{self._base_url}{path}"
        answer = self._session.request(method, url, allow_redirects=False, timeout=20, **options)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        location = answer.headers.get("Location", "")
        return Answer(answer.status_code, answer.text, location, dict(answer.headers), kind)


def _headers(options: dict[str, Any]) -> dict[str, Any]:
    return {"headers": options["headers"]} if options.get("headers") else {}
