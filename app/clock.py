"""The clock of this machine."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment; the one place that reads the clock."""
    return datetime.now(UTC)
