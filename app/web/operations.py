"""What the description of the API says of one method of one path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]
    answer: type
    status: int = 200
    body: type | None = None
    problems: tuple[int, ...] = ()
    headers: Mapping[str, str] | None = None
    # Parameters of the query: name → schema, whose description says what it is for.
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # What the answer may be beside JSON.
    also: tuple[str, ...] = ()
