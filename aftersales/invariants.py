"""After-sales audited in plain SQL."""

from core.invariants import Check

CHECKS = [
    Check(
        "aftersales: held and refunded amounts = Σ refund payments",
        "SELECT count(*) FROM aftersales_refundpayment",
        """SELECT count(*) FROM aftersales_refundable r FULL JOIN
             (SELECT order_id, sum(amount_minor) FILTER (WHERE status IN ('requested', 'approved')) AS held,
                     sum(amount_minor) FILTER (WHERE status = 'succeeded') AS paid
                FROM aftersales_refundpayment GROUP BY 1) p USING (order_id)
             WHERE COALESCE(r.held_minor, 0) <> COALESCE(p.held, 0)
                OR COALESCE(r.refunded_minor, 0) <> COALESCE(p.paid, 0)""",
    ),
    Check(
        "aftersales: what we pay ourselves never exceeds what was paid",
        "SELECT count(*) FROM aftersales_refundpayment WHERE channel = 'direct'",
        """SELECT count(*) FROM aftersales_refundable r JOIN
             (SELECT order_id, sum(amount_minor) AS paid FROM aftersales_refundpayment
               WHERE channel = 'direct' AND status = 'succeeded' GROUP BY 1) p USING (order_id)
             WHERE p.paid > r.paid_minor""",
    ),
    Check(
        "aftersales: one refund is paid once",
        "SELECT count(*) FROM aftersales_refundpayment WHERE status = 'succeeded'",
        """SELECT count(*) FROM (SELECT 1 FROM aftersales_refundpayment WHERE status = 'succeeded' AND refund_no <> ''
                                  GROUP BY order_id, refund_no HAVING count(*) > 1) doubled""",
    ),
    Check(
        "aftersales: every refund the platform reported has its ticket (after the relay)",
        "SELECT count(*) FROM oms_refund",
        """SELECT count(*) FROM oms_refund f
             WHERE f.refund_no NOT LIKE 'ticket-%'
               AND NOT EXISTS (SELECT 1 FROM aftersales_ticket t
                                WHERE t.order_id = f.order_id AND t.refund_no = COALESCE(NULLIF(f.refund_no, ''), '?'))
               AND NOT EXISTS (SELECT 1 FROM core_delivery d
                                WHERE d.subscriber = 'aftersales.refund_reports' AND d.state <> 'done'
                                  AND d.stream = 'oms.order:' || f.order_id)""",
    ),
    Check(
        "aftersales: graded returns are in the ledger",
        "SELECT count(*) FROM aftersales_returnreceipt",
        """SELECT count(*) FROM
             (SELECT sku_id, bin_id, parcel_id, sum(qty) AS qty FROM aftersales_returnreceipt GROUP BY 1, 2, 3) r
             FULL JOIN
             (SELECT sku_id, bin_id, split_part(key, ':', 2)::bigint AS parcel_id, sum(qty) AS qty
                FROM inventory_movement WHERE reason = 'return' AND key LIKE 'return:%' GROUP BY 1, 2, 3) m
             USING (sku_id, bin_id, parcel_id) WHERE COALESCE(r.qty, 0) <> COALESCE(m.qty, 0)""",
    ),
    Check(
        "aftersales: an open ticket that waits for goods has a parcel on its way or on the desk",
        "SELECT count(*) FROM aftersales_ticket WHERE status = 'waiting_goods'",
        """SELECT count(*) FROM aftersales_ticket t WHERE t.status = 'waiting_goods'
             AND NOT EXISTS (SELECT 1 FROM aftersales_returnparcel p
                              WHERE p.ticket_id = t.id AND p.status IN ('expected', 'arrived'))""",
    ),
]
