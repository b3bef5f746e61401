"""The statements of `finance.services.judging`.

`stored` judges lines as they are in the table; `staged` judges those of `bill_staging` with them, before they are.
"""

from finance.domain.matching import OTHER_SETTLE_DAYS, SETTLE_DAYS

_OWN_REFS = {
    "staged": """
SELECT order_ref FROM bill_staging WHERE kind IN ('payment', 'refund') AND order_ref <> ''
 UNION
SELECT l.order_ref FROM bill_repeat p JOIN finance_statementline l ON l.key = p.key AND l.superseded_at IS NULL
 WHERE l.kind IN ('payment', 'refund') AND l.order_ref <> ''
""",
    "stored": """
SELECT order_ref FROM finance_statementline
 WHERE statement_id = %(statement)s AND kind IN ('payment', 'refund') AND order_ref <> '' AND superseded_at IS NULL
""",
}
TOUCHED_BY_STATEMENT = {
    where: f"""
CREATE TEMP TABLE touched ON COMMIT DROP AS {refs}
 UNION
SELECT l.order_ref FROM finance_repeatedline p JOIN finance_statementline l ON l.id = p.line_id
 WHERE p.statement_id = %(statement)s AND l.kind IN ('payment', 'refund') AND l.order_ref <> ''
 UNION
SELECT ref FROM unnest(%(corrected)s::text[]) ref WHERE ref <> ''
"""  # noqa: S608 -- constants
    for where, refs in _OWN_REFS.items()
}
TOUCHED_BY_REFS = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT DISTINCT l.order_ref FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id
 WHERE l.order_ref = ANY(%(refs)s) AND s.layout = %(layout)s AND l.kind IN ('payment', 'refund')
   AND l.superseded_at IS NULL
"""

_STORED_LINES = """
  SELECT l.id, l.key, l.statement_id, COALESCE(s.shop_id, 0) AS shop_id, l.kind, l.order_ref, l.trade_no, l.in_minor,
         l.out_minor, l.currency
    FROM finance_statementline l
    JOIN finance_statement s ON s.id = l.statement_id AND s.layout = %(layout)s
    JOIN touched t ON t.order_ref = l.order_ref
   WHERE l.kind IN ('payment', 'refund') AND l.superseded_at IS NULL
"""
_STAGED_LINES = """
   UNION ALL
  SELECT NULL, key, %(statement)s, %(shop)s, kind, order_ref, trade_no, in_minor, out_minor, currency
    FROM bill_staging WHERE kind IN ('payment', 'refund') AND order_ref <> ''
