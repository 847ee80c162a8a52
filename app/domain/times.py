"""Moments as numbers and as text; always aware and in UTC."""

from datetime import UTC, datetime, timedelta

SECOND = 1000
DAY = timedelta(days=1)

# There was no WhatsApp before, so nobody can have agreed to its messages.
EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)

# WhatsApp lets a business write freely for this long after a person's last message.
SERVICE_WINDOW = timedelta(hours=24)


def to_milliseconds(moment: datetime) -> int:
    """Return the moment as milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the moment that lies so many milliseconds after 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def to_text(moment: datetime) -> str:
    """Return the moment in RFC 3339, with milliseconds and a Z.

    Rounded as `to_milliseconds` does, so that a moment reads the same before and after storage.
    """
    return (
        from_milliseconds(to_milliseconds(moment))
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def from_text(text: str) -> datetime:
    """Read a moment in RFC 3339.

    Raises:
        ValueError: the text is no moment, or says no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the time needs a zone, e.g. 2026-12-01T09:00:00Z")
    return moment.astimezone(UTC)
