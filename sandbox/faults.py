"""What can be told to go wrong, and for whom, how often and how long."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.errors import META_ERRORS, error_names, find_error
from sandbox.people import normalize_address

# What each kind does; this text is also the answer to a kind that does not exist.
FAULT_KINDS: Final[Mapping[str, str]] = {
    "slow": "answers after `seconds`",
    "error": "answers with the error named in `error`; the message is not accepted",
    "hang": "takes the request and does not answer; cuts the connection after `seconds`",
    "hang_after_accept": "accepts the message and then does as hang does",
    "cut": "accepts the message and cuts the connection before answering",
    "drop": "cuts the connection without accepting the message",
    "refuse_statuses": "accepts the message and sends no status notifications",
    "fail_status": "accepts the message; its status is failed with the code in `error`",
    "health_blocked": "health_status says that nothing can be sent",
}
# Which requests a fault concerns: sending, marking as read, asking for the health.
FAULT_PLACES: Final = ("messages", "read", "health")
DEFAULT_SECONDS: Final = {"slow": 1.0, "hang": 30.0, "hang_after_accept": 30.0}
LONGEST_SECONDS: Final = 600.0


class FaultError(ValueError):
    """A fault that can not be switched on; the text says what to change."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong; `times_left` None means until it is cleared."""

    fault_id: int
    kind: str
    place: str = "messages"
    seconds: float = 0.0
    error: str | None = None
    times_left: int | None = None
    recipient: str | None = None
    retry_after: str | None = None
    hits: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Wait for `seconds`, or less when the fault is cleared meanwhile."""
        self.released.wait(self.seconds)

    def to_json(self) -> dict[str, Any]:
        """Return the fault as `GET /faults` shows it."""
        return {
            "id": self.fault_id,
            "kind": self.kind,
            "on": self.place,
            "seconds": self.seconds,
            "error": self.error,
            "times_left": self.times_left,
            "recipient": self.recipient,
            "retry_after": self.retry_after,
            "hits": self.hits,
        }


class FaultBoard:
    """The faults that are switched on now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._next_id = 1

    def add(self, body: Mapping[str, Any]) -> Fault:
        """Switch a fault on; raises FaultError."""
        fault = read_fault(body)
        with self._lock:
            fault.fault_id = self._next_id
            self._next_id += 1
            self._faults.append(fault)
        return fault

    def take(
        self, place: str, kinds: tuple[str, ...], addresses: frozenset[str] = frozenset()
    ) -> Fault | None:
        """Return the oldest fault of these kinds that concerns the request, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.place != place or fault.kind not in kinds or fault.times_left == 0:
                    continue
                if fault.recipient is not None and fault.recipient not in addresses:
                    continue
                fault.hits += 1
                if fault.times_left is not None:
                    fault.times_left -= 1
                return fault
        return None

    def all(self) -> list[dict[str, Any]]:
        """Return every fault, the used-up ones included until they are cleared."""
        with self._lock:
            return [fault.to_json() for fault in self._faults]

    def clear(self) -> None:
        """Switch all faults off and let go of every request that waits in one."""
        with self._lock:
            for fault in self._faults:
                fault.released.set()
            self._faults.clear()


def read_fault(body: Mapping[str, Any]) -> Fault:
    """Return the fault that a body of `POST /faults` describes; raises FaultError."""
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in FAULT_KINDS:
        kinds = "; ".join(f"{name}: {does}" for name, does in FAULT_KINDS.items())
        raise FaultError(f"kind must be one of these. {kinds}.")
    return Fault(
        fault_id=0,
        kind=kind,
        place=read_place(kind, body.get("on")),
        seconds=read_seconds(body.get("seconds"), DEFAULT_SECONDS.get(kind, 0.0)),
        error=read_error(kind, body.get("error")),
        times_left=read_times(body.get("times")),
        recipient=read_recipient(body.get("recipient")),
        retry_after=None if body.get("retry_after") is None else str(body["retry_after"]),
    )


def read_place(kind: str, value: Any) -> str:
    """Return which requests a fault concerns; raises FaultError."""
    if value is None:
        return "health" if kind == "health_blocked" else "messages"
    if value not in FAULT_PLACES:
        raise FaultError(f"on must be one of {', '.join(FAULT_PLACES)}.")
    return str(value)


def read_seconds(value: Any, default: float) -> float:
    """Return a duration in seconds; raises FaultError."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError("seconds must be a number.")
    if not 0 <= value <= LONGEST_SECONDS:
        raise FaultError(f"seconds must be from 0 to {LONGEST_SECONDS:.0f}.")
    return float(value)


def read_error(kind: str, value: Any) -> str | None:
    """Return the name of the error that a kind needs; raises FaultError."""
    name = None if value is None else str(value)
    if kind == "error" and (name is None or find_error(name) is None):
        raise FaultError(f"error must be one of {', '.join(error_names())}.")
    if kind == "fail_status":
        name = name or "131026"
        if name not in {str(code) for code in META_ERRORS}:
            raise FaultError(f"error must be one of {', '.join(map(str, sorted(META_ERRORS)))}.")
    return name


def read_times(value: Any) -> int | None:
    """Return how often a fault happens, None for always; raises FaultError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise FaultError("times must be a whole number of at least 1.")
    return value


def read_recipient(value: Any) -> str | None:
    """Return the only recipient that a fault concerns; raises FaultError."""
    if value is None:
        return None
    address = normalize_address(value) if isinstance(value, str) else None
    if address is None:
        raise FaultError("recipient must be a phone number or a BSUID.")
    return address
