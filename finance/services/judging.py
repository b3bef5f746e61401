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

from finance.domain.matching import OTHER_SETTLE_DAYS, SETTLE_DAYS, TOLERANCE_MINOR, Cause
from finance.domain.states import DifferenceState
from finance.models import Difference, Statement

_TOUCHED_BY_STATEMENT = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT DISTINCT order_ref FROM finance_statementline
 WHERE statement_id = %(statement)s AND kind IN ('payment', 'refund') AND order_ref <> '' AND superseded_at IS NULL
 UNION
SELECT l.order_ref FROM finance_repeatedline p JOIN finance_statementline l ON l.id = p.line_id
 WHERE p.statement_id = %(statement)s AND l.kind IN ('payment', 'refund') AND l.order_ref <> ''
"""
_TOUCHED_BY_REFS = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT DISTINCT l.order_ref FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id
 WHERE l.order_ref = ANY(%(refs)s) AND s.layout = %(layout)s AND l.kind IN ('payment', 'refund')
   AND l.superseded_at IS NULL
"""

# One row per order number (and shop, where the file's shop is known): what the platform has, what the order should
# bring, and the verdict on either side. The two CASEs follow judge_order and _side_verdict.
_JUDGED = """
CREATE TEMP TABLE judged ON COMMIT DROP AS
WITH seen AS (
  SELECT l.order_ref, COALESCE(s.shop_id, 0) AS shop_id, max(l.statement_id) AS statement_id,
         min(l.currency) AS currency, max(l.currency) AS currency_too,
         sum(CASE WHEN l.kind = 'payment' THEN l.in_minor - l.out_minor ELSE 0 END) AS paid,
         sum(CASE WHEN l.kind = 'refund' THEN l.out_minor - l.in_minor ELSE 0 END) AS back,
         bool_or(l.kind = 'payment') AS has_payment, bool_or(l.kind = 'refund') AS has_refund
    FROM finance_statementline l
    JOIN finance_statement s ON s.id = l.statement_id AND s.layout = %(layout)s
    JOIN touched t ON t.order_ref = l.order_ref
   WHERE l.kind IN ('payment', 'refund') AND l.superseded_at IS NULL
   GROUP BY 1, 2
), expected AS (
  SELECT g.order_ref, g.shop_id, count(*) AS orders, min(r.order_id) AS order_id, min(r.currency) AS currency,
         min(r.paid_minor) AS due, min(r.refunded_minor) AS due_back, min(r.platform) AS platform,
         min(r.paid_at) AS paid_at, min(r.refunded_at) AS refunded_at
    FROM seen g JOIN finance_receivable r ON r.order_no = g.order_ref AND (g.shop_id = 0 OR r.shop_id = g.shop_id)
   GROUP BY 1, 2
), met AS (
  SELECT g.*, e.platform, e.paid_at, e.refunded_at, COALESCE(e.due, 0) AS due, COALESCE(e.due_back, 0) AS due_back,
         CASE WHEN e.orders = 1 AND g.currency = e.currency AND g.currency_too = e.currency THEN e.order_id END
              AS order_id,
         CASE WHEN e.orders IS NULL THEN 'no_such_order'
              WHEN e.orders > 1 THEN 'several_orders'
              WHEN g.currency <> e.currency OR g.currency_too <> e.currency THEN 'other_currency'
              WHEN g.back = 0 AND e.due_back > 0 AND g.paid = e.due - e.due_back THEN 'net_of_refund'
              ELSE '' END AS whole
    FROM seen g LEFT JOIN expected e USING (order_ref, shop_id)
)
SELECT m.*,
       CASE WHEN whole = 'net_of_refund' THEN 'matched' WHEN whole <> '' THEN 'platform_only'
            WHEN paid = due THEN 'matched' WHEN due = 0 THEN 'status_mismatch'
            WHEN abs(paid - due) <= %(tolerance)s THEN 'rounding' ELSE 'amount_mismatch' END AS pay_cause,
       CASE WHEN whole <> '' THEN whole
            WHEN paid = due THEN 'order_and_amount' WHEN due = 0 THEN 'never_paid_here'
            WHEN abs(paid - due) <= %(tolerance)s THEN 'within_tolerance'
            WHEN paid > due THEN 'too_much' ELSE 'too_little' END AS pay_reason,
       CASE WHEN whole = 'net_of_refund' THEN 'matched' WHEN whole <> '' THEN 'platform_only'
            WHEN back = due_back THEN 'matched' WHEN due_back = 0 THEN 'status_mismatch'
            WHEN abs(back - due_back) <= %(tolerance)s THEN 'rounding' ELSE 'amount_mismatch' END AS back_cause,
       CASE WHEN whole <> '' THEN whole
            WHEN back = due_back THEN 'order_and_amount' WHEN due_back = 0 THEN 'never_refunded_here'
            WHEN abs(back - due_back) <= %(tolerance)s THEN 'within_tolerance'
            WHEN back > due_back THEN 'too_much' ELSE 'too_little' END AS back_reason
  FROM met m
"""

