"""Take a bill in. The same file twice changes nothing; a line that an earlier file brought counts once."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg2.errors import QueryCanceled
from psycopg2.extensions import cursor as Psycopg2Cursor

from core.services import audit
from finance.domain.bills import Bill, BillError, BillLine, Kind, read_bill
from finance.models import Statement
from finance.services.reconciliation import reconcile

log = logging.getLogger(__name__)

# Lines of our own movements may name a person; what they say adds nothing to a reconciliation.
_NAMES_PEOPLE = {Kind.TRANSFER, Kind.WITHDRAWAL, Kind.OTHER}
_COLUMNS = "row_no, key, kind, occurred_at, order_ref, trade_no, in_minor, out_minor, currency, text"
_STAGING = """
CREATE TEMP TABLE bill_staging (
    row_no int NOT NULL, key text NOT NULL, kind text NOT NULL, occurred_at timestamptz NOT NULL,
    order_ref text NOT NULL, trade_no text NOT NULL, in_minor bigint NOT NULL, out_minor bigint NOT NULL,
    currency text NOT NULL, text text NOT NULL
) ON COMMIT DROP
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """`fresh` is False when this very file had been imported before."""

    statement: Statement
    fresh: bool


def import_statement(
    data: bytes,
    source: str,
    *,
    name: str = "",
    shop_id: int | None = None,
    mapping: Mapping[str, str] | None = None,
    user_id: int | None = None,
) -> Imported:
    """Read, store and reconcile a bill, all or nothing. Raises BillError when it cannot be read.

    Without `shop_id` its lines may belong to any shop. `mapping` (role -> column) names the columns of a generic table.
    """
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        _one_at_a_time(source)
        known = Statement.objects.filter(source=source, sha256=digest).first()
        if known is not None:
            reconcile(known.pk)
            known.refresh_from_db()
            return Imported(known, fresh=False)
        bill = read_bill(data, source, name=name, mapping=mapping)
        statement = Statement.objects.create(
            source=source, layout=bill.layout, shop_id=shop_id, sha256=digest, file_name=name[-200:],
            account=bill.account[:80], imported_by_id=user_id,
        )  # fmt: skip
        _stage(bill, f"{source}:{shop_id or ''}:" if source == "generic" else f"{source}:")
        _describe(statement, bill)
        superseded = _set_aside(statement)
        audit.record("statement.import", f"finance.statement:{statement.pk}", after={"rows": statement.rows})
        reconcile(statement.pk, superseded, staged=True)
        _clear()
    statement.refresh_from_db()
    return Imported(statement, fresh=True)


def _clear() -> None:
    """A later import of the same transaction starts with its own tables."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bill_staging, bill_repeat")


def _one_at_a_time(source: str) -> None:
    """Two files of one source may bring the same lines; the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"finance.import:{source}"])


