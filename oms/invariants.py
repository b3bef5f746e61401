"""Orders audited in plain SQL."""

from core.invariants import Check

_LIVE = "('reserved', 'waved', 'picked', 'packed')"

CHECKS = [
    Check(
        "oms: one order per platform, shop and order number",
        "SELECT count(*) FROM oms_order",
        "SELECT count(*) FROM (SELECT 1 FROM oms_order GROUP BY platform, shop_id, order_no HAVING count(*) > 1) d",
    ),
    Check(
        "oms: every captured message has its order",
        "SELECT count(*) FROM core_inboxmessage WHERE outcome = 'created'",
        "SELECT greatest((SELECT count(*) FROM core_inboxmessage WHERE outcome = 'created')"
        " - (SELECT count(*) FROM oms_order), 0)",
    ),
    Check(
        "oms: an open sub-order line holds exactly its quantity",
        f"""SELECT count(*) FROM oms_suborderline l JOIN oms_suborder s ON s.id = l.suborder_id
             WHERE s.status IN {_LIVE}""",
        f"""SELECT count(*) FROM oms_suborderline l JOIN oms_suborder s ON s.id = l.suborder_id
              LEFT JOIN inventory_reservation r ON r.ref = l.id AND r.state = 'pending'
             WHERE s.status IN {_LIVE} AND (COALESCE(r.qty, 0) <> l.qty OR
                   (l.qty > 0 AND (r.sku_id <> l.sku_id OR r.warehouse_id <> s.warehouse_id)))""",
    ),
    Check(
        "oms: every pending reservation belongs to an open sub-order",
        "SELECT count(*) FROM inventory_reservation WHERE state = 'pending'",
        f"""SELECT count(*) FROM inventory_reservation r LEFT JOIN oms_suborderline l ON l.id = r.ref
              LEFT JOIN oms_suborder s ON s.id = l.suborder_id
             WHERE r.state = 'pending' AND (s.id IS NULL OR s.status NOT IN {_LIVE})""",
    ),
    Check(
        "oms: nobody is promised more of a line than was ordered",
        "SELECT count(*) FROM oms_orderline",
        """SELECT count(*) FROM oms_orderline o JOIN LATERAL
             (SELECT sum(units) AS units FROM (SELECT max(l.line_units) AS units FROM oms_suborderline l
                JOIN oms_suborder s ON s.id = l.suborder_id
               WHERE s.order_id = o.order_id AND l.line_no = o.line_no
                 AND s.status IN ('reserved', 'waved', 'picked', 'packed') GROUP BY s.id) x) a ON true
            WHERE a.units > o.qty""",
    ),
    Check(
        "oms: money of fully allocated lines is apportioned to the fen",
        "SELECT count(*) FROM oms_orderline",
        """SELECT count(*) FROM oms_order o JOIN oms_orderline n ON n.order_id = o.id JOIN LATERAL
             (SELECT sum(l.net_minor) AS net FROM oms_suborderline l JOIN oms_suborder s ON s.id = l.suborder_id
               WHERE s.order_id = o.id AND l.line_no = n.line_no AND s.status <> 'cancelled') a ON true
            WHERE o.status IN ('allocated', 'fulfilling') AND n.qty > 0 AND n.refund = 'none' AND n.requires_shipping
              AND NOT EXISTS (SELECT 1 FROM oms_refund r WHERE r.order_id = o.id)
              AND NOT EXISTS (SELECT 1 FROM oms_orderline c WHERE c.order_id = o.id AND c.parent_line_id = n.line_id)
              AND COALESCE(a.net, 0) <> n.net_minor""",
    ),
    Check(
        "oms: what leaves together has one receiver, one currency and one warehouse, and is paid in advance",
        "SELECT count(DISTINCT merge_id) FROM oms_suborder WHERE merge_id IS NOT NULL",
        f"""SELECT count(*) FROM (SELECT s.merge_id FROM oms_suborder s JOIN oms_order o ON o.id = s.order_id
             WHERE s.merge_id IS NOT NULL AND s.status IN {_LIVE} GROUP BY 1
            HAVING count(DISTINCT o.merge_key) > 1 OR min(o.merge_key) = '' OR count(DISTINCT o.currency) > 1
                OR count(DISTINCT s.warehouse_id) > 1 OR bool_or(o.cod) OR bool_or(o.no_merge)) apart""",
    ),
    Check(
        "oms: merges are what the orders' events say",
        "SELECT count(*) FROM core_event WHERE type = 'oms.order_merged'",
        """SELECT count(*) FROM
             (SELECT DISTINCT ON (sub) sub, merge_id FROM
                (SELECT id, (payload->>'suborder_id')::bigint AS sub,
                        CASE type WHEN 'oms.order_merged' THEN (payload->>'merge_id')::bigint END AS merge_id
                   FROM core_event WHERE type IN ('oms.order_merged', 'oms.order_parted', 'oms.suborder_cancelled')) e
               ORDER BY sub, id DESC) told
             JOIN oms_suborder s ON s.id = told.sub WHERE s.merge_id IS DISTINCT FROM told.merge_id""",
    ),
    Check(
        "oms: an order that must not be split is in one parcel",
        "SELECT count(*) FROM oms_order WHERE no_split",
        f"""SELECT count(*) FROM oms_order o WHERE o.no_split AND
             (SELECT count(*) FROM oms_suborder s WHERE s.order_id = o.id AND s.status IN {_LIVE}) > 1""",
    ),
    Check(
        "oms: an allocated order has a routing decision",
        "SELECT count(*) FROM oms_suborder",
        "SELECT count(*) FROM oms_suborder s WHERE NOT EXISTS (SELECT 1 FROM oms_routingdecision d"
        " WHERE d.id = s.decision_id AND d.order_id = s.order_id)",
    ),
]
