"""config/replies and config/countries.toml into typed values; the only file access of replies."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.dates import DateStyle
from app.domain.reply_texts import Replies, ReplyLanguage

REPLIES_FOLDER = Path(__file__).parent / "replies"
COUNTRIES_PATH = Path(__file__).parent / "countries.toml"

_MONTHS = 12


class RepliesError(Exception):
    """A file of replies cannot be used; the text lists every problem."""


def load_replies(folder: Path = REPLIES_FOLDER) -> Replies:
    """Read every language of a folder.

    Only the shape is checked here; `lint_replies` judges the texts.

    Raises:
        RepliesError: a file is no TOML, or lacks what no reply can be written without.
    """
    languages: dict[str, ReplyLanguage] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            language = _read_language(_read_toml(path))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"{path.name}: {type(error).__name__} {error}")
            continue
        if language.language != path.stem:
            problems.append(f"{path.name}: says that its language is {language.language}")
        languages[language.language] = language
    if not problems and "en" not in languages:
        problems.append(f"{folder.name}: en.toml is missing; every language falls back to it")
    if problems:
        raise RepliesError("; ".join(problems))
    return Replies(languages)


def load_countries(path: Path = COUNTRIES_PATH) -> dict[str, str]:
    """Return ISO 3166 country code → the language that is likely to be read there.

    Raises:
        RepliesError: the file cannot be read.
    """
    try:
        return {str(code): str(tag) for code, tag in _read_toml(path)["countries"].items()}
    except (KeyError, ValueError, AttributeError) as error:
        raise RepliesError(f"{path.name}: {type(error).__name__} {error}") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error


def _read_language(document: Mapping[str, Any]) -> ReplyLanguage:
    meta = document["meta"]
    dates = document["dates"]
    months = tuple(str(month) for month in dates["months"])
    if len(months) != _MONTHS:
        raise ValueError(f"has {len(months)} months")
    return ReplyLanguage(
        language=str(meta["language"]),
        name=str(meta["name"]),
        direction=str(meta["direction"]),
        review=str(meta["review"]),
        scripts=tuple(str(script) for script in meta["scripts"]),
        list_separator=str(meta["list_separator"]),
        offer_words=tuple(str(word) for word in meta["offer_words"]),
        words=_read_texts(document["words"]),
        texts=_read_texts(document["texts"]),
        labels=_read_texts(document["labels"]),
        dates=DateStyle(
            months=months,
            order=str(dates["order"]),
            first_day=str(dates.get("first_day", "")),
            year_offset=int(dates.get("year_offset", 0)),
        ),
    )


def _read_texts(table: Mapping[str, Any]) -> dict[str, str]:
    for key, text in table.items():
        if not isinstance(text, str):
            raise TypeError(f"{key} is not a text")
    return dict(table)
