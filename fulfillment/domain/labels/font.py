"""The one typeface of the labels: where it is, how wide its letters are, and what it cannot print."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from fulfillment.domain.labels.data import LabelData

NAME = "NotoSansSC"
FILE = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "NotoSansSC-Regular.ttf"
GETA = "〓"  # the printers' mark for a sort that is not in the case
_INVISIBLE = {"Cf", "Cc", "Cs", "Mn", "Me", "Zl", "Zp"}


@cache
def face() -> Any:
    """The loaded font (about 50 ms once per process)."""
    font = TTFont(NAME, str(FILE))
    pdfmetrics.registerFont(font)
    return font.face


def width(text: str, size: float) -> float:
    """Width in points of `text` at `size` points."""
    widths, default = face().charWidths, face().defaultWidth
    total: float = sum(widths.get(ord(char), default) for char in text)
    return total * size / 1000


def printable(text: str) -> str:
    """`text` on one line with controls and combining marks left out and unknown characters shown as a geta mark."""
    known = face().charToGlyph
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if ord(char) in known else " " if char.isspace() else GETA
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )


def missing_glyphs(label: LabelData) -> str:
    """The characters of `label` that would print as 〓, each once; "" when everything can be read."""
    known = face().charToGlyph
    return "".join(
        dict.fromkeys(
            char
            for text in label.texts()
            for char in unicodedata.normalize("NFC", text)
            if ord(char) not in known and not char.isspace() and unicodedata.category(char) not in _INVISIBLE
        )
    )
