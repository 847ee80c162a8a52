"""config/console into typed values; the only file access of the console's texts."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.domain.console_texts import ConsoleLanguage, ConsoleTexts
from app.domain.dates import DateStyle

CONSOLE_FOLDER = Path(__file__).parent / "console"
_MONTHS = 12


class ConsoleTextsError(Exception):
    """A file of the console's texts cannot be used; the text lists every problem."""


def load_console_texts(folder: Path = CONSOLE_FOLDER) -> ConsoleTexts:
    """Read every language of a folder.

    Raises:
        ConsoleTextsError: a file is no TOML, or lacks what no page can be shown without.
    """
    problems: list[str] = []
    documents: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            documents[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problems.append(f"{path.name}: {type(error).__name__} {error}")
    languages: dict[str, ConsoleLanguage] = {}
    try:
        fallback = dict(_flatten(documents.get("en", {}).get("texts", {})))
        languages = {
            name: _read_language(name, document, fallback) for name, document in documents.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problems.append(f"{folder.name}: {type(error).__name__} {error}")
    if "en" not in documents:
        problems.append(f"{folder.name}: en.toml is missing; every language falls back to it")
    if problems:
        raise ConsoleTextsError("; ".join(problems))
    return ConsoleTexts(languages)


def _read_language(
    name: str, document: Mapping[str, Any], fallback: Mapping[str, str]
) -> ConsoleLanguage:
    meta, dates = document["meta"], document["dates"]
    months = tuple(str(month) for month in dates["months"])
    if meta["language"] != name or len(months) != _MONTHS:
        raise ValueError(f"{name}.toml has another language, or not twelve months")

    def style(order: str) -> DateStyle:
        return DateStyle(months, order, str(dates.get("first_day", "")))

    return ConsoleLanguage(
        language=name,
        name=str(meta["name"]),
        direction=str(meta["direction"]),
        review=str(meta["review"]),
        dates=style(str(dates["order"])),
        short_dates=style(str(dates["short_order"])),
        moment=str(dates["moment"]),
        texts=dict(_flatten(document["texts"])),
        fallback=fallback,
    )


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield "page.key" and text of nested tables."""
    for key, value in table.items():
        if isinstance(value, str):
            yield f"{prefix}{key}", value
        else:
            yield from _flatten(value, f"{prefix}{key}.")
