"""config/ways.toml into typed values: what a website says beside the wording of a source."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "ways.toml"
_FALLBACK = "en"


@lru_cache(maxsize=1)
def _load() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def way_texts(language: str) -> Mapping[str, str]:
    """Return all texts in a language, each in English where the language lacks it."""
    texts = _load()
    return {**texts[_FALLBACK], **texts.get(language.partition("-")[0], {})}


def list_way_languages() -> list[str]:
    """Return the languages that have texts of their own."""
    return sorted(_load())