# Lines that repeat an earlier one, where leaving them out makes the side agree.
_COPIES = """
CREATE TEMP TABLE copies ON COMMIT DROP AS
WITH numbered AS (
  SELECT l.id, l.key, l.statement_id, j.order_ref, j.shop_id, j.order_id, l.kind, l.currency,
         CASE WHEN l.kind = 'payment' THEN l.in_minor - l.out_minor ELSE l.out_minor - l.in_minor END AS amount,
         CASE WHEN l.kind = 'payment' THEN j.paid - j.due ELSE j.back - j.due_back END AS delta,
         row_number() OVER (PARTITION BY j.order_ref, j.shop_id, l.kind, l.trade_no, l.in_minor - l.out_minor
                                ORDER BY l.key COLLATE "C") AS copy
    FROM judged j
    JOIN finance_statementline l ON l.order_ref = j.order_ref AND l.kind IN ('payment', 'refund')
    JOIN finance_statement s ON s.id = l.statement_id AND s.layout = %(layout)s AND COALESCE(s.shop_id, 0) = j.shop_id
   WHERE j.order_id IS NOT NULL AND j.whole = '' AND (j.paid <> j.due OR j.back <> j.due_back)
     AND l.superseded_at IS NULL
)
SELECT c.* FROM numbered c
  JOIN (SELECT order_ref, shop_id, kind FROM numbered WHERE copy > 1 GROUP BY 1, 2, 3
        HAVING sum(amount) = min(delta) AND min(delta) <> 0) d USING (order_ref, shop_id, kind)
 WHERE c.copy > 1
"""
_WITHOUT_COPIES = """
UPDATE judged j SET {side}_cause = 'matched', {side}_reason = 'order_and_amount'
 WHERE EXISTS (SELECT 1 FROM copies c WHERE c.order_ref = j.order_ref AND c.shop_id = j.shop_id AND c.kind = '{kind}')
"""

_MARK = """
WITH marked AS (
  UPDATE finance_statementline l
     SET cause = v.cause, reason = v.reason, order_id = v.order_id
    FROM (SELECT l.id, j.order_id,
                 CASE WHEN c.id IS NOT NULL THEN 'duplicate'
                      WHEN l.kind = 'payment' THEN j.pay_cause ELSE j.back_cause END AS cause,
                 CASE WHEN c.id IS NOT NULL THEN 'same_trade_twice'
                      WHEN l.kind = 'payment' THEN j.pay_reason ELSE j.back_reason END AS reason
            FROM judged j
            JOIN finance_statementline l ON l.order_ref = j.order_ref AND l.kind IN ('payment', 'refund')
            JOIN finance_statement s ON s.id = l.statement_id AND s.layout = %(layout)s
                                    AND COALESCE(s.shop_id, 0) = j.shop_id
            LEFT JOIN copies c ON c.id = l.id
           WHERE l.superseded_at IS NULL) v
   WHERE l.id = v.id AND (l.cause, l.reason, l.order_id) IS DISTINCT FROM (v.cause, v.reason, v.order_id)
  RETURNING l.statement_id)
INSERT INTO affected SELECT DISTINCT statement_id FROM marked
"""

