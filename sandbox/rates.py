"""The sending limits of WhatsApp: messages per second of a number, and per person.

https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
"""

import threading
from collections import defaultdict, deque
from typing import Final

THROUGHPUT: Final = 80
THROUGHPUT_SECONDS: Final = 1.0
PAIR_BURST: Final = 45
PAIR_SECONDS: Final = 6.0


class RateLimits:
    """Counts what was sent in the last seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_number: defaultdict[str, deque[float]] = defaultdict(deque)
        self._of_pair: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def check(self, phone_number_id: str, person_key: str, now: float) -> int | None:
        """Count one message; returns the error code when it is one too many."""
        with self._lock:
            sent = self._of_number[phone_number_id]
            to_person = self._of_pair[phone_number_id, person_key]
            forget_before(sent, now - THROUGHPUT_SECONDS)
            forget_before(to_person, now - PAIR_SECONDS)
            if len(sent) >= THROUGHPUT:
                return 130429
            if len(to_person) >= PAIR_BURST:
                return 131056
            sent.append(now)
            to_person.append(now)
        return None


def forget_before(times: deque[float], limit: float) -> None:
    """Drop the times that are over."""
    while times and times[0] <= limit:
        times.popleft()
