"""Spreadsheets in and out: what django-import-export reads and writes, with limits and without formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import tablib
import xlsxwriter
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import Format

from core.domain import workbook
from core.errors import Unreadable

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A cell that starts with one of these is run by Excel, WPS or a phone's viewer when it comes out of a CSV.
_TRIGGERS = tuple("=+-@\t\r\n＝＋－＠")
_MARK = "'"

REFUSAL = {
    "empty_file": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)d bytes."),
    "not_xlsx": _("The file is called XLSX but is not a readable one. Save it again as XLSX, or as CSV."),
    "old_excel": _("This is an old Excel file. Save it as XLSX, or as CSV."),
    "encrypted": _("The file asks for a password. Save it without one."),
    "zip_bomb": _("The file unpacks to far more than a sheet can be; it was not opened."),
    "too_many_rows": _("The sheet has more than %(limit)d rows. Split it."),
    "too_many_columns": _("The sheet has more than %(limit)d columns."),
    "not_text": _("The file is neither an XLSX nor text in UTF-8 or GB 18030."),
    "no_header": _("The first row must name the columns; take the template."),
    "no_rows": _("The sheet has no rows below its header."),
    "unknown_columns": _("Columns that are not known: %(names)s. Take the template."),
    "missing_columns": _("Columns that are missing: %(names)s. Take the template."),
    "repeated_columns": _("Columns that appear twice: %(names)s."),
}


class SheetRefused(Unreadable):
    """A file that was not imported; `code` is a key of REFUSAL."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(REFUSAL[code] % (params or {}), code=code, fields=params)


def shown(value: Any) -> Any:
    """A cell for export: a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"{_MARK}{value}" if isinstance(value, str) and value.startswith(_TRIGGERS) else value


def typed(text: str) -> str:
    """A cell of an import: without the apostrophe that `shown` put there."""
    return text[1:] if text[:1] == _MARK and text[1:].startswith(_TRIGGERS) else text


class Upload(Format):
    """What may be uploaded: an XLSX or a CSV, told apart by its content. A subclass names the columns: `names` gives
    every name that a column may go by, `required` the keys that must be there."""

    required: ClassVar[Sequence[str]] = ()

    def __init__(self, encoding: str | None = None) -> None:
        """`encoding` is what the library calls every format with; the content tells it here."""

    @classmethod
    def names(cls) -> dict[str, str]:
        """Lower-case name → key of the column."""
        raise NotImplementedError

    def get_title(self) -> str:
        return "XLSX / CSV"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes | None) -> tablib.Dataset:
        """Rows under the columns' keys. Raises SheetRefused."""
        try:
            rows = workbook.read(in_stream or b"")
        except workbook.WorkbookError as exc:
            raise SheetRefused(exc.code, exc.params) from exc
        header, *body = rows or [[]]
        keys = self._keys(header)
        if not body:
            raise SheetRefused("no_rows")
        width = len(keys)
        cells = [[typed(cell) for cell in [*row, *[""] * width][:width]] for row in body]
        return tablib.Dataset(*cells, headers=keys)

    def _keys(self, header: Sequence[str]) -> list[str]:
        known = self.names()
        named = [cell.strip().rstrip("*").strip() for cell in header]
        while named and not named[-1]:
            named.pop()
        if not named:
            raise SheetRefused("no_header")
        if unknown := [name for name in named if name.lower() not in known]:
            raise SheetRefused("unknown_columns", {"names": ", ".join(name or "∅" for name in unknown)[:200]})
        keys = [known[name.lower()] for name in named]
        if repeated := [name for name, key in zip(named, keys, strict=True) if keys.count(key) > 1]:
            raise SheetRefused("repeated_columns", {"names": ", ".join(repeated)})
        if missing := set(self.required) - set(keys):
            raise SheetRefused("missing_columns", {"names": ", ".join(sorted(missing))})
        return keys


class XlsxDownload(Format):
    """A workbook whose texts stay texts."""

    def get_title(self) -> str:
        return "XLSX"

    def can_export(self) -> bool:
        return True

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return XLSX_TYPE

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        return xlsx({_("data"): [dataset.headers or [], *dataset]})


class CsvDownload(Format):
    """A CSV that Excel opens in the right encoding."""

    def get_title(self) -> str:
        return "CSV"

    def can_export(self) -> bool:
        return True

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(dataset.headers or [])
        writer.writerows([shown(cell) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")


def xlsx(sheets: Mapping[Any, Iterable[Sequence[Any]]]) -> bytes:
    """A workbook of `{sheet name: rows}`, the first row of each in bold and frozen."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(str(name))
            sheet.freeze_panes(1, 0)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    value = cell if isinstance(cell, int | float) else shown("" if cell is None else str(cell))
                    sheet.write(at, column, value, bold if at == 0 else None)
            sheet.autofit()
    return out.getvalue()
