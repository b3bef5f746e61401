"""`finance.domain.matching` said in SQL: whole statements are judged in a few set-based steps.

Works on temporary tables of the transaction: `touched` (order_ref) goes in; `judged`, `copies`, `affected` and `found`
come out. Lines of one order number are judged over all statements of one layout, so that a platform may pay in parts
and over several files.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min

from finance.domain.matching import SETTLE_DAYS, TOLERANCE_MINOR, Cause
from finance.domain.states import DifferenceState
from finance.models import Difference, Statement
from finance.services import judging_sql as sql


def judge_statement(statement: Statement, superseded: Sequence[tuple[int, str]] = (), *, staged: bool = False) -> None:
    """Fill the temporary tables for everything `statement` touches, absences included.

    `superseded`: statement and order number of lines that it has corrected. `staged`: its lines are still in table
    `bill_staging`; they are stored on the way, each with its verdict.
    """
    params: dict[str, Any] = {
        "statement": statement.pk, "layout": statement.layout, "shop": statement.shop_id or 0, "refs": [],
        "corrected": [ref for _statement_id, ref in superseded],
    }  # fmt: skip
    where = "staged" if staged else "stored"
    with connection.cursor() as cursor:
        _fresh()
        cursor.execute(sql.TOUCHED_BY_STATEMENT[where], params)
        cursor.execute(
            "INSERT INTO affected SELECT DISTINCT unnest(%s::bigint[])",
            [[statement.pk, *(statement_id for statement_id, _ref in superseded)]],
        )
    _judge(params, where)
    _absences(statement)


def judge_orders(layout: str, order_refs: list[str]) -> bool:
    """The same for single order numbers, whose orders have changed; False if no line speaks of them."""
    params: dict[str, Any] = {"statement": 0, "layout": layout, "shop": 0, "refs": order_refs}
    with connection.cursor() as cursor:
        _fresh()
        cursor.execute(sql.TOUCHED_BY_REFS, params)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM touched)")
        if not cursor.fetchone()[0]:
            return False
    _judge(params, "stored")
    return True


def _fresh() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS touched, judged, copies, affected, found, absence")
        cursor.execute("CREATE TEMP TABLE affected (statement_id bigint) ON COMMIT DROP")


def _judge(params: dict[str, Any], where: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE touched")
        cursor.execute(sql.JUDGED[where], {**params, "tolerance": TOLERANCE_MINOR})
        cursor.execute("ANALYZE judged")
        cursor.execute(sql.COPIES[where], params)
        for side, kind in (("pay", "payment"), ("back", "refund")):
            cursor.execute(sql.WITHOUT_COPIES.format(side=side, kind=kind))
        cursor.execute(sql.MARK, params)
        if where == "staged":
            cursor.execute(sql.STORE, params)
            cursor.execute(sql.STORE_REPEATS, params)
        cursor.execute(sql.LINK_FEES, params)
        cursor.execute(sql.FOUND, params)


def _absences(statement: Statement) -> None:
    """Look for money that should be in the statement; table `absence` says of which shops and days it may be said."""
    start, end, shops = statement.period_start, statement.period_end, _shops(statement)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE absence (shop_id bigint, since timestamptz, until timestamptz) ON COMMIT DROP"
        )
        if start is None or end is None or not shops:
            return
        first = _first_day(statement)
        params: dict[str, Any] = {
            "statement": statement.pk,
            "layout": statement.layout,
            "end": end,
            "first": first,
        }
        since = max(
            first, min(start - timedelta(days=max(SETTLE_DAYS.values())), _oldest_wait(statement, shops) or start)
        )
        cursor.execute("INSERT INTO absence SELECT unnest(%s::bigint[]), %s, %s", [shops, since, end])
        cursor.execute(sql.HALF_ABSENT, params)
        cursor.execute(sql.ABSENT, params)


def _shops(statement: Statement) -> list[int]:
    """The shops this file speaks for: its own, or those whose orders it names."""
    if statement.shop_id is not None:
        return [statement.shop_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.shop_id FROM judged j JOIN finance_receivable r ON r.order_id = j.order_id ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def _first_day(statement: Statement) -> datetime:
    """Since when bills of this format are imported: nothing earlier can be missed."""
    bills = Statement.objects.filter(layout=statement.layout, period_start__isnull=False)
    if statement.shop_id is not None:
        bills = bills.filter(shop_id=statement.shop_id)
    days = bills.values_list("period_start", flat=True)
    return min(day for day in days if day is not None)


def _oldest_wait(statement: Statement, shops: list[int]) -> datetime | None:
    """When the oldest order was paid that we still wait for; it may have become overdue."""
    waiting = Difference.objects.filter(
        cause=Cause.TIMING, statement__layout=statement.layout, order__receivable__shop_id__in=shops
    ).exclude(state=DifferenceState.GONE)
    return waiting.aggregate(oldest=Min("order__receivable__paid_at"))["oldest"]
