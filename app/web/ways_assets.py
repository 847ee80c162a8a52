"""The files that ways in load: one style sheet of the short addresses, one script for websites."""

from functools import lru_cache
from pathlib import Path

from flask import Response

from app.web.errors import ProblemError

_FOLDER = Path(__file__).parent / "static" / "ways"
_TYPES = {".css": "text/css", ".js": "text/javascript"}


@lru_cache(maxsize=1)
def _read_all() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.suffix in _TYPES}


def respond_with_asset(name: str) -> Response:
    """Return one of the files; sites of the business load them from another origin."""
    content = _read_all().get(name)
    if content is None:
        raise ProblemError(404, "No such file", "Check the address for typing errors.")
    response = Response(content, mimetype=_TYPES[Path(name).suffix])
    # The address has no version, since it stands in pages of other people: an hour, no longer.
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
