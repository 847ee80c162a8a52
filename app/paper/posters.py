"""What hangs at a till or stands on a table: the code, the words of the consent, who asks.

The words beside the code are half of the consent, so they are set as large as the code leaves room
for, in one of the scripts that the font has, or not at all: letters of another script would be
boxes, and a consent that nobody could read is none.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import cast

from fpdf import FPDF, Align
from fpdf.fonts import TTFFont

from app.domain.colors import choose_ink
from app.domain.joining import JoinLink
from app.paper.codes import QUIET_ZONE, make_code

_FONTS = Path(__file__).parent.parent / "fonts"
_FAMILY = "DejaVu"
_INK, _GRAY, _BUBBLE, _BUBBLE_INK = "#16202a", "#56626e", "#e3f4e7", "#123f22"
SMALLEST_MODULE = 0.6
"""Millimeters; phones read smaller ones, but not from an arm's length in bad light."""
# Neighboring boxes that only touch show hair lines on some screens and printers.
_OVERLAP = 0.02
_POINT = 25.4 / 72


class Paper(StrEnum):
    """What it is printed on: a poster for a wall or a door, a card for a table or a till."""

    A4 = "a4"
    LETTER = "letter"
    CARD = "card"


class UnprintableError(Exception):
    """The words cannot be printed with the font, or the code would be too small to read."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Millimeters and points; the code's side includes its quiet zone."""

    width: float
    height: float
    margin: float
    band: float
    code: float
    title: float
    text: float
    draft: float
    smallest_text: float


_LAYOUTS = {
    Paper.A4: _Layout(210, 297, 20, 9, 128, 38, 25, 17, 12),
    Paper.LETTER: _Layout(215.9, 279.4, 20, 9, 118, 36, 23, 17, 12),
    Paper.CARD: _Layout(105, 148, 9, 5, 66, 18, 12, 9, 7),
}


def print_poster(link: JoinLink, paper: Paper, *, accent: str) -> bytes:
    """Return the PDF of a poster or card; `accent` colors its bands.

    Raises:
        UnprintableError: the font lacks letters of the words, or they do not fit.
    """
    sheet = _Sheet(link, _LAYOUTS[paper], accent)
    try:
        sheet.draw()
        return bytes(sheet.output())
    finally:
        sheet.close_fonts()


