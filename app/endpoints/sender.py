"""One signed POST to one endpoint: no redirects, no proxies, small answers, and an end in time."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import requests
import urllib3.exceptions

from app.domain.deliveries import Answer
from app.domain.endpoints import Endpoint
from app.endpoints.connections import GuardedAdapter
from app.endpoints.guard import AddressRefusedError
from app.endpoints.signing import sign
from app.ports import Clock

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
# However slowly the other side drips, an attempt is over after this.
LONGEST_SECONDS = 15.0
# Nothing in an answer is of interest; this much is read so that the connection can be kept.
_LONGEST_ANSWER = 16_384
_LONGEST_RETRY_AFTER = 86_400
_USER_AGENT = "heed"
_TROUBLE = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class EndpointSender:
    """Delivers events. Safe for threads and across forks; each thread has its connections."""

    def __init__(
        self,
        secrets: Mapping[str, Sequence[str]],
        clock: Clock,
        *,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        """Take the signing secrets by endpoint id; the first is the newest."""
        self._secrets = {endpoint: tuple(ours) for endpoint, ours in secrets.items()}
        self._clock = clock
        self._longest_seconds = longest_seconds
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"EndpointSender({len(self._secrets)} endpoints)"

    def post(self, endpoint: Endpoint, *, event_id: str, event: Mapping[str, Any]) -> Answer:
        """Deliver one event once; whatever goes wrong is in the answer."""
        body = json.dumps(event, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": _USER_AGENT,
            **sign(self._secrets[endpoint.id], event_id=event_id, at=self._clock(), body=body),
        }
        session, adapter = self._open(endpoint)
        # The read timeout only counts silence; this is for one who drips byte by byte.
        end = threading.Timer(self._longest_seconds, adapter.cut)
        end.daemon = True
        end.start()
        try:
            with session.post(
                endpoint.url,
                data=body.encode(),
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                retry_after = _read_retry_after(response.headers.get("Retry-After"))
                status = response.status_code
                with suppress(*_TROUBLE):
                    # The status is the answer; what follows only lets the connection be kept.
                    response.raw.read(_LONGEST_ANSWER)
                return Answer(status, retry_after=retry_after)
        except AddressRefusedError:
            return Answer(None, "address_refused")
        except _TROUBLE as error:
            # The type alone: the text of these quotes the URL, which may have a secret in it.
            return Answer(None, _name_of(error))
        finally:
            end.cancel()

    def close(self) -> None:
        """Close the connections of this thread."""
        for session, _ in getattr(self._local, "sessions", {}).values():
            session.close()
        self._local.sessions = {}

    def _open(self, endpoint: Endpoint) -> tuple[requests.Session, GuardedAdapter]:
        """Return this thread's session for an endpoint; after a fork a fresh one."""
        local = self._local
        if getattr(local, "pid", None) != os.getpid():
            local.pid, local.sessions = os.getpid(), {}
        if endpoint.id not in local.sessions:
            session = requests.Session()
            # No proxies, no .netrc, no certificates from the environment of whoever started us.
            session.trust_env = False
            session.headers.clear()
            adapter = GuardedAdapter(endpoint.allow_private)
            for scheme in ("http://", "https://"):
                session.mount(scheme, adapter)
            local.sessions[endpoint.id] = (session, adapter)
        found: tuple[requests.Session, GuardedAdapter] = local.sessions[endpoint.id]
        return found


def _name_of(error: Exception) -> str:
    """Return what went wrong, in a word of ours."""
    reasons: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (requests.exceptions.Timeout, "timeout"),
        (requests.exceptions.SSLError, "certificate"),
        (requests.exceptions.ConnectionError, "no_connection"),
    )
    return next((word for kind, word in reasons if isinstance(error, kind)), "broken_answer")


def _read_retry_after(text: str | None) -> float | None:
    """Return the seconds of a Retry-After; a date is rare, and our own schedule stands instead."""
    if text is None or not text.strip().isascii() or not text.strip().isdigit():
        return None
    return float(min(int(text.strip()[:9]), _LONGEST_RETRY_AFTER))
