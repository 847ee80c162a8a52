"""QR codes of links, to the point where a printer or a screen takes over.

Vectors stay sharp at every size. Level M repairs 15 % of a code: enough for folds and stains of
paper, without the smaller modules of a higher level (ISO/IEC 18004). Four modules of quiet zone
belong to a code; without them many phones see none.
"""

import io

import segno

QUIET_ZONE = 4
_PIXELS = 12


def make_code(text: str) -> segno.QRCode:
    """Return the smallest code of a text."""
    return segno.make_qr(text, error="m", boost_error=True)


def draw_svg(text: str) -> bytes:
    """Return the code as SVG: dark on white whatever the page's colors are, without scripts."""
    out = io.BytesIO()
    make_code(text).save(
        out, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, svgns=True
    )
    return out.getvalue()


def draw_png(text: str, *, pixels: int = _PIXELS) -> bytes:
    """Return the code as PNG; `pixels` is the side of one module."""
    out = io.BytesIO()
    make_code(text).save(
        out, kind="png", border=QUIET_ZONE, scale=pixels, dark="#000", light="#fff"
    )
    return out.getvalue()
