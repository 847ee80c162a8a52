"""360dialog's API as Heed uses it: send a message, and look after the number that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.dialog360.errors import AccountTroubleError, classify
from app.dialog360.transport import Answer, Transport
from app.ports import UnknownOutcomeError

DEFAULT_BASE_URL = "https://waba-v2.360dialog.io"

_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class HealthEntity:
    """One part of the chain that a message passes: PHONE_NUMBER, WABA, BUSINESS or APP.

    `can_send` is AVAILABLE, LIMITED or BLOCKED; `hints` say what is wrong and what helps.
    """

    kind: str
    can_send: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """Whether WhatsApp lets a number send, as a whole and part by part."""

    can_send: str
    entities: tuple[HealthEntity, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookRegistration:
    """Where 360dialog delivers a number's notifications; both may hold secrets, so no repr."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def masked_url(self) -> str:
        """The URL without user, password and query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Dialog360Client:
    """The numbers of one business at 360dialog; one API key belongs to one number.

    Implements `app.ports.MessageSender`. The key under None serves numbers that have none of
    their own. Errors hold neither keys, numbers nor bodies.
    """

    def __init__(
        self,
        base_url: str,
        keys: Mapping[str | None, str],
        *,
        connect_timeout: float = 3.05,
        read_timeout: float = 10.0,
    ) -> None:
        """Connect to nothing yet. The timeouts are seconds."""
        self._transport = Transport(
            base_url, connect_timeout=connect_timeout, read_timeout=read_timeout
        )
        self._keys = dict(keys)
        # The sandbox of 360dialog keeps /v1 in every path; elsewhere only configuration has it.
        is_versioned = self._transport.base_url.endswith("/v1")
        self._webhook_path = "/configs/webhook" if is_versioned else "/v1/configs/webhook"

    def __repr__(self) -> str:
        return f"Dialog360Client({self._transport.base_url}, {len(self._keys)} keys)"

    def send(self, body: Mapping[str, Any], *, phone_number_id: str | None) -> str:
        """Send and return the id that WhatsApp gave it.

        Raises:
            SendError: it was certainly not accepted; the subclass says what to do.
            UnknownOutcomeError: nobody can say yet.
        """
        answer = self._call("POST", "/messages", phone_number_id, body)
        message_id = _message_id_of(answer.body)
        if answer.status in _SUCCESS and message_id:
            # Accepted, and no more than that: what becomes of it, its statuses tell.
            return message_id
        raise classify(answer.status, answer.body, retry_after=answer.retry_after)

    def health_status(self, *, phone_number_id: str | None = None) -> HealthStatus:
        """Ask whether the number can send; no message is sent.

        Raises:
            SendError | UnknownOutcomeError: as for `send`.
        """
        answer = self._call_well("GET", "/health_status", phone_number_id)
        return _read_health(answer)

    def get_webhook(self, *, phone_number_id: str | None = None) -> WebhookRegistration:
        """Ask where the number's notifications go; the URL is empty where they go nowhere.

        Raises:
            SendError | UnknownOutcomeError: as for `send`.
        """
        answer = self._call_well("GET", self._webhook_path, phone_number_id)
        return _read_registration(answer)

    def set_webhook(
        self, url: str, headers: Mapping[str, str], *, phone_number_id: str | None = None
    ) -> WebhookRegistration:
        """Send the number's notifications to the URL from now on, and return what was stored.

        It is asked back, since the answer to the change itself is not documented.

        Raises:
            SendError | UnknownOutcomeError: as for `send`.
        """
        payload = {"url": url, "headers": dict(headers)}
        self._call_well("POST", self._webhook_path, phone_number_id, payload)
        return self.get_webhook(phone_number_id=phone_number_id)

    def close(self) -> None:
        """Close the connection of this thread; the next call opens another."""
        self._transport.close()

    def _call_well(
        self,
        method: str,
        path: str,
        phone_number_id: str | None,
        payload: Mapping[str, Any] | None = None,
    ) -> Answer:
        answer = self._call(method, path, phone_number_id, payload)
        if answer.status in _SUCCESS:
            return answer
        raise classify(answer.status, answer.body, retry_after=answer.retry_after)

    def _call(
        self,
        method: str,
        path: str,
        phone_number_id: str | None,
        payload: Mapping[str, Any] | None = None,
    ) -> Answer:
        key = self._keys.get(phone_number_id) or self._keys.get(None)
        if not key:
            raise AccountTroubleError("no API key is set for this number", code="no_api_key")
        return self._transport.call(method, path, headers={"D360-API-KEY": key}, payload=payload)


def list_webhook_problems(url: str, headers: Mapping[str, str]) -> list[str]:
    """Say which of 360dialog's rules for webhooks are broken, in words for the command line.

    https://docs.360dialog.com/partner/onboarding/webhook-events-and-setup/set-multiple-webhooks-for-phone-number
    """
    problems = []
    parts = urlsplit(url)
    if parts.scheme != "https":
        problems.append("the URL has to begin with https://")
    if "_" in (parts.hostname or ""):
        problems.append("the host name must not contain an underscore")
    if ":" in parts.netloc.rpartition("@")[2]:
        problems.append("the URL must not name a port")
    problems += [
        f"the header name {name} must not contain an underscore" for name in headers if "_" in name
    ]
    return problems


def _message_id_of(body: object) -> str | None:
    messages = body.get("messages") if isinstance(body, dict) else None
    first = messages[0] if isinstance(messages, list) and messages else None
    message_id = first.get("id") if isinstance(first, dict) else None
    return message_id if isinstance(message_id, str) else None


def _read_health(answer: Answer) -> HealthStatus:
    health = answer.body.get("health_status") if isinstance(answer.body, dict) else None
    if not isinstance(health, dict):
        raise UnknownOutcomeError("the answer holds no health status")
    entities = health.get("entities")
    return HealthStatus(
        can_send=_text(health.get("can_send_message")),
        entities=tuple(
            HealthEntity(
                kind=_text(entity.get("entity_type")),
                can_send=_text(entity.get("can_send_message")),
                hints=_hints_of(entity),
            )
            for entity in (entities if isinstance(entities, list) else [])
            if isinstance(entity, dict)
        ),
    )


def _hints_of(entity: Mapping[str, Any]) -> tuple[str, ...]:
    hints = entity.get("additional_info")
    found = [_text(hint) for hint in (hints if isinstance(hints, list) else [])]
    errors = entity.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            parts = (error.get("error_description"), error.get("possible_solution"))
            found.append(" ".join(_text(part) for part in parts if part))
    return tuple(hint for hint in found if hint)


def _read_registration(answer: Answer) -> WebhookRegistration:
    body = answer.body if isinstance(answer.body, dict) else {}
    headers = body.get("headers")
    return WebhookRegistration(
        url=_text(body.get("url")),
        headers={
            name: value
            for name, value in (headers if isinstance(headers, dict) else {}).items()
            if isinstance(value, str)
        },
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
