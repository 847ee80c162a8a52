"""What a check found: how bad it is, what was seen, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, and what to do about it."""

    level: Level
    subject: str
    seen: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<4}  {self.subject}: {self.seen}"
        return f"{line}\n      → {self.advice}" if self.advice else line