# Fees name their order too, where they can; whose they are does not change what they are.
_LINK_FEES = """
UPDATE finance_statementline l SET order_id = r.order_id
  FROM finance_statement s, finance_receivable r
 WHERE s.id = l.statement_id AND r.order_no = l.order_ref AND l.cause = 'fee' AND l.order_ref <> ''
   AND l.order_id IS NULL AND l.superseded_at IS NULL AND (s.shop_id IS NULL OR r.shop_id = s.shop_id)
   AND (l.statement_id = %(statement)s OR l.order_ref = ANY(%(refs)s))
   AND NOT EXISTS (SELECT 1 FROM finance_receivable o WHERE o.order_no = r.order_no AND o.order_id <> r.order_id
                      AND (s.shop_id IS NULL OR o.shop_id = s.shop_id))
"""

_FOUND = """
CREATE TEMP TABLE found ON COMMIT DROP AS
SELECT %(layout)s || ':' || shop_id || ':' || order_ref || ':payment' AS key, statement_id, NULL::bigint AS line_id,
       order_id, order_ref, 'payment' AS side, pay_cause AS cause, pay_reason AS reason, paid AS platform_minor,
       CASE WHEN order_id IS NULL THEN 0 ELSE due END AS system_minor, currency
  FROM judged WHERE has_payment AND pay_cause <> 'matched'
 UNION ALL
SELECT %(layout)s || ':' || shop_id || ':' || order_ref || ':refund', statement_id, NULL, order_id, order_ref, 'refund',
       back_cause, back_reason, back, CASE WHEN order_id IS NULL THEN 0 ELSE due_back END, currency
  FROM judged WHERE has_refund AND back_cause <> 'matched'
 UNION ALL
SELECT 'line:' || key, statement_id, id, order_id, order_ref, kind, 'duplicate', 'same_trade_twice', amount, 0, currency
  FROM copies
 UNION ALL
SELECT 'line:' || key, statement_id, id, NULL, order_ref,
       CASE WHEN out_minor > in_minor THEN 'refund' ELSE 'payment' END, cause, reason, abs(in_minor - out_minor), 0,
       currency
  FROM finance_statementline
 WHERE statement_id = %(statement)s AND cause = 'platform_only' AND superseded_at IS NULL
   AND (order_ref = '' OR kind = 'other')
"""

_DAYS = "(CASE {platform} " + " ".join(f"WHEN '{name}' THEN {days}" for name, days in SETTLE_DAYS.items())
_DAYS += f" ELSE {OTHER_SETTLE_DAYS} END * interval '1 day')"

# Orders that lines speak of, but one side of whose money no line shows.
_HALF_ABSENT = f"""
INSERT INTO found
SELECT %(layout)s || ':' || j.shop_id || ':' || j.order_ref || ':' || v.side, j.statement_id, NULL, j.order_id,
       j.order_ref, v.side, CASE WHEN v.due_at > %(end)s - {_DAYS.format(platform="j.platform")} THEN 'timing'
       ELSE 'local_only' END, CASE WHEN v.due_at > %(end)s - {_DAYS.format(platform="j.platform")}
       THEN 'not_settled_yet' ELSE 'never_settled' END, 0, v.due, j.currency
  FROM judged j
  JOIN LATERAL (VALUES ('payment', j.due, j.paid_at, NOT j.has_payment), ('refund', j.due_back, j.refunded_at,
                NOT j.has_refund)) v (side, due, due_at, absent) ON v.absent AND v.due > 0 AND v.due_at >= %(first)s
 WHERE j.order_id IS NOT NULL AND j.whole = ''
"""  # noqa: S608 -- constants

