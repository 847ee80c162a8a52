"""What preference pages load: styles, the business's colors and logo, and the panel's scripts.

Each address holds a hash of the content, so a phone keeps it for a year and never has an old one.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response

from app.domain.business import Page
from app.domain.colors import choose_ink
from config.business_page import LOGO_TYPES

_FOLDER = Path(__file__).parent / "static" / "preferences"
_YEAR = "public, max-age=31536000, immutable"
# For an address of another release, while two run side by side: right now, and perhaps not later.
_MINUTE = "public, max-age=60"
_VERSION_LENGTH = 12
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory; `version` is the hash that stands in its address."""

    content: bytes
    mimetype: str
    version: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.content).hexdigest()[:_VERSION_LENGTH]
        object.__setattr__(self, "version", digest)


class Assets:
    """Everything that pages load, read once."""

    def __init__(self, page: Page) -> None:
        self._assets = {
            path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
            for path in sorted(_FOLDER.iterdir())
            if path.suffix in _TYPES
        }
        self._assets["colors.css"] = Asset(write_colors(page).encode(), "text/css")
        self.logo_origin = ""
        self._logo_address = ""
        if page.logo.startswith("https://"):
            parts = urlsplit(page.logo)
            self.logo_origin = f"https://{parts.netloc}"
            self._logo_address = page.logo
        elif page.logo:
            path = Path(page.logo)
            name = f"logo{path.suffix.lower()}"
            self._assets[name] = Asset(path.read_bytes(), LOGO_TYPES[path.suffix.lower()])
            self._logo_address = self.address(name)

    @property
    def logo(self) -> str:
        """The address of the logo, or an empty text."""
        return self._logo_address

    def address(self, name: str) -> str:
        """Return the path of an asset with its version."""
        return f"/assets/{self._assets[name].version}/{name}"

    def respond(self, name: str, version: str | None) -> Response | None:
        """Return an asset, or None where there is none of this name."""
        asset = self._assets.get(name)
        if asset is None:
            return None
        response = Response(asset.content, mimetype=asset.mimetype)
        response.headers["Cache-Control"] = _YEAR if version == asset.version else _MINUTE
        response.headers["X-Content-Type-Options"] = "nosniff"
        # A logo in SVG, opened by itself, is a document: it may draw and nothing else.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )
        # The business's own page, on another origin, loads the panel's script.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def write_colors(page: Page) -> str:
    """Return the style sheet of the business's own colors.

    Plain rules and no variables: phones that are ten years old read it too.
    """
    return "\n".join(
        [
            _rules(page.accent),
            "@media (prefers-color-scheme: dark) {",
            _rules(page.accent_dark),
            "}",
            "",
        ]
    )


def _rules(color: str) -> str:
    return "\n".join(
        [
            f"a, summary, .end {{ color: {color}; }}",
            f".save {{ background: {color}; border-color: {color}; color: {choose_ink(color)}; }}",
            f"input {{ accent-color: {color}; }}",
            f":focus {{ outline-color: {color}; }}",
            f".brand {{ border-color: {color}; }}",
        ]
    )