def _stage(bill: Bill, scope: str) -> None:
    """Stream the lines into a temporary table; the server stores while we still read."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        raw: Psycopg2Cursor = cursor.cursor
        feed = _Feed(bill, scope)
        try:
            # psycopg2 only ever calls read(); its stubs ask for more.
            raw.copy_expert(f"COPY bill_staging ({_COLUMNS}) FROM STDIN", feed, size=1 << 18)  # type: ignore[arg-type]
        except QueryCanceled as exc:  # how psycopg2 tells that read() raised
            raise feed.refusal or exc from exc
        cursor.execute("SELECT count(DISTINCT currency) FROM bill_staging")
        if cursor.fetchone()[0] > 1:
            raise BillError("mixed_currencies", "The file mixes currencies; import one file per currency.")


class _Feed:
    """What COPY reads: the bill's lines in PostgreSQL's text format."""

    def __init__(self, bill: Bill, scope: str) -> None:
        self._rows = (_copy_row(line, scope) for line in bill.lines())
        self._rest = ""
        self.refusal: BillError | None = None

    def read(self, size: int) -> str:
        parts, length = [self._rest], len(self._rest)
        try:
            while length < size and (row := next(self._rows, None)) is not None:
                parts.append(row)
                length += len(row)
        except BillError as exc:
            self.refusal = exc
            raise
        text = "".join(parts)
        self._rest = text[size:]
        return text[:size]


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": " ", "\n": " ", "\r": " ", "\0": None})


def _copy_row(line: BillLine, scope: str) -> str:
    text = "" if line.kind in _NAMES_PEOPLE else line.text[:120]
    row = (
        f"{line.row_no}\t{scope}{line.line_id[:100]}\t{line.kind}\t{line.occurred_at.isoformat()}\t{line.order_ref[:80]}"
        f"\t{line.trade_no[:80]}\t{line.in_minor}\t{line.out_minor}\t{line.currency[:3]}\t{text}"
    )
    if row.count("\t") == 9 and "\\" not in row and "\n" not in row and "\r" not in row and "\0" not in row:
        return row + "\n"
    cells: Iterator[Any] = iter(
        (line.row_no, scope + line.line_id[:100], line.kind, line.occurred_at.isoformat(), line.order_ref[:80],
         line.trade_no[:80], line.in_minor, line.out_minor, line.currency[:3], text)
    )  # fmt: skip
    return "\t".join(str(cell).translate(_ESCAPES) for cell in cells) + "\n"


_SUPERSEDE = """
UPDATE finance_statementline l SET superseded_at = now()
  FROM (SELECT DISTINCT ON (key) * FROM bill_staging ORDER BY key, row_no) s
 WHERE l.key = s.key AND l.superseded_at IS NULL
   AND (l.kind, l.occurred_at, l.order_ref, l.in_minor, l.out_minor, l.currency)
       IS DISTINCT FROM (s.kind, s.occurred_at, s.order_ref, s.in_minor, s.out_minor, s.currency)
RETURNING l.statement_id, l.order_ref
"""
# Rows that another row has told already, in an earlier file or in this one, are set aside before the rest is judged.
_TWICE = "SELECT EXISTS (SELECT 1 FROM bill_staging GROUP BY key HAVING count(*) > 1)"
_ASIDE_TWICE = """
WITH numbered AS (SELECT ctid, row_number() OVER (PARTITION BY key ORDER BY row_no) AS copy FROM bill_staging),
gone AS (DELETE FROM bill_staging b USING numbered n WHERE n.ctid = b.ctid AND n.copy > 1 RETURNING b.row_no, b.key)
INSERT INTO bill_repeat SELECT row_no, key FROM gone
"""
_ASIDE_KNOWN = """
WITH gone AS (DELETE FROM bill_staging b USING finance_statementline l WHERE l.key = b.key AND l.superseded_at IS NULL
              RETURNING b.row_no, b.key)
INSERT INTO bill_repeat SELECT row_no, key FROM gone
"""


def _set_aside(statement: Statement) -> list[tuple[int, str]]:
    """Leave only new lines in the staging table, repeated ones in `bill_repeat`.

    Returns the superseded lines as `(statement id, order number)`.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bill_staging")
        cursor.execute(_SUPERSEDE)
        superseded = cursor.fetchall()
        cursor.execute("CREATE TEMP TABLE bill_repeat (row_no int, key text) ON COMMIT DROP")
        cursor.execute(_TWICE)
        if cursor.fetchone()[0]:
            cursor.execute(_ASIDE_TWICE)
        cursor.execute(_ASIDE_KNOWN)
        cursor.execute("SELECT count(*) FROM bill_repeat")
        statement.repeated_rows = cursor.fetchone()[0]
        statement.save(update_fields=["repeated_rows"])
        return superseded


_TOTALS = """
SELECT count(DISTINCT row_no), COALESCE(sum(in_minor), 0), COALESCE(sum(out_minor), 0), min(occurred_at),
       max(occurred_at), COALESCE(min(currency), 'CNY') FROM bill_staging
"""


def _describe(statement: Statement, bill: Bill) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        rows, into, out, first, last, currency = cursor.fetchone()
    period = bill.period
    statement.period_start, statement.period_end = period or (first, last)
    statement.rows, statement.in_minor, statement.out_minor, statement.currency = rows, into, out, currency
    statement.warnings = bill.warnings[:100]
    statement.save()
