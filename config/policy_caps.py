"""[policy.caps] of business.toml: how often the business lets itself write to anybody."""

from collections.abc import Collection
from typing import Any

from app.domain.business import Category
from app.domain.caps import EVERYTHING
from app.domain.frequency import MOST, Cap, parse_cap


def read_caps(
    entry: Any, topics: Collection[str], problems: list[str]
) -> dict[str, tuple[Cap, ...]]:
    """Read the table: what is counted → a cap such as "3/week", or a list of them."""
    if not isinstance(entry, dict):
        problems.append('policy: caps must be a table such as {marketing = "4/week"}')
        return {}
    known = [EVERYTHING, *(category.value for category in Category), *topics]
    unknown = sorted(set(entry) - set(known))
    if unknown:
        problems.append(f"policy: caps for {', '.join(unknown)}; these count: {', '.join(known)}")
    return {
        scope: _read(scope, texts if isinstance(texts, list) else [texts], problems)
        for scope, texts in entry.items()
    }


def _read(scope: str, texts: list[Any], problems: list[str]) -> tuple[Cap, ...]:
    caps = [cap for text in texts if (cap := parse_cap(text))]
    if len(caps) < len(texts) or not caps:
        problems.append(
            f"policy: caps for {scope} must be such as 1/day, 3/week or 10/month (at most {MOST}), "
            "or a list of them"
        )
    return tuple(caps)
