"""Find the table in a document by its header, and read it chunk by chunk. Pure."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain, islice

from finance.domain.bills.cells import CHINA, clean, header_name
from finance.domain.bills.container import Document
from finance.domain.bills.line import BillError, BillLine, Kind, Source
from finance.domain.bills.text import csv_rows, open_text, reading, shielded_rows

CHUNK = 8192
MAX_PREAMBLE = 80
Row = Sequence[str]


class Chunk:
    """Some rows of a table, read by column name."""

    def __init__(self, rows: Sequence[Row], index: dict[str, int], first_no: int, shielded: bool, seen: Counter[str]):
        self.rows, self.first_no, self.seen = rows, first_no, seen
        self._index, self._shielded = index, shielded

    def has(self, name: str) -> bool:
        return name in self._index

    def column(self, *names: str) -> list[str]:
        """The stripped cells of the first of `names` that the table has; blanks if it has none."""
        for name in names:
            if (at := self._index.get(name)) is not None:
                if self._shielded:
                    return [clean(row[at]) for row in self.rows]
                return [row[at].strip() for row in self.rows]
        return [""] * len(self.rows)

    def fingerprint(self, row: Row, *parts: str) -> str:
        """An id for a line that brings none: its content, numbered when the same content comes again in this file."""
        digest = blake2b("\x1f".join(parts or map(clean, row)).encode(), digest_size=12).hexdigest()
        self.seen[digest] += 1
        return digest if self.seen[digest] == 1 else f"{digest}#{self.seen[digest]}"


@dataclass(frozen=True, slots=True)
class Tally:
    """Money and rows of one kind."""

    rows: int = 0
    in_minor: int = 0
    out_minor: int = 0


Tallies = dict[Kind, Tally]


@dataclass(frozen=True, slots=True)
class Layout:
    """One table format. `required` columns tell it from others. `build` turns a chunk into lines. `check` compares the
    footer with what was read and returns warnings. `absorbs` is the free-text column to which stray commas belong."""

    name: str
    source: Source
    required: frozenset[str]
    build: Callable[[Chunk], list[BillLine]]
    check: Callable[[list[str], Tallies, int], list[str]] | None = None
    shielded: bool = False
    absorbs: str = ""


@dataclass
class Table:
    """A table found in a document. Iterate `lines()` once; then `rows`, `tallies` and `warnings` are complete."""

    layout: Layout
    columns: list[str]
    preamble: list[str]
    data: Iterator[Row]
    rows: int = 0
    tallies: Tallies = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    _footer: list[str] = field(default_factory=list)

    @property
    def account(self) -> str:
        """The merchant's account named above the table, '' if none is."""
        return next((found[1] for line in self.preamble if (found := re.search(r"账号[：:]\s*\[([^\]]*)\]", line))), "")

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """The span the bill says it covers, None if it does not say."""
        found = re.findall(r"(?:起始|终止)(?:日期|时间)[：:]\s*\[([^\]]+)\]", " ".join(self.preamble))
        times = [re.sub(r"[年月/]", "-", text).replace("日", "") for text in found[:2]]
        try:
            start, end = (datetime.fromisoformat(text.strip()).replace(tzinfo=CHINA) for text in times)
        except ValueError:
            return None
        return start, end

    def lines(self) -> Iterator[BillLine]:
        """Every line in file order. Raises BillError with the row's number for one that cannot be read."""
        index = {name: at for at, name in enumerate(self.columns) if name}
        seen: Counter[str] = Counter()
        while raw := self._draw():
            rows = self._sift(raw)
            chunk = Chunk(rows, index, self.rows + 1, self.layout.shielded, seen)
            lines = self._build(chunk, index)
            self.rows += len(rows)
            self._count(lines)
            yield from lines
        if self.layout.check is not None:
            self.warnings += self.layout.check(self._footer, self.tallies, self.rows)

    def _draw(self) -> list[Row]:
        with reading():
            return list(islice(self.data, CHUNK))

    def _build(self, chunk: Chunk, index: dict[str, int]) -> list[BillLine]:
        try:
            return self.layout.build(chunk)
        except BillError:
            for at, row in enumerate(chunk.rows):
                number = chunk.first_no + at
                try:
                    self.layout.build(Chunk([row], index, number, self.layout.shielded, Counter()))
                except BillError as exc:
                    raise BillError(exc.code, str(exc.message), {**exc.fields, "row": number}) from exc
            raise

    def _sift(self, raw: list[Row]) -> list[Row]:
        """The data rows of `raw`; footers are kept aside, blank rows dropped, stray commas mended."""
        width = len(self.columns)
        rows = [row for row in raw if len(row) == width and row[0][:1] != "#" and (row[0] or any(row))]
        if len(rows) == len(raw):
            return rows
        rows = []
        for row in raw:
            if (whole := self._mend(row, width, self.rows + len(rows) + 1, row is raw[-1])) is not None:
                rows.append(whole)
        return rows

    def _mend(self, row: Row, width: int, number: int, last: bool) -> Row | None:
        text = ",".join(row).strip(", \t")
        if not text:
            return None
        if _is_footer(text) or self._footer:
            self._footer.append(text)
            return None
        if len(row) > width and not any(row[width:]):
            return row[:width]
        if len(row) == width:
            return row
        if len(row) > width and self.layout.absorbs in self.columns:
            at, surplus = self.columns.index(self.layout.absorbs), len(row) - width
            self.warnings.append(f"stray_comma: row {number}")
            return [*row[:at], ",".join(row[at : at + surplus + 1]), *row[at + surplus + 1 :]]
        with reading():
            last = last and next(self.data, None) is None
        if last:
            raise BillError("truncated", "The file ends in the middle of a row.", {"row": number})
        raise BillError("bad_row", "A row has the wrong number of cells.", {"row": number, "cells": len(row)})

    def _count(self, lines: Sequence[BillLine]) -> None:
        for kind in {line.kind for line in lines}:
            mine = [line for line in lines if line.kind is kind]
            old = self.tallies.get(kind, Tally())
            self.tallies[kind] = Tally(
                old.rows + len(mine),
                old.in_minor + sum(line.in_minor for line in mine),
                old.out_minor + sum(line.out_minor for line in mine),
            )


