"""Bills of payment platforms and banks, read into one shape. Pure: bytes in, lines out.

bill = read_bill(data, "alipay", name="20260101_账务明细.zip")
for line in bill.lines(): ...
bill.warnings
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from finance.domain.bills import alipay, generic, jd, wechat
from finance.domain.bills.container import Document, open_upload
from finance.domain.bills.line import BillError, BillLine, Kind, Source
from finance.domain.bills.table import Layout, Table, find_table

_LAYOUTS: Mapping[Source, Sequence[Layout]] = {
    Source.ALIPAY: alipay.LAYOUTS,
    Source.WECHAT: wechat.LAYOUTS,
    Source.JD: jd.LAYOUTS,
}


@dataclass(frozen=True)
class Bill:
    """One upload: usually one table, several when an archive holds several days. Iterate `lines()` once."""

    source: Source
    tables: Sequence[Table]

    def lines(self) -> Iterator[BillLine]:
        """Every line. Row numbers run on from table to table. Raises BillError for a row that cannot be read."""
        before = 0
        for table in self.tables:
            for line in table.lines():
                yield line._replace(row_no=line.row_no + before) if before else line
            before += table.rows

    @property
    def layout(self) -> str:
        return self.tables[0].layout.name

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def warnings(self) -> list[str]:
        """`code: detail` texts; complete once the lines were read."""
        return [warning for table in self.tables for warning in table.warnings]

    @property
    def account(self) -> str:
        return next((table.account for table in self.tables if table.account), "")

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        periods = [table.period for table in self.tables if table.period]
        return (min(p[0] for p in periods), max(p[1] for p in periods)) if periods else None


def read_bill(data: bytes, source: str, *, name: str = "", mapping: Mapping[str, str] | None = None) -> Bill:
    """Open an upload of `source`. `mapping` (role -> column) applies to generic tables only.

    Raises BillError with a stable code when it is not such a bill; rows are read, and may raise, while iterating.
    """
    source = Source(source)
    layouts = generic.layouts(mapping) if source is Source.GENERIC else _LAYOUTS[source]
    documents = list(open_upload(data, name))
    tables, refusal = [], None
    for document in documents:
        try:
            table = find_table(document, layouts)
        except BillError as exc:  # another member of the archive may be the one we want
            refusal = refusal or exc
            continue
        if table is not None:
            tables.append(table)
    if tables:
        return Bill(source, tables)
    if refusal is None or refusal.code == "unknown_columns":
        refusal = _what_else(documents, source) or refusal
    raise refusal or BillError(
        "no_header", "No table with the columns of such a bill was found.", {"source": source.value}
    )


def _what_else(documents: Sequence[Document], source: Source) -> BillError | None:
    """A refusal that names the platform whose bill this is instead."""
    for other, layouts in _LAYOUTS.items():
        for document in documents if other is not source else ():
            try:
                found = find_table(document, layouts)
            except BillError:
                continue
            if found is not None:
                fields = {"source": source.value, "looks_like": other.value}
                return BillError("wrong_source", "This is another platform's bill.", fields)
    return None


__all__ = ["Bill", "BillError", "BillLine", "Kind", "Source", "read_bill"]
