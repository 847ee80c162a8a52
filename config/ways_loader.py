"""config/ways.toml into typed values: what a website says beside the wording of a source."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "ways.toml"
_FALLBACK = "en"


@lru_cache(maxsize=1)
def _load() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def way_texts(language: str) -> Mapping[str, str]:
    """Return all texts in a language, each in English where the language lacks it."""
    tables = _load()
    own = tables.get(language.partition("-")[0], {})
    return {
        name: text for name, text in {**tables[_FALLBACK], **own}.items() if isinstance(text, str)
    }


def list_yes_words() -> list[str]:
    """Return the words of all languages by which a person says yes to our question."""
    return [word for table in _load().values() for word in table["yes"]]


def list_way_languages() -> list[str]:
    """Return the languages that have texts of their own."""
    return sorted(set(_load()) - {"yes_words"})
