"""The Lua files, loaded once; each script has one typed wrapper where it is used."""

import hashlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "lua"


@cache
def script_text(name: str) -> str:
    """Return the text of a script."""
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")


@cache
def script_digest(name: str) -> str:
    """Return the name under which Redis keeps the script once it has seen the text."""
    return hashlib.sha1(script_text(name).encode(), usedforsecurity=False).hexdigest()
