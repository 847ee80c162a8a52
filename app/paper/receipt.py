"""A receipt as a PDF: the lines of domain/receipt_paper.py drawn on A4, with the JSON inside."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fpdf import FPDF, Align, XPos, YPos
from fpdf.fonts import TTFFont

from app.domain.receipt_paper import Line, ReceiptTexts
from app.domain.romanize import write_readably

FONTS = Path(__file__).parent.parent / "fonts"
_FAMILY = "DejaVu"
_MARGIN = 18.0
_LABEL_WIDTH = 46.0
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_GRAY = (95, 95, 95)
_RULE = (205, 205, 205)
_SIZES = {"title": 18.0, "heading": 12.5, "event": 10.5}
# A chain of many thousand entries must not become a book that nobody asked for.
MOST_LINES = 20_000


def print_receipt(
    lines: Iterable[Line], receipt: Mapping[str, Any], texts: ReceiptTexts, *, now: datetime
) -> bytes:
    """Return the PDF of a receipt."""
    paper = _Paper(texts, now)
    paper.add_page()
    for number, line in enumerate(lines):
        if number == MOST_LINES:
            paper.draw(Line("text", f"… {texts.text('attached')}"))
            break
        paper.draw(line)
    content = json.dumps(receipt, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
    paper.embed_file(basename="receipt.json", bytes=content, mime_type="application/json")
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, texts: ReceiptTexts, now: datetime) -> None:
        super().__init__(format="A4")
        self._texts = texts
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.add_font(_FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.add_font(_FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_font(_FAMILY, size=9.5)
        font = self.fonts[_FAMILY.lower()]
        self._known = font.cmap if isinstance(font, TTFFont) else {}
        self.set_title(self._readable(texts.text("title")))
        self.set_lang(texts.language)
        self.set_creation_date(now)
        self.set_producer("Heed")

    def draw(self, line: Line) -> None:
        match line.kind:
            case "title" | "heading" | "event":
                self._draw_heading(line)
            case "text":
                self._write(line.text, width=self.epw)
            case _:
                self._draw_fact(line, quoted=line.kind == "quote")

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FAMILY, size=7.5)
        self.set_text_color(*_GRAY)
        text = self._texts.text("page", page=str(self.page_no()))
        self.set_text_shaping(use_shaping_engine=True, direction=_direction_of(text))
        self.cell(self.epw, 5, self._readable(text), align=Align.C)
        self.set_text_color(0)

    def _draw_heading(self, line: Line) -> None:
        size = _SIZES[line.kind]
        if self.get_y() + size * 2 > self.page_break_trigger:
            self.add_page()
        self.ln({"title": 0, "heading": 4, "event": 2.5}[line.kind])
        self.set_font(_FAMILY, "B", size)
        self._write(line.text, width=self.epw, height=size * 0.5)
        if line.kind == "event":
            self.set_draw_color(*_RULE)
            self.line(self.l_margin, self.get_y() + 0.4, self.w - self.r_margin, self.get_y() + 0.4)
            self.ln(1)
        self.set_font(_FAMILY, size=9.5)

    def _draw_fact(self, line: Line, *, quoted: bool) -> None:
        width = self.epw - _LABEL_WIDTH
        if self.get_y() + 10 > self.page_break_trigger:
            self.add_page()
        top, page = self.get_y(), self.page_no()
        at_label = self.w - self.r_margin - _LABEL_WIDTH if self._texts.rtl else self.l_margin
        at_value = self.l_margin if self._texts.rtl else self.l_margin + _LABEL_WIDTH
        self.set_xy(at_label, top)
        self.set_text_color(*_GRAY)
        self._write(line.label, width=_LABEL_WIDTH)
        bottom = self.get_y()
        self.set_text_color(0)
        self.set_xy(at_value, top)
        self._write(f"“{line.text}”" if quoted else line.text, width=width)
        if self.page_no() == page:
            self.set_y(max(bottom, self.get_y()))

    def _write(self, text: str, *, width: float, height: float = 5.0) -> None:
        readable = self._readable(text)
        # Arabic letters join, and lines run from right to left, only where they are shaped.
        self.set_text_shaping(use_shaping_engine=True, direction=_direction_of(readable))
        self.multi_cell(
            width,
            height,
            readable,
            align=Align.R if self._texts.rtl else Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _readable(self, text: str) -> str:
        clean = text.encode("utf-8", "replace").decode()
        return write_readably(clean, self._is_drawable)

    def _is_drawable(self, one: str) -> bool:
        # The font has signs that turn letters around; drawn, "A-1" and "live" would be "A-1 evil".
        return one in "\n\t\r" or (ord(one) in self._known and one not in _TURNING)


def _direction_of(text: str) -> str:
    """Return the direction of a text: that of its first letter, whatever language is around it."""
    letters = (unicodedata.bidirectional(character) for character in text)
    first = next((one for one in letters if one in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"
