"""One HTTP exchange with 360dialog, and what became of a request that got no answer.

There is no idempotency key at 360dialog. So the one thing that this file must get right is
whether a failed request can have been accepted: if it can, it is an UnknownOutcomeError, and
nobody sends again before they know more.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from app.dialog360.errors import parse_retry_after
from app.dialog360.webhook import NotJSONError, decode_body
from app.ports import PermanentSendError, TransientSendError, UnknownOutcomeError

LONGEST_ANSWER = 65_536
"""Bytes of an answer that are read; a longer one is no answer of this API."""

# A connection that idles longer may be closed by the other side just as we write to it, and then
# nobody knows what became of the message; a new one costs a handshake.
_LONGEST_IDLE_SECONDS = 20.0
_CHUNK = 16_384

_TransportError = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_BadRequestError = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An HTTP answer as it came; `body` is None where it was longer than asked for."""

    status: int
    body: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is the decoded JSON, None where it was none or was too long."""

    status: int
    body: object
    retry_after: float | None = None


class Transport:
    """HTTP to one base URL. Safe for threads and across forks; each thread has its connection."""

    def __init__(self, base_url: str, *, connect_timeout: float, read_timeout: float) -> None:
        """Set the limits in seconds; an answer as a whole may take twice the read timeout."""
        self.base_url = base_url.rstrip("/")
        self._timeouts = (connect_timeout, read_timeout)
        self._longest_answer_seconds = 2 * read_timeout
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"Transport({self.base_url})"

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        payload: Mapping[str, Any] | None,
    ) -> Answer:
        """Make one request, once: no retries, no redirects.

        Raises:
            PermanentSendError: the request can not even be made (a wrong base URL, no JSON).
            TransientSendError: it never left: refused, no such host, no connection in time.
            UnknownOutcomeError: it left, or may have, and no whole answer came back.
        """
        data = None if payload is None else _encode(payload)
        all_headers = dict(headers)
        if data is not None:
            all_headers["Content-Type"] = "application/json"
        raw = self.exchange(method, path, headers=all_headers, data=data)
        return Answer(
            status=raw.status,
            body=_decode(raw.body),
            retry_after=parse_retry_after(raw.headers.get("Retry-After"), raw.headers.get("Date")),
        )

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        data: Any = None,
        longest: int = LONGEST_ANSWER,
    ) -> RawAnswer:
        """Make one request, once, with these bytes (or a file of them), and read the answer.

        Raises:
            PermanentSendError | TransientSendError | UnknownOutcomeError: as for `call`.
        """
        try:
            with self.open(method, path, headers=headers, data=data) as response:
                raw = self._read(response, longest)
        except _TransportError as error:
            _raise_for_lost_request(error)
        return RawAnswer(response.status_code, raw, response.headers)

    def open(
        self, method: str, path: str, *, headers: Mapping[str, str], data: Any = None
    ) -> requests.Response:
        """Make one request, once, and return when the answer begins; the caller closes it.

        Raises:
            PermanentSendError | TransientSendError | UnknownOutcomeError: as for `call`.
        """
        try:
            return self._session().request(
                method,
                self.base_url + path,
                data=data,
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
        except _BadRequestError as error:
            # Without the cause: it quotes the URL or the header, and so a secret.
            raise PermanentSendError(
                f"the request can not be made: {type(error).__name__}", code="bad_request"
            ) from None
        except _TransportError as error:
            _raise_for_lost_request(error)

    def close(self) -> None:
        """Close the connection of this thread; the next call opens another."""
        if session := getattr(self._local, "session", None):
            session.close()

    def _session(self) -> requests.Session:
        """Return this thread's session; after a fork or a long pause with a fresh connection."""
        local, now = self._local, time.monotonic()
        session: requests.Session | None = getattr(local, "session", None)
        if session is None or local.pid != os.getpid():
            session = requests.Session()
            # No proxies, no .netrc, no certificates from the environment of whoever started us.
            session.trust_env = False
            session.headers.clear()
            session.headers["User-Agent"] = "heed"
            for scheme in ("http://", "https://"):
                session.mount(
                    scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
                )
            local.session, local.pid = session, os.getpid()
        elif now - local.used_at > _LONGEST_IDLE_SECONDS:
            session.close()
        local.used_at = now
        return session

    def _read(self, response: requests.Response, longest: int) -> bytes | None:
        """Read the body to its end, if that comes in time and before the limit."""
        give_up_at = time.monotonic() + self._longest_answer_seconds
        raw = bytearray()
        while chunk := response.raw.read1(_CHUNK):
            raw += chunk
            if len(raw) > longest:
                return None
            if time.monotonic() > give_up_at:
                # The read timeout only counts silence; this is for one who drips byte by byte.
                raise requests.exceptions.ReadTimeout
        return bytes(raw)


def _encode(payload: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(payload, allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        raise PermanentSendError("the message is not JSON", code="bad_request") from None


def _decode(raw: bytes | None) -> object:
    try:
        return None if raw is None else decode_body(raw)
    except NotJSONError:
        return None


def _raise_for_lost_request(error: Exception) -> NoReturn:
    # Without the cause: urllib3 quotes the URL, and a person's number may be in what it carries.
    if has_never_left(error):
        raise TransientSendError(
            f"no connection: {type(error).__name__}", code="no_connection"
        ) from None
    raise UnknownOutcomeError(f"no answer: {type(error).__name__}") from None


def has_never_left(error: Exception) -> bool:
    """Tell whether the connection was never established, so that nothing can have been sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    if isinstance(cause, urllib3.exceptions.MaxRetryError):
        cause = cause.reason
    return isinstance(
        cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    ) or _is_certificate_error(cause)


def _is_certificate_error(cause: object) -> bool:
    # The handshake failed before any request; other errors of TLS can happen at any time.
    return isinstance(cause, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(
        cause
    )
