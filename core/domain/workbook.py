"""Rows out of an uploaded spreadsheet, opened with limits, for whoever imports one. Pure.

A sheet is judged before a reader touches it: `calamine` unpacks whatever the archive holds and lays a sheet out
densely, so that a file of 1 kB with a single cell at XFD1048576 would end the whole process.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from python_calamine import CalamineError, CalamineWorkbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# All that zipfile was seen to raise over damaged archives.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)
# What a worksheet is read from. Nothing else is passed on: no macros, no pictures, no second format in the archive.
_PARTS = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels|xl/(worksheets/)?[\w.-]+\.xml")
_ROWS = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*([0-9]+)""")
_COLUMNS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)[0-9]""")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c\b")
_CELL = re.compile(rb"""<(?:\w+:)?c\b(?![^>]*\br\s*=)""")
_PIECE = 1 << 20
_DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes as uploaded and unpacked, files in the archive, how far it may unpack, rows, columns and cells of a sheet
    (a reader makes room for every cell of the rectangle, filled or not)."""

    upload: int = 10 << 20
    unpacked: int = 64 << 20
    members: int = 200
    ratio: int = 200  # a spreadsheet's XML packs up to 60:1, a bomb 1000:1
    rows: int = 5_001
    columns: int = 100
    cells: int = 20_000_000


class WorkbookError(ValueError):
    """A file that is refused, with a stable `code`: empty_file, too_large, not_xlsx, old_excel, encrypted, zip_bomb,
    too_many_rows, too_many_columns, not_text; `params` are the figures behind it."""

    def __init__(self, code: str, params: Mapping[str, int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})


def read(data: bytes, limits: Limits = Limits()) -> list[list[str]]:
    """Rows of the first sheet of an XLSX, or of a CSV in UTF-8 or GB 18030, cells as stripped text; blank rows at the
    end are left out. Raises WorkbookError."""
    if not data.strip():
        raise WorkbookError("empty_file")
    if len(data) > limits.upload:
        raise WorkbookError("too_large", {"bytes": len(data), "limit": limits.upload})
    if data[:4] == _OLE:
        raise WorkbookError("old_excel")
    raw: Iterable[Sequence[object]] = _xlsx(data, limits) if data[:4] == _ZIP else _csv(data, limits)
    rows = [[_text(cell) for cell in row] for row in raw]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(value: object) -> str:
    """A cell as it was typed: whole numbers without the `.0` that spreadsheets give them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return "" if value is None else str(value).strip()


def opened(data: bytes, limits: Limits) -> CalamineWorkbook:
    """The workbook of an XLSX that keeps within `limits`. Raises WorkbookError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            clean = _repacked(archive, limits)
        return CalamineWorkbook.from_filelike(clean)
    except WorkbookError:
        raise
    except (CalamineError, *_DAMAGE) as exc:
        raise WorkbookError("not_xlsx") from exc


def _xlsx(data: bytes, limits: Limits) -> Sequence[Sequence[object]]:
    workbook = opened(data, limits)
    try:
        return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, *_DAMAGE) as exc:
        raise WorkbookError("not_xlsx") from exc


def _repacked(archive: zipfile.ZipFile, limits: Limits) -> io.BytesIO:
    """The workbook again from what was measured, so that a reader sees nothing else."""
    infos = archive.infolist()
    unpacked, packed = sum(i.file_size for i in infos), max(sum(i.compress_size for i in infos), 1)
    figures = {"members": len(infos), "unpacked": unpacked, "packed": packed}
    if len(infos) > limits.members or unpacked > limits.unpacked:
        raise WorkbookError("zip_bomb", figures)
    if unpacked > 1 << 20 and unpacked > packed * limits.ratio:
        raise WorkbookError("zip_bomb", figures)
    if any(info.flag_bits & 0x1 for info in infos):
        raise WorkbookError("encrypted")
    if "xl/workbook.xml" not in archive.namelist():
        raise WorkbookError("not_xlsx")
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w") as copy:
        for info in infos:
            if _PARTS.fullmatch(info.filename):
                content = archive.read(info)  # never more than the size it declared
                _check_places(content, limits)
                copy.writestr(info.filename, content)
    clean.seek(0)
    return clean


def _check_places(content: bytes, limits: Limits) -> None:
    """Refuse a sheet whose rectangle is larger than `limits`, wherever its cells say they are."""
    last_row = last_column = 0
    for piece in _pieces(content):
        last_row = max([last_row, *(int(digits[:9]) for digits in set(_ROWS.findall(piece)))])
        last_column = max([last_column, *(_column(letters) for letters in set(_COLUMNS.findall(piece)))])
        if _CELL.search(piece):  # cells that leave it to their neighbours where they are
            last_column = max([last_column, *(len(_ANY_CELL.findall(row)) for row in _ROW.split(piece))])
    last_row = max(last_row, len(_ROW.findall(content)))
    if last_row > limits.rows or last_row * last_column > limits.cells:
        raise WorkbookError("too_many_rows", {"limit": limits.rows - 1})
    if last_column > limits.columns:
        raise WorkbookError("too_many_columns", {"limit": limits.columns})


def _pieces(content: bytes) -> Iterator[bytes]:
    """The sheet in pieces of whole rows, so that the work on one stays small."""
    start = 0
    while start < len(content):
        end = content.find(b"</row>", start + _PIECE)
        end = len(content) if end < 0 else end + 6
        yield content[start:end]
        start = end


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number


def _csv(data: bytes, limits: Limits) -> Iterator[list[str]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if number > limits.rows:
                raise WorkbookError("too_many_rows", {"limit": limits.rows - 1})
            if len(row) > limits.columns:
                raise WorkbookError("too_many_columns", {"limit": limits.columns})
            yield row
    except csv.Error as exc:
        raise WorkbookError("not_text") from exc


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise WorkbookError("not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookError("not_text")
