"""What the use cases need of the world, as Protocols; store, queue and 360dialog provide it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class SendError(Exception):
    """A message was not accepted, for sure. The text holds a code, never a number or a body."""

    def __init__(self, message: str, *, code: int | str | None = None) -> None:
        super().__init__(message)
        self.code = code


class PermanentSendError(SendError):
    """Trying again would fail again."""


class ThrottledError(SendError):
    """Too fast. `retry_after` is how many seconds to wait, where the answer says so."""

    def __init__(
        self,
        message: str,
        *,
        code: int | str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class TransientSendError(SendError):
    """It failed before it was accepted; the same request may pass in a moment."""


class UnknownOutcomeError(Exception):
    """The request left and no answer came: it may have been accepted, or not."""


class MessageSender(Protocol):
    """Sends one message through 360dialog."""

    def send(self, body: Mapping[str, Any], *, phone_number_id: str | None) -> str:
        """Send and return the id that WhatsApp gave it.

        Raises:
            SendError: it was certainly not accepted; the subclass says what to do.
            UnknownOutcomeError: nobody can say yet.
        """
        ...


class Clock(Protocol):
    """The time, aware and in UTC."""

    def __call__(self) -> datetime:
        """Return the present moment."""
        ...