# Orders of the statement's shops that should have been settled within its days and of which no line speaks.
_ABSENT = f"""
INSERT INTO found
SELECT %(layout)s || ':' || %(shop_key)s || ':' || v.order_no || ':payment', %(statement)s, NULL, v.order_id,
       v.order_no, 'payment', CASE WHEN v.soon THEN 'timing' ELSE 'local_only' END,
       CASE WHEN v.soon THEN 'not_settled_yet' ELSE 'never_settled' END, 0, v.due, v.currency
  FROM (SELECT r.*, r.paid_minor - r.refunded_minor AS due,
               r.paid_at > a.until - {_DAYS.format(platform="r.platform")} AS soon
          FROM finance_receivable r
          JOIN absence a ON a.shop_id = r.shop_id AND r.paid_at BETWEEN a.since AND a.until) v
 WHERE v.due > 0
   AND NOT EXISTS (SELECT 1 FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id
                    WHERE l.order_ref = v.order_no AND l.superseded_at IS NULL AND l.kind IN ('payment', 'refund')
                      AND s.layout = %(layout)s AND (s.shop_id IS NULL OR s.shop_id = v.shop_id))
"""  # noqa: S608 -- constants


def judge_statement(statement: Statement, superseded: Sequence[tuple[int, str]] = ()) -> None:
    """Fill the temporary tables for everything `statement` touches, absences included.

    `superseded`: statement and order number of lines that it has corrected.
    """
    params: dict[str, Any] = {"statement": statement.pk, "layout": statement.layout, "refs": []}
    with connection.cursor() as cursor:
        _fresh()
        cursor.execute(_TOUCHED_BY_STATEMENT, params)
        cursor.execute(
            "INSERT INTO affected SELECT DISTINCT unnest(%s::bigint[])",
            [[statement.pk, *(statement_id for statement_id, _ref in superseded)]],
        )
        cursor.execute(
            "INSERT INTO touched SELECT DISTINCT ref FROM unnest(%s::text[]) ref WHERE ref <> ''"
            " AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.order_ref = ref)",
            [[ref for _statement_id, ref in superseded]],
        )
    _judge(params)
    _absences(statement)


def judge_orders(layout: str, order_refs: list[str]) -> bool:
    """The same for single order numbers, whose orders have changed; False if no line speaks of them."""
    params: dict[str, Any] = {"statement": 0, "layout": layout, "refs": order_refs}
    with connection.cursor() as cursor:
        _fresh()
        cursor.execute(_TOUCHED_BY_REFS, params)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM touched)")
        if not cursor.fetchone()[0]:
            return False
    _judge(params)
    return True


def _fresh() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS touched, judged, copies, affected, found, absence")
        cursor.execute("CREATE TEMP TABLE affected (statement_id bigint) ON COMMIT DROP")


def _judge(params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE touched")
        cursor.execute(_JUDGED, {**params, "tolerance": TOLERANCE_MINOR})
        cursor.execute("ANALYZE judged")
        cursor.execute(_COPIES, params)
        for side, kind in (("pay", "payment"), ("back", "refund")):
            cursor.execute(_WITHOUT_COPIES.format(side=side, kind=kind))
        cursor.execute(_MARK, params)
        cursor.execute(_LINK_FEES, params)
        cursor.execute(_FOUND, params)


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
        params: dict[str, Any] = {"statement": statement.pk, "layout": statement.layout, "end": end, "first": first,
                  "shop_key": str(statement.shop_id or 0)}  # fmt: skip
        since = max(
            first, min(start - timedelta(days=max(SETTLE_DAYS.values())), _oldest_wait(statement, shops) or start)
        )
        cursor.execute("INSERT INTO absence SELECT unnest(%s::bigint[]), %s, %s", [shops, since, end])
        cursor.execute(_HALF_ABSENT, params)
        cursor.execute(_ABSENT, params)


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
