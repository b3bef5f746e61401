"""Drawing on a page in millimetres from its top left corner."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.units import mm

from fulfillment.domain.labels import font

_SMALLEST = 5.5  # points: below this a label printer's dots no longer make a readable ideograph
_LEADING = 1.25
_BOLDER = 0.035  # stroke around a letter, as a share of its size: there is one weight of the font


class Pen:
    """Wraps a reportlab canvas. Sizes of letters are points, everything else is millimetres."""

    def __init__(self, canvas: Any, height: float) -> None:
        self.canvas, self.height = canvas, height

    def text(self, x: float, y: float, words: str, size: float, *, bold: bool = False, anchor: str = "left") -> None:
        """One line with its baseline at `y`; `anchor` says which part of it is at `x`: left, centre or right."""
        words = font.printable(words)
        left = x * mm
        if anchor != "left":
            left -= font.width(words, size) / (2 if anchor == "centre" else 1)
        line = self.canvas.beginText(left, (self.height - y) * mm)
        line.setFont(font.NAME, size)
        if bold:
            self.canvas.setLineWidth(size * _BOLDER)
            line.setTextRenderMode(2)
        line.textOut(words)
        if bold:
            line.setTextRenderMode(0)
        self.canvas.drawText(line)

    def fitted(
        self, x: float, y: float, words: str, size: float, limit: float, *, bold: bool = False, anchor: str = "left"
    ) -> None:
        """`text` made smaller until it is at most `limit` wide, and cut with an ellipsis when it may not shrink on."""
        words = font.printable(words)
        needed = font.width(words, 1)
        fitting = min(size, limit * mm / needed) if needed else size
        if fitting < _SMALLEST:
            fitting, words = _SMALLEST, _cut(words, _SMALLEST, limit * mm)
        self.text(x, y, words, fitting, bold=bold, anchor=anchor)

    def wrapped(
        self, x: float, y: float, words: str, size: float, limit: float, room: float, *, bold: bool = False
    ) -> None:
        """Lines of `limit` width from `y` down, at most `room` high; smaller letters before any are lost."""
        words = font.printable(words)
        rows, lines = _wrap(words, size, limit * mm), _lines(room, size)
        while len(rows) > lines and size > _SMALLEST:
            size = max(_SMALLEST, size - 0.5)
            rows, lines = _wrap(words, size, limit * mm), _lines(room, size)
        if len(rows) > lines:
            rows = [*rows[: lines - 1], _cut("".join(rows[lines - 1 :]), size, limit * mm)]
        for index, row in enumerate(rows):
            self.text(x, y + (index * _LEADING + 0.9) * size / mm, row, size, bold=bold)

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.8, *, dashed: bool = False) -> None:
        """A line; `weight` in points."""
        self.canvas.setLineWidth(weight)
        self.canvas.setDash([3, 2] if dashed else [])
        self.canvas.line(x1 * mm, (self.height - y1) * mm, x2 * mm, (self.height - y2) * mm)
        if dashed:
            self.canvas.setDash([])

    def frame(self, x: float, y: float, width: float, height: float, weight: float = 0.8) -> None:
        self.canvas.setLineWidth(weight)
        self.canvas.rect(x * mm, (self.height - y - height) * mm, width * mm, height * mm)

    def badge(self, x: float, y: float, radius: float, word: str, size: float) -> None:
        """A white character on a black disc around (`x`, `y`)."""
        self.canvas.circle(x * mm, (self.height - y) * mm, radius * mm, stroke=0, fill=1)
        self.canvas.setFillGray(1)
        self.text(x, y + size * 0.36 / mm, word, size, anchor="centre")
        self.canvas.setFillGray(0)

    def plate(self, x: float, y: float, width: float, height: float, words: str, size: float) -> None:
        """White words on a black box."""
        self.canvas.rect(x * mm, (self.height - y - height) * mm, width * mm, height * mm, stroke=0, fill=1)
        self.canvas.setFillGray(1)
        self.fitted(x + width / 2, y + height / 2 + size * 0.36 / mm, words, size, width - 1.5, anchor="centre")
        self.canvas.setFillGray(0)

    def bars(self, x: float, y: float, height: float, widths: Sequence[int], module: float) -> None:
        """A bar code in one path; `widths` are modules of `module` mm, bar first."""
        at, boxes = 0, []
        for index, width in enumerate(widths):
            if index % 2 == 0:
                boxes.append(f"{at} 0 {width} 1 re")
            at += width
        self._fill(x, y, module, height, boxes)

    def cells(self, x: float, y: float, side: float, matrix: Sequence[Sequence[int]]) -> None:
        """A square two-dimensional code in one path; runs of dark cells in a row are one rectangle."""
        boxes = []
        for row, line in enumerate(matrix):
            start = 0
            for column, dark in enumerate([*line, 0]):
                if not dark:
                    if column > start:
                        boxes.append(f"{start} {row} {column - start} 1 re")
                    start = column + 1
        self._fill(x, y, side / len(matrix), side / len(matrix), boxes)

    def _fill(self, x: float, y: float, unit_x: float, unit_y: float, boxes: Sequence[str]) -> None:
        """Fill rectangles counted in whole units from (`x`, `y`) to the right and down.

        Written as operators straight into the page: going through path objects formats every number anew and takes
        half of a label's time.
        """
        self.canvas.saveState()
        self.canvas.transform(unit_x * mm, 0, 0, -unit_y * mm, x * mm, (self.height - y) * mm)
        self.canvas._code.append(" ".join([*boxes, "f"]))
        self.canvas.restoreState()


def _lines(room: float, size: float) -> int:
    return max(int((room * mm / size - 1) / _LEADING) + 1, 1)


def _wrap(words: str, size: float, limit: float) -> list[str]:
    """Lines no wider than `limit` points. Chinese breaks anywhere; a Latin word or number stays together if it can."""
    rows, row, used = [], "", 0.0
    for piece in _pieces(words):
        needed = font.width(piece, size)
        if row and used + needed > limit:
            rows.append(row)
            row, used = "", 0.0
            piece = piece.lstrip()
            needed = font.width(piece, size)
        while needed > limit and len(piece) > 1:
            head = _head(piece, size, limit)
            rows.append(head)
            piece = piece[len(head) :]
            needed = font.width(piece, size)
        row, used = row + piece, used + needed
    return [*rows, row] if row else rows


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for char in words:
        if pieces and char.isascii() and not char.isspace() and pieces[-1].isascii() and not pieces[-1].isspace():
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _head(words: str, size: float, limit: float) -> str:
    count, used = 0, 0.0
    while count < len(words) and (used := used + font.width(words[count], size)) <= limit:
        count += 1
    return words[: max(count, 1)]


def _cut(words: str, size: float, limit: float) -> str:
    """The beginning of `words` with an ellipsis, no wider than `limit` points."""
    if font.width(words, size) <= limit:
        return words
    return _head(words, size, limit - font.width("…", size)) + "…"
