"""Money audited in plain SQL."""

from core.invariants import Check

_SETTLED = "('matched', 'fee', 'transfer', 'rounding', 'timing')"

CHECKS = [
    Check(
        "finance: every journal entry balances in every currency",
        "SELECT count(*) FROM finance_journalentry",
        "SELECT count(*) FROM (SELECT entry_id FROM finance_posting GROUP BY entry_id, currency"
        " HAVING sum(amount_minor) <> 0) e",
    ),
    Check(
        "finance: no journal entry is empty",
        "SELECT count(*) FROM finance_journalentry",
        "SELECT count(*) FROM finance_journalentry e WHERE (SELECT count(*) FROM finance_posting p"
        " WHERE p.entry_id = e.id) < 2",
    ),
    Check(
        "finance: what an order should bring agrees with the order",
        "SELECT count(*) FROM finance_receivable",
        """SELECT count(*) FROM finance_receivable r JOIN oms_order o ON o.id = r.order_id
            WHERE r.paid_minor <> greatest(COALESCE(o.paid_minor, 0), 0) OR r.order_no <> o.order_no
               OR r.shop_id <> o.shop_id OR r.currency <> o.currency OR r.refunded_minor < o.refunded_minor""",
    ),
    Check(
        "finance: what is booked of an order agrees with its postings",
        "SELECT count(*) FROM finance_receivable",
        """SELECT count(*) FROM finance_receivable r LEFT JOIN (
              SELECT e.order_id,
                     sum(p.amount_minor) FILTER (WHERE e.kind = 'sale' AND p.account = '1122') AS sale,
                     -sum(p.amount_minor) FILTER (WHERE e.kind = 'refund' AND p.account = '1122') AS refund,
                     sum(p.amount_minor) FILTER (WHERE e.kind = 'revenue' AND p.account = '2203') AS revenue
                FROM finance_journalentry e JOIN finance_posting p ON p.entry_id = e.id
               WHERE e.order_id IS NOT NULL GROUP BY 1) b ON b.order_id = r.order_id
            WHERE (r.paid_minor, r.refunded_minor, r.booked_revenue_minor)
                  IS DISTINCT FROM (COALESCE(b.sale, 0), COALESCE(b.refund, 0), COALESCE(b.revenue, 0))""",
    ),
    Check(
        "finance: no order has earned more than it keeps",
        "SELECT count(*) FROM finance_receivable",
        "SELECT count(*) FROM finance_receivable WHERE booked_revenue_minor > greatest(paid_minor - refunded_minor, 0)",
    ),
    Check(
        "finance: every imported line is on the books, in its statement's wallet",
        "SELECT count(*) FROM finance_statementline WHERE superseded_at IS NULL",
        """SELECT count(*) FROM finance_statement s
             LEFT JOIN (SELECT statement_id, sum(in_minor - out_minor) AS net FROM finance_statementline
                         WHERE superseded_at IS NULL GROUP BY 1) l ON l.statement_id = s.id
             LEFT JOIN (SELECT e.statement_id, sum(p.amount_minor) AS net FROM finance_journalentry e
                          JOIN finance_posting p ON p.entry_id = e.id AND p.account LIKE '1012.%'
                         WHERE e.kind = 'settlement' GROUP BY 1) b ON b.statement_id = s.id
            WHERE COALESCE(l.net, 0) <> COALESCE(b.net, 0)""",
    ),
    Check(
        "finance: every line belongs to a statement, and to an order that exists",
        "SELECT count(*) FROM finance_statementline",
        "SELECT count(*) FROM finance_statementline l LEFT JOIN finance_statement s ON s.id = l.statement_id"
        " LEFT JOIN oms_order o ON o.id = l.order_id WHERE s.id IS NULL OR (l.order_id IS NOT NULL AND o.id IS NULL)",
    ),
    Check(
        "finance: every line of a reconciled statement has a cause and a reason",
        "SELECT count(*) FROM finance_statementline",
        "SELECT count(*) FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id"
        " WHERE s.reconciled_at IS NOT NULL AND l.superseded_at IS NULL AND (l.cause = '' OR l.reason = '')",
    ),
    Check(
        "finance: matched, explained and unexplained rows add up to the statement",
        "SELECT count(*) FROM finance_statement",
        "SELECT count(*) FROM finance_statement WHERE reconciled_at IS NOT NULL"
        " AND rows <> matched_rows + explained_rows + unexplained_rows",
    ),
    Check(
        "finance: every unexplained line belongs to a difference",
        "SELECT count(*) FROM finance_statementline",
        f"""SELECT count(*) FROM finance_statementline l JOIN finance_statement s ON s.id = l.statement_id
             WHERE l.superseded_at IS NULL AND s.reconciled_at IS NOT NULL AND l.cause NOT IN {_SETTLED}
               AND NOT EXISTS (SELECT 1 FROM finance_difference d WHERE d.line_id = l.id AND d.state <> 'gone')
               AND NOT EXISTS (SELECT 1 FROM finance_difference d JOIN finance_statement t ON t.id = d.statement_id
                                WHERE d.order_ref = l.order_ref AND d.side = l.kind AND t.layout = s.layout
                                  AND d.state <> 'gone')""",
    ),
    Check(
        "finance: an open difference has an owner, a closed one says when and by whom",
        "SELECT count(*) FROM finance_difference",
        "SELECT count(*) FROM finance_difference WHERE (state = 'open' AND owner = '')"
        " OR (state IN ('approved', 'gone') AND (closed_at IS NULL OR closed_by = ''))",
    ),
    Check(
        "finance: approvals on the books agree with the differences",
        "SELECT count(*) FROM finance_difference",
        """SELECT count(*) FROM (
             SELECT COALESCE((SELECT sum(booked_minor) FROM finance_difference), 0) AS said,
                    COALESCE((SELECT -sum(p.amount_minor) FROM finance_journalentry e
                                JOIN finance_posting p ON p.entry_id = e.id AND p.account IN ('6301', '6711', '6603.09')
                               WHERE e.kind = 'adjustment'), 0) AS booked) x WHERE said <> booked""",
    ),
    Check(
        "finance: red invoices never exceed their blue one",
        "SELECT count(*) FROM finance_invoice",
        """SELECT count(*) FROM (SELECT b.id FROM finance_invoice b JOIN finance_invoice r ON r.blue_id = b.id
             AND r.state <> 'failed' GROUP BY b.id, b.amount_fen HAVING sum(r.amount_fen) > b.amount_fen) x""",
    ),
]