_FOOTER = re.compile(
    r"[#\-—=]|`?(总交易单数|资金流水总笔数|支出合计|收入合计|合计|总计|小计|导出时间|total\b|subtotal\b)", re.IGNORECASE
)


def _is_footer(text: str) -> bool:
    return _FOOTER.match(text) is not None


def find_table(document: Document, layouts: Sequence[Layout]) -> Table | None:
    """The first table of `document` whose header has all columns of one of `layouts`; None when there is none.

    Raises BillError `personal_statement` for a private person's export and `unknown_columns` for a header that is
    nearly one of ours.
    """
    preamble: list[str] = []
    nearest: tuple[list[str], list[str]] | None = None
    lines = open_text(document.text) if document.text is not None else None
    rows: Iterator[Row] = iter(document.rows or ())
    while len(preamble) < MAX_PREAMBLE:
        with reading():
            line = lines.readline() if lines is not None else ""
            row = next(csv_rows([line]), []) if line else next(rows, None)
        if row is None:
            break
        columns = [header_name(cell) for cell in row]
        _refuse_personal(columns)
        found = _best(columns, layouts)
        if found is not None:
            return _table(found, columns, preamble, lines, rows)
        nearest = nearest or _near(columns, layouts)
        if nearest is not None and line and not line.endswith(("\n", "\r")):
            raise BillError("truncated", "The file ends in the middle of its header.")
        preamble.append((line or ",".join(row)).strip())
    if nearest is not None:
        fields = {"missing": nearest[0], "found": nearest[1]}
        raise BillError("unknown_columns", "The table lacks columns that we need.", fields)
    return None


def _table(
    layout: Layout, columns: list[str], preamble: list[str], lines: io.TextIOBase | None, rows: Iterator[Row]
) -> Table:
    while columns and not columns[-1]:
        columns.pop()
    if lines is not None:
        with reading():
            first = lines.readline()
        rest = chain([first] if first else [], lines)
        rows = shielded_rows(rest) if ",`" in first else csv_rows(rest)
    return Table(layout, columns, preamble, rows)


def _best(columns: Sequence[str], layouts: Sequence[Layout]) -> Layout | None:
    present = set(columns)
    fitting = [layout for layout in layouts if layout.required <= present]
    return max(fitting, key=lambda layout: len(layout.required), default=None)


def _near(columns: Sequence[str], layouts: Sequence[Layout]) -> tuple[list[str], list[str]] | None:
    """`(missing, found)` when at least half of some layout's own columns are here."""
    present = {name for name in columns if name}
    for layout in layouts:
        if len(layout.required & present) * 2 >= len(layout.required) and len(present) > 2:
            return sorted(layout.required - present), sorted(present)
    return None


def _refuse_personal(columns: Sequence[str]) -> None:
    if "收/支" in columns and "交易时间" in columns:
        raise BillError("personal_statement", "This is a personal statement; export the merchant's bill instead.")
