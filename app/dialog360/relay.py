"""Passing a sender's own requests on to 360dialog, byte for byte, with the number's real key."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import requests

from app.dialog360.errors import AccountTroubleError, classify
from app.dialog360.parsing.statuses import MARKETING_STOPPED_CODES
from app.dialog360.transport import RawAnswer, Transport
from app.dialog360.webhook import NotJSONError, decode_body
from app.domain.outgoing import Passage, RelayedAnswer
from app.ports import SendError, ThrottledError, UnknownOutcomeError

# Headers of an answer that mean something to a client; those of the connection stay behind.
_PASSED_BACK = (
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Retry-After",
    "X-Business-Use-Case-Usage",
    "X-App-Usage",
    "X-FB-Trace-ID",
)
# A list of a thousand templates takes megabytes.
_LONGEST_ANSWER = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_PAGE, _MOST_PAGES = 1000, 20
_SUCCESS = range(200, 300)

MOST_AT_ONCE = 12
"""Requests that one process has at 360dialog at the same time.

Fewer than gunicorn has threads: a 360dialog that is slow must not take all of them, since the
webhook has five seconds to answer.
"""


class ByteSource(Protocol):
    """Something that gives the bytes of an upload piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most so many bytes; none at the end."""
        ...


class Upload:
    """A body of known length that is read as it is sent, and so never lies in memory whole."""

    def __init__(self, source: ByteSource, length: int) -> None:
        self._source = source
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(_CHUNK):
            yield chunk

    def read(self, size: int = -1) -> bytes:
        """Return the next piece."""
        return self._source.read(size)


@dataclass(frozen=True, slots=True)
class Download:
    """An answer whose body is read as it is handed on; the receiver calls `close`."""

    status: int
    headers: Mapping[str, str]
    _response: requests.Response
    _release: Callable[[], None]

    def chunks(self) -> Iterator[bytes]:
        """Give the body piece by piece; an end before its end raises, and so shows."""
        yield from self._response.raw.stream(_CHUNK, decode_content=False)

    def close(self) -> None:
        """Give the connection back, or end it where the body was not read whole."""
        try:
            self._response.close()
        finally:
            self._release()


class Dialog360Relay:
    """Passes requests on. Implements what `app/usecases/forward.py` and `templates.py` ask for. Safe for threads and forks."""

    def __init__(
        self,
        base_url: str,
        keys: Mapping[str | None, str],
        *,
        connect_timeout: float = 3.05,
        read_timeout: float = 20.0,
    ) -> None:
        """Connect to nothing yet; the timeouts are seconds, below the 30 s of usual routers."""
        self._transport = Transport(
            base_url, connect_timeout=connect_timeout, read_timeout=read_timeout
        )
        self._keys = dict(keys)
        self._slots = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._is_versioned = self._transport.base_url.endswith("/v1")

    def __repr__(self) -> str:
        return f"Dialog360Relay({self._transport.base_url}, {len(self._keys)} keys)"

    def pass_on(self, body: bytes, *, phone_number_id: str | None) -> RelayedAnswer:
        """Send one request to the messages API, once.

        Raises:
            ThrottledError: as many as may be are on their way; it never left.
            SendError: it never left.
            UnknownOutcomeError: it left, and nobody can say what became of it.
        """
        raw = self._exchange(
            "POST", "/messages", phone_number_id, data=body, kind="application/json"
        )
        if raw.status in _SUCCESS:
            return _relayed(raw, Passage.ACCEPTED)
        error = _error_of(raw)
        if not isinstance(error, SendError):
            return _relayed(raw, Passage.UNKNOWN)
        has_stopped = error.code in MARKETING_STOPPED_CODES
        return replace(_relayed(raw, Passage.REFUSED), has_stopped_marketing=has_stopped)

    def ask(self, path: str, *, phone_number_id: str | None, query: str = "") -> RelayedAnswer:
        """Ask for something, and return the whole answer.

        Raises:
            SendError | UnknownOutcomeError: there is no answer.
        """
        raw = self._exchange("GET", self._place(path, query), phone_number_id)
        return _relayed(raw, Passage.ACCEPTED if raw.status in _SUCCESS else Passage.REFUSED)

    def upload(
        self, path: str, body: Upload, content_type: str, *, phone_number_id: str | None
    ) -> RelayedAnswer:
        """Hand a file on as it comes in, and return the answer.

        Raises:
            SendError | UnknownOutcomeError: there is no answer.
        """
        raw = self._exchange(
            "POST", self._place(path), phone_number_id, data=body, kind=content_type
        )
        return _relayed(raw, Passage.ACCEPTED if raw.status in _SUCCESS else Passage.REFUSED)

    def download(self, path: str, *, phone_number_id: str | None, query: str = "") -> Download:
        """Begin to read a file.

        Raises:
            SendError | UnknownOutcomeError: there is no answer.
        """
        headers = {"Accept": "*/*", **self._key_of(phone_number_id)}
        self._take_slot()
        try:
            response = self._transport.open("GET", self._place(path, query), headers=headers)
        except BaseException:
            self._slots.release()
            raise
        headers = _passed_back(response.headers)
        if length := response.headers.get("Content-Length"):
            headers["Content-Length"] = length
        return Download(response.status_code, headers, response, self._slots.release)

    def list_templates(self, phone_number_id: str | None) -> list[Mapping[str, Any]]:
        """Return the templates of the number's account as 360dialog lists them, page by page.

        Raises:
            SendError | UnknownOutcomeError: 360dialog has not told.
        """
        found: list[Mapping[str, Any]] = []
        for _ in range(_MOST_PAGES):
            answer = self.ask(
                "/v1/configs/templates",
                phone_number_id=phone_number_id,
                query=f"limit={_PAGE}&offset={len(found)}",
            )
            page = _page_of(answer)
            rows = page["waba_templates"]
            found += [row for row in rows if isinstance(row, dict)]
            total = page.get("total")
            if not rows or not isinstance(total, int) or len(found) >= total:
                return found
        return found

    def _exchange(
        self,
        method: str,
        path: str,
        phone_number_id: str | None,
        *,
        data: bytes | Upload | None = None,
        kind: str | None = None,
    ) -> RawAnswer:
        headers = self._key_of(phone_number_id)
        if kind:
            headers["Content-Type"] = kind
        self._take_slot()
        try:
            return self._transport.exchange(
                method, path, headers=headers, data=data, longest=_LONGEST_ANSWER
            )
        finally:
            self._slots.release()

    def _take_slot(self) -> None:
        # To wait here would hold the very thread that is to be spared.
        if not self._slots.acquire(blocking=False):
            raise ThrottledError("too many requests at once", code="busy", retry_after=1.0)

    def close(self) -> None:
        """Close the connection of this thread; the next request opens another."""
        self._transport.close()

    def _key_of(self, phone_number_id: str | None) -> dict[str, str]:
        key = self._keys.get(phone_number_id) or self._keys.get(None)
        if not key:
            raise AccountTroubleError("no API key is set for this number", code="no_api_key")
        return {"D360-API-KEY": key}

    def _place(self, path: str, query: str = "") -> str:
        # The sandbox of 360dialog keeps /v1 in every path, and so in its base URL.
        if self._is_versioned:
            path = path.removeprefix("/v1")
        return f"{path}?{query}" if query else path


def _page_of(answer: RelayedAnswer) -> dict[str, Any]:
    try:
        page = decode_body(answer.body)
    except NotJSONError:
        page = None
    if answer.passage is not Passage.ACCEPTED:
        raise classify(answer.status, page)
    if not isinstance(page, dict) or not isinstance(page.get("waba_templates"), list):
        raise UnknownOutcomeError("the answer holds no templates")
    return page


def _error_of(raw: RawAnswer) -> SendError | UnknownOutcomeError:
    try:
        body = None if raw.body is None else json.loads(raw.body)
    except (ValueError, RecursionError):
        body = None
    return classify(raw.status, body)


def _relayed(raw: RawAnswer, passage: Passage) -> RelayedAnswer:
    if raw.body is None:
        raise UnknownOutcomeError("the answer is longer than any of this API")
    return RelayedAnswer(raw.status, passage, raw.body, _passed_back(raw.headers))


def _passed_back(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in _PASSED_BACK if headers.get(name)}