"""
_LINES = {"stored": _STORED_LINES, "staged": _STORED_LINES + _STAGED_LINES}

# One row per order number (and shop, where the file's shop is known): what the platform has, what the order should
# bring, and the verdict on either side. The two CASEs follow judge_order and _side_verdict.
_JUDGED = """
CREATE TEMP TABLE judged ON COMMIT DROP AS
WITH line AS ({lines}
), seen AS (
  SELECT l.order_ref, l.shop_id, max(l.statement_id) AS statement_id,
         min(l.currency) AS currency, max(l.currency) AS currency_too,
         sum(CASE WHEN l.kind = 'payment' THEN l.in_minor - l.out_minor ELSE 0 END) AS paid,
         sum(CASE WHEN l.kind = 'refund' THEN l.out_minor - l.in_minor ELSE 0 END) AS back,
         bool_or(l.kind = 'payment') AS has_payment, bool_or(l.kind = 'refund') AS has_refund
    FROM line l GROUP BY 1, 2
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
JUDGED = {where: _JUDGED.format(lines=lines) for where, lines in _LINES.items()}

# Lines that repeat an earlier one, where leaving them out makes the side agree.
_COPIES = """
CREATE TEMP TABLE copies ON COMMIT DROP AS
WITH line AS ({lines}
), numbered AS (
  SELECT l.id, l.key, l.statement_id, j.order_ref, j.shop_id, j.order_id, l.kind, l.currency,
         CASE WHEN l.kind = 'payment' THEN l.in_minor - l.out_minor ELSE l.out_minor - l.in_minor END AS amount,
         CASE WHEN l.kind = 'payment' THEN j.paid - j.due ELSE j.back - j.due_back END AS delta,
         row_number() OVER (PARTITION BY j.order_ref, j.shop_id, l.kind, l.trade_no, l.in_minor - l.out_minor
                                ORDER BY l.key COLLATE "C") AS copy
    FROM judged j JOIN line l ON l.order_ref = j.order_ref AND l.shop_id = j.shop_id
   WHERE j.order_id IS NOT NULL AND j.whole = '' AND (j.paid <> j.due OR j.back <> j.due_back)
)
SELECT c.* FROM numbered c
  JOIN (SELECT order_ref, shop_id, kind FROM numbered WHERE copy > 1 GROUP BY 1, 2, 3
        HAVING sum(amount) = min(delta) AND min(delta) <> 0) d USING (order_ref, shop_id, kind)
 WHERE c.copy > 1
"""
COPIES = {where: _COPIES.format(lines=lines) for where, lines in _LINES.items()}
WITHOUT_COPIES = """
UPDATE judged j SET {side}_cause = 'matched', {side}_reason = 'order_and_amount'
 WHERE EXISTS (SELECT 1 FROM copies c WHERE c.order_ref = j.order_ref AND c.shop_id = j.shop_id AND c.kind = '{kind}')
"""

MARK = """
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

# Staged lines are stored with their verdict at once. What a line is about decides, except where an order must be asked.
STORE = """
INSERT INTO finance_statementline (statement_id, cause, reason, order_id, row_no, key, kind, occurred_at, order_ref,
                                   trade_no, in_minor, out_minor, currency, text)
SELECT %(statement)s,
       CASE WHEN b.kind IN ('fee', 'fee_refund', 'freight', 'discount') THEN 'fee'
            WHEN b.kind IN ('transfer', 'withdrawal') THEN 'transfer'
            WHEN b.kind = 'other' OR b.order_ref = '' THEN 'platform_only'
            WHEN c.key IS NOT NULL THEN 'duplicate'
            WHEN b.kind = 'payment' THEN j.pay_cause ELSE j.back_cause END,
       CASE WHEN b.kind NOT IN ('payment', 'refund') THEN 'kind_of_line'
            WHEN b.order_ref = '' THEN 'no_order_named'
            WHEN c.key IS NOT NULL THEN 'same_trade_twice'
            WHEN b.kind = 'payment' THEN j.pay_reason ELSE j.back_reason END,
       j.order_id, b.row_no, b.key, b.kind, b.occurred_at, b.order_ref, b.trade_no, b.in_minor, b.out_minor, b.currency,
       b.text
  FROM bill_staging b
  LEFT JOIN judged j ON b.kind IN ('payment', 'refund') AND j.order_ref = b.order_ref AND j.shop_id = %(shop)s
  LEFT JOIN copies c ON c.key = b.key
 ORDER BY b.row_no
"""

STORE_REPEATS = """
INSERT INTO finance_repeatedline (statement_id, row_no, line_id)
SELECT DISTINCT %(statement)s::bigint, p.row_no, l.id
  FROM bill_repeat p JOIN finance_statementline l ON l.key = p.key AND l.superseded_at IS NULL
"""

# Fees name their order too, where they can; whose they are does not change what they are.
LINK_FEES = """
UPDATE finance_statementline l SET order_id = r.order_id
  FROM finance_statement s, finance_receivable r
 WHERE s.id = l.statement_id AND r.order_no = l.order_ref AND l.cause = 'fee' AND l.order_ref <> ''
   AND l.order_id IS NULL AND l.superseded_at IS NULL AND (s.shop_id IS NULL OR r.shop_id = s.shop_id)
   AND (l.statement_id = %(statement)s OR l.order_ref = ANY(%(refs)s))
   AND NOT EXISTS (SELECT 1 FROM finance_receivable o WHERE o.order_no = r.order_no AND o.order_id <> r.order_id
                      AND (s.shop_id IS NULL OR o.shop_id = s.shop_id))
"""

FOUND = """
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
SELECT 'line:' || c.key, c.statement_id, l.id, c.order_id, c.order_ref, c.kind, 'duplicate', 'same_trade_twice',
       c.amount, 0, c.currency
  FROM copies c JOIN finance_statementline l ON l.key = c.key AND l.superseded_at IS NULL
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
HALF_ABSENT = f"""
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
ABSENT = f"""
INSERT INTO found
SELECT %(layout)s || ':' || v.shop_id || ':' || v.order_no || ':payment', %(statement)s, NULL, v.order_id,
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
