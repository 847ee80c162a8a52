"""The table [page] of business.toml: colors that people can read, a logo, and who may embed."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from app.domain.business import Page
from app.domain.colors import (
    DARK_PAPER,
    ENOUGH_CONTRAST,
    PAPER,
    is_color,
    make_readable,
    measure_contrast,
)

LOGO_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}
# A phone on a slow line must not wait for a logo.
LARGEST_LOGO = 200_000

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def read_page(entry: Any, folder: Path, problems: list[str]) -> Page:
    """Read the table; what is wrong is added to `problems`. `folder` is that of business.toml."""
    if not isinstance(entry, dict):
        problems.append("page must be a table")
        return Page()
    unknown = sorted(set(entry) - set(Page.__dataclass_fields__))
    if unknown:
        problems.append(f"page: unknown entries {', '.join(unknown)}")
    accent = _read_color(entry, "accent", Page().accent, PAPER, problems)
    # Who names one color alone gets its readable sister for dark screens.
    dark = make_readable(accent, DARK_PAPER) if "accent" in entry else Page().accent_dark
    return Page(
        accent=accent,
        accent_dark=_read_color(entry, "accent_dark", dark, DARK_PAPER, problems),
        logo=_read_logo(entry.get("logo", ""), folder, problems),
        panel_origins=read_origins(entry.get("panel_origins", []), "page: panel_origins", problems),
    )


def _read_color(
    entry: dict[str, Any], name: str, default: str, paper: str, problems: list[str]
) -> str:
    color = entry.get(name, default)
    if not is_color(color):
        problems.append(f"page: {name} must be a color such as #0b66a8")
        return default
    contrast = measure_contrast(color, paper)
    if contrast < ENOUGH_CONTRAST:
        problems.append(
            f"page: {name} {color} has a contrast of {contrast:.1f} on {paper}, and people with "
            f"weak eyes need {ENOUGH_CONTRAST}; {make_readable(color, paper)} has enough"
        )
    return str(color)


def _read_logo(logo: Any, folder: Path, problems: list[str]) -> str:
    if not isinstance(logo, str):
        problems.append("page: logo must be a text")
        return ""
    if not logo or _is_https(logo):
        return logo
    path = (folder / logo).resolve()
    # A path that leaves the folder could publish any file of the machine.
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        problems.append("page: logo must be an https:// address, or a file beside business.toml")
    elif path.suffix.lower() not in LOGO_TYPES:
        problems.append(f"page: logo must end in {', '.join(LOGO_TYPES)}")
    elif path.stat().st_size > LARGEST_LOGO:
        problems.append(f"page: logo may have {LARGEST_LOGO // 1000} kB; a phone has to load it")
    return str(path)


def _is_https(text: str) -> bool:
    """Tell whether it is an address that may stand in a security policy without breaking it."""
    parts = _split(text)
    return parts is not None and parts.scheme == "https"


def read_origins(origins: Any, name: str, problems: list[str]) -> tuple[str, ...]:
    """Read a list of sites; what is wrong is added to `problems` under this name."""
    if not isinstance(origins, list) or not all(_is_origin(one) for one in origins):
        problems.append(
            f'{name} is a list of origins such as "https://shop.example": '
            "scheme and host in small letters, nothing behind"
        )
        return ()
    return tuple(origins)


def _is_origin(text: Any) -> bool:
    if not isinstance(text, str) or text != text.lower():
        return False
    parts = _split(text)
    if parts is None or text != f"{parts.scheme}://{parts.netloc}":
        return False
    # A page of plain HTTP could be rewritten on its way, and the panel inside it.
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS)


def _split(text: str) -> SplitResult | None:
    """Take an address apart; None for one that has no host, or signs that a policy gives meaning."""
    if not text.isascii() or any(one in text for one in " ;,'\"*@\\\n\r\t"):
        return None
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if parts.hostname and is_port else None
