"""Read the lexicon's files. The only file of recognition that touches the disk."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.recognition.errors import LexiconError
from app.recognition.lexicon import BusinessWords, Lexicon, build_lexicon


def read_files(directory: Path) -> dict[str, Mapping[str, object]]:
    """Return the parsed TOML files of a directory by their stem; raises LexiconError."""
    files: dict[str, Mapping[str, object]] = {}
    for path in sorted(directory.glob("*.toml")):
        try:
            files[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LexiconError(f"{path.name}: {error}") from error
    if not files:
        raise LexiconError(f"no lexicon files in {directory}")
    return files


def load_lexicon(directory: Path, *, business: BusinessWords | None = None) -> Lexicon:
    """Load config/lexicon with a business's own words laid over it; raises LexiconError."""
    return build_lexicon(read_files(directory), business=business or BusinessWords())
