"""Logs are events: a constant dotted name and fields, one line each, to standard output.

    logger.info("command.applied", extra={"event": event.id, "outcome": "applied"})

Fields hold ids and numbers; never words, phone numbers, or keys.
"""

import json
import logging.config
import sys
from datetime import UTC, datetime
from typing import Any

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "message",
    "asctime",
    "taskName",
}


def configure_logging(log_format: str, level: str = "INFO") -> None:
    """Send every logger's events to standard output, as JSON lines or as text."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {"()": JSONFormatter},
                "text": {"()": TextFormatter},
            },
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": sys.stdout,
                    "formatter": log_format,
                },
            },
            "root": {"level": level, "handlers": ["stdout"]},
            "loggers": {
                # RQ writes job descriptions and arguments at INFO; ours say what matters.
                "rq": {"level": "WARNING", "propagate": True},
                "rq.worker": {"level": "WARNING", "propagate": True},
                "rq.scheduler": {"level": "WARNING", "propagate": True},
                "rq.queue": {"level": "WARNING", "propagate": True},
                # What it says of a font that it cuts down tells the letters of somebody's words.
                "fontTools": {"level": "ERROR"},
                "fpdf": {"level": "ERROR"},
                "urllib3": {"level": "WARNING"},
                "werkzeug": {"level": "WARNING"},
            },
        },
    )


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}


class JSONFormatter(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """Columns, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as one readable line, with a traceback below where there is one."""
        moment = datetime.fromtimestamp(record.created, tz=UTC).strftime("%H:%M:%S")
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{moment} {record.levelname.lower():<7} {record.getMessage()} {fields}".rstrip()
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line