class _Sheet(FPDF):
    def __init__(self, link: JoinLink, layout: _Layout, accent: str) -> None:
        super().__init__(format=(layout.width, layout.height))
        self._link, self._layout, self._accent = link, layout, accent
        self.set_margin(0)
        self.set_auto_page_break(auto=False)
        self.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
        self.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")
        self.set_title(f"{link.source.business_name}: {link.source.id}")
        self.set_lang(link.wording.language)
        self.set_producer("Heed")
        self.add_page()

    def close_fonts(self) -> None:
        """Close the files of the fonts, which stay open while letters are taken from them."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def draw(self) -> None:
        """Draw everything from both ends, the words in what is left between."""
        for text in (
            self._link.source.business_name,
            self._link.wording.text,
            self._link.sentence,
        ):
            self._refuse_unknown_letters(text)
        layout = self._layout
        width = layout.width - 2 * layout.margin
        self._fill(self._accent)
        self.rect(0, 0, layout.width, layout.band, style="F")
        self.rect(0, layout.height - layout.band, layout.width, layout.band, style="F")
        self._draw_foot(layout.height - layout.band)
        name_top = layout.band + layout.margin * 0.75
        name_height = self._write(
            self._link.source.business_name,
            top=name_top,
            width=width,
            room=layout.title * _POINT * 2.6,
            size=layout.title,
            smallest=layout.text,
            style="B",
        )
        draft_height = layout.draft * _POINT * 2.3
        number_height = layout.draft * _POINT * 1.7
        number_top = layout.height - layout.band - layout.margin * 0.55 - number_height
        draft_top = number_top - draft_height - layout.margin * 0.2
        code_top = draft_top - layout.code - layout.margin * 0.1
        self._draw_code(code_top)
        self._draw_draft(draft_top, draft_height, width)
        self._draw_number(number_top, width)
        text_top = name_top + name_height + layout.margin * 0.25
        self._write(
            self._link.wording.text,
            top=text_top,
            width=width,
            room=code_top - text_top,
            size=layout.text,
            smallest=layout.smallest_text,
            centered_in=True,
        )

    def _draw_foot(self, top: float) -> None:
        """Say which source this is, small, for whoever puts it up."""
        self.set_font(_FAMILY, "", max(self._layout.band * 0.95, 4.5))
        self.set_text_color(choose_ink(self._accent))
        self.set_text_shaping(use_shaping_engine=True, direction="ltr")
        self.set_xy(0, top)
        label = f"{self._link.source.id} · {self._link.wording.language}"
        self.cell(self._layout.width, self._layout.band, label, align=Align.C)

    def _draw_code(self, top: float) -> None:
        matrix = make_code(self._link.address).matrix
        modules = len(matrix) + 2 * QUIET_ZONE
        module = self._layout.code / modules
        if module < SMALLEST_MODULE:
            raise UnprintableError(
                f"the code would have modules of {module:.2f} mm, and phones want "
                f"{SMALLEST_MODULE}; leave out some of the campaign, or take a larger paper"
            )
        left = (self._layout.width - self._layout.code) / 2
        self._fill("#ffffff")
        self.rect(left, top, self._layout.code, self._layout.code, style="F")
        self._fill("#000000")
        for row, line in enumerate(matrix):
            for first, length in _runs(line):
                self.rect(
                    left + (first + QUIET_ZONE) * module,
                    top + (row + QUIET_ZONE) * module,
                    length * module + _OVERLAP,
                    module + _OVERLAP,
                    style="F",
                )

    def _draw_draft(self, top: float, height: float, room: float) -> None:
        """Show the message that will be sent, as a chat shows it."""
        text, size = self._link.sentence, self._layout.draft
        self.set_font(_FAMILY, "B", size)
        direction = _direction_of(text)
        self.set_text_shaping(use_shaping_engine=True, direction=direction)
        while (
            self.get_string_width(text) > room - height and size > self._layout.smallest_text * 0.7
        ):
            size *= 0.95
            self.set_font(_FAMILY, "B", size)
        width = min(self.get_string_width(text) + height, room)
        left = (self._layout.width - width) / 2
        self._fill(_BUBBLE)
        self.rect(left, top, width, height, style="F", round_corners=True, corner_radius=height / 3)
        self.set_text_color(_BUBBLE_INK)
        self.set_xy(left, top)
        self.cell(width, height, text, align=Align.C)

    def _draw_number(self, top: float, width: float) -> None:
        self.set_font(_FAMILY, "", self._layout.draft * 0.8)
        self.set_text_color(_GRAY)
        self.set_text_shaping(use_shaping_engine=True, direction="ltr")
        self.set_xy(self._layout.margin, top)
        height = self._layout.draft * _POINT * 1.7
        self.cell(width, height, f"WhatsApp {self._link.printed_number}", align=Align.C)

    def _write(
        self,
        text: str,
        *,
        top: float,
        width: float,
        room: float,
        size: float,
        smallest: float,
        style: str = "",
        centered_in: bool = False,
    ) -> float:
        """Write a text as large as its room allows; return how high it became."""
        direction = _direction_of(text)
        self.set_text_shaping(use_shaping_engine=True, direction=direction)
        self.set_text_color(_INK)
        while True:
            self.set_font(_FAMILY, style, size)
            line = size * _POINT * 1.32
            lines = self.multi_cell(width, line, text, align=Align.C, dry_run=True, output="LINES")
            height = len(cast("list[str]", lines)) * line
            if height <= room:
                break
            size *= 0.96
            if size < smallest:
                raise UnprintableError(
                    f"“{text[:30]}…” is too long for this paper; shorten it, or take a larger one"
                )
        self.set_xy(self._layout.margin, top + ((room - height) / 2 if centered_in else 0))
        self.multi_cell(width, line, text, align=Align.C)
        return height

    def _fill(self, color: str) -> None:
        self.set_fill_color(color)

    def _refuse_unknown_letters(self, text: str) -> None:
        font = self.fonts[_FAMILY.lower()]
        known = font.cmap if isinstance(font, TTFFont) else {}
        missing = {one for one in text if ord(one) not in known and not one.isspace()}
        if missing:
            scripts = sorted({unicodedata.name(one, "?").partition(" ")[0] for one in missing})
            raise UnprintableError(
                f"the font has no {', '.join(scripts)} letters; posters are printed in Latin, "
                "Greek, Cyrillic, Arabic and Hebrew. For others take the code as SVG or PNG, or "
                "print the page of the short address from a browser"
            )


def _runs(line: bytearray) -> list[tuple[int, int]]:
    """Return where dark modules begin and how many stand side by side."""
    runs: list[tuple[int, int]] = []
    for position, dark in enumerate(line):
        if not dark:
            continue
        if runs and sum(runs[-1]) == position:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((position, 1))
    return runs


def _direction_of(text: str) -> str:
    letters = (unicodedata.bidirectional(character) for character in text)
    first = next((one for one in letters if one in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"
