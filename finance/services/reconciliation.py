"""Step 9: a statement against the orders. Judge, keep the differences, book, count, tell."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce

from core.events import NewEvent
from core.models import Event
from core.services.events import Append, append
from finance.domain.events import DIFFERENCE_FOUND, STATEMENT_RECONCILED
from finance.domain.states import DifferenceState
from finance.models import Difference, Statement, StatementLine
from finance.services import counters, differences, judging, settlement

MAX_IDS_IN_EVENT = 100
MANY = 2000

# What an order's bill lines cost it. Two formats may show the same fee: the fuller one counts.
_FEES = """
INSERT INTO finance_ordercost AS c (order_id, goods_fen, packing_fen, labour_fen, freight_estimated_fen,
                                    platform_fee_fen, after_sales_fen, parcels)
SELECT order_id, 0, 0, 0, 0, max(fee), 0, 0
  FROM (SELECT l.order_id, s.layout, sum(l.out_minor - l.in_minor) AS fee
          FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id
         WHERE l.cause = 'fee' AND l.kind <> 'freight' AND l.currency = 'CNY' AND l.superseded_at IS NULL
           AND l.order_id IN (SELECT order_id FROM finance_statementline
                               WHERE cause = 'fee' AND order_id IS NOT NULL AND {scope})
         GROUP BY 1, 2) f
 GROUP BY order_id ORDER BY order_id
ON CONFLICT (order_id) DO UPDATE SET platform_fee_fen = EXCLUDED.platform_fee_fen
 WHERE c.platform_fee_fen <> EXCLUDED.platform_fee_fen
"""


def reconcile(statement_id: int, superseded: Sequence[tuple[int, str]] = (), *, staged: bool = False) -> Statement:
    """Judge a statement anew against the orders as they are now; a second run with nothing new changes nothing.

    `superseded`: `(statement id, order number)` of lines that this statement has just corrected; `staged`: its lines
    are still in table `bill_staging`, to be stored with their verdicts.
    """
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=statement_id)
        _one_at_a_time(statement.layout)
        with _plans_for(statement.rows):
            judging.judge_statement(statement, superseded, staged=staged)
            changed = differences.record(statement.layout, absences=True)
            _spread_fees("statement_id = %(statement)s", {"statement": statement.pk})
            _finish(statement.layout, changed)
        statement.refresh_from_db()
    return statement


def rematch(order_refs: Iterable[str]) -> None:
    """Orders have changed: judge again what bills say of them."""
    refs = sorted(set(order_refs))
    with transaction.atomic():
        lines = StatementLine.objects.filter(order_ref__in=refs, superseded_at=None)
        for layout in sorted(set(lines.values_list("statement__layout", flat=True))):
            _one_at_a_time(layout)
            if judging.judge_orders(layout, refs):
                _finish(layout, differences.record(layout, absences=False))
        _spread_fees("order_ref = ANY(%(refs)s)", {"refs": refs})


@contextmanager
def _plans_for(rows: int) -> Iterator[None]:
    """Lines that were stored a moment ago are not in the planner's statistics: it would take a million for one and join
    row by row, for hours. From MANY rows on it has to hash."""
    if rows < MANY:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL work_mem = DEFAULT")


def _one_at_a_time(layout: str) -> None:
    """Judgements of one format share orders and differences; they follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"finance.reconcile:{layout}"])


def _spread_fees(scope: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FEES.format(scope=scope), params)


def _finish(layout: str, changed: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT statement_id FROM affected")
        affected = {row[0] for row in cursor.fetchall()}
    affected.update(Difference.objects.filter(id__in=changed).values_list("statement_id", flat=True).distinct())
    settlement.book(affected)
    for statement, moved in counters.refresh(affected):
        if moved or changed:
            _tell(statement, changed)


def _tell(statement: Statement, changed: Sequence[int]) -> None:
    news = [
        NewEvent(
            STATEMENT_RECONCILED,
            {
                "source": statement.source, "shop_id": statement.shop_id, "rows": statement.rows,
                "matched": statement.matched_rows, "explained": statement.explained_rows,
                "unexplained": statement.unexplained_rows, "residual_minor": statement.residual_minor,
                "currency": statement.currency,
            },
        )
    ]  # fmt: skip
    fresh = Difference.objects.filter(id__in=changed, statement=statement, state=DifferenceState.OPEN)
    for group in (
        fresh.values("cause", "owner", "currency")
        .annotate(count=Count("id"), gain_minor=Sum("gain_minor"))
        .order_by("cause")
    ):
        ids = fresh.filter(cause=group["cause"], owner=group["owner"]).order_by("id").values_list("id", flat=True)
        news.append(NewEvent(DIFFERENCE_FOUND, {**group, "difference_ids": list(ids[:MAX_IDS_IN_EVENT])}))
    stream = f"finance.statement:{statement.pk}"
    version = Event.objects.filter(stream=stream).aggregate(last=Coalesce(Max("version"), 0))["last"]
    append([Append(stream, version, news)])
