"""The Lua files, loaded once; each script has one typed wrapper where it is used."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "lua"


@cache
def script_text(name: str) -> str:
    """Return the text of a script."""
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")
