"""The floor audited in plain SQL."""

from core.invariants import Check

CHECKS = [
    Check(
        "fulfillment: bins promise exactly what open pick lines and unsettled shortfalls need",
        "SELECT count(*) FROM fulfillment_pickline WHERE state = 'open'",
        """SELECT count(*) FROM (SELECT sku_id, bin_id, promised FROM inventory_binstock WHERE promised > 0) b FULL JOIN
             (SELECT sku_id, bin_id, sum(qty) AS qty FROM (
                SELECT sku_id, bin_id, qty - picked_qty AS qty FROM fulfillment_pickline WHERE state = 'open'
                 UNION ALL SELECT sku_id, bin_id, qty FROM fulfillment_shortfall WHERE settled_at IS NULL) n
               GROUP BY 1, 2) l USING (sku_id, bin_id) WHERE COALESCE(b.promised, 0) <> COALESCE(l.qty, 0)""",
    ),
    Check(
        "fulfillment: staging holds exactly what was picked and has not left",
        "SELECT count(*) FROM inventory_binstock b JOIN catalog_bin c ON c.id = b.bin_id"
        " JOIN catalog_zone z ON z.id = c.zone_id WHERE z.kind = 'staging' AND b.qty > 0",
        """SELECT count(*) FROM
             (SELECT z.warehouse_id, b.sku_id, sum(b.qty) AS qty FROM inventory_binstock b
                JOIN catalog_bin c ON c.id = b.bin_id JOIN catalog_zone z ON z.id = c.zone_id
               WHERE z.kind = 'staging' GROUP BY 1, 2) s FULL JOIN
             (SELECT u.warehouse_id, l.sku_id, sum(l.picked_qty) AS qty FROM fulfillment_pickline l
                JOIN oms_suborder u ON u.id = l.suborder_id
               WHERE l.state IN ('open', 'picked') AND u.status NOT IN ('shipped', 'delivered') GROUP BY 1, 2) p
             USING (warehouse_id, sku_id) WHERE COALESCE(s.qty, 0) <> COALESCE(p.qty, 0)""",
    ),
    Check(
        "fulfillment: a line's scans add up to what was picked of it",
        "SELECT count(*) FROM fulfillment_pickline WHERE state IN ('open', 'picked')",
        """SELECT count(*) FROM fulfillment_pickline l WHERE l.state = 'open' AND l.picked_qty <>
             (SELECT COALESCE(sum(k.qty), 0) FROM fulfillment_pickscan k
               WHERE k.line_id = l.id AND k.verdict = 'ok')""",
    ),
    Check(
        "fulfillment: a sub-order at the bench was picked whole",
        "SELECT count(*) FROM oms_suborder WHERE status IN ('picked', 'packed')",
        """SELECT count(*) FROM oms_suborder s WHERE s.status IN ('picked', 'packed') AND
             (SELECT COALESCE(sum(qty), 0) FROM oms_suborderline l WHERE l.suborder_id = s.id) <>
             (SELECT COALESCE(sum(picked_qty), 0) FROM fulfillment_pickline p
               WHERE p.suborder_id = s.id AND p.state = 'picked')""",
    ),
    Check(
        "fulfillment: no waybill number belongs to two parcels",
        "SELECT count(*) FROM fulfillment_waybill WHERE number <> ''",
        "SELECT count(*) FROM (SELECT 1 FROM fulfillment_waybill WHERE number <> '' GROUP BY carrier, number"
        " HAVING count(DISTINCT parcel_id) > 1) d",
    ),
    Check(
        "fulfillment: a parcel shows the number that is bound to it",
        "SELECT count(*) FROM fulfillment_parcel WHERE state <> 'voided'",
        """SELECT count(*) FROM fulfillment_parcel p LEFT JOIN fulfillment_waybill w
               ON w.parcel_id = p.id AND w.state IN ('bound', 'shipped')
            WHERE p.state <> 'voided' AND p.waybill_no <> COALESCE(w.number, '')""",
    ),
    Check(
        "fulfillment: a shipped sub-order has exactly one shipped parcel",
        "SELECT count(*) FROM oms_suborder WHERE status IN ('shipped', 'delivered')",
        """SELECT count(*) FROM oms_suborder s WHERE s.status IN ('shipped', 'delivered') AND 1 <>
             (SELECT count(*) FROM fulfillment_parcel p JOIN fulfillment_parcelshare h ON h.parcel_id = p.id
               WHERE h.suborder_id = s.id AND h.live AND p.state = 'shipped')""",
    ),
    Check(
        "fulfillment: a packed parcel holds exactly its units, each scanned",
        "SELECT count(*) FROM fulfillment_parcel WHERE state IN ('packed', 'shipped')",
        """SELECT count(*) FROM fulfillment_parcel p WHERE p.state IN ('packed', 'shipped') AND
             COALESCE((SELECT sum(qty) FROM fulfillment_packscan k WHERE k.parcel_id = p.id AND k.verdict = 'ok'), 0)
             <> (SELECT sum(l.qty) FROM oms_suborderline l JOIN fulfillment_parcelshare h USING (suborder_id)
                  WHERE h.parcel_id = p.id)""",
    ),
    Check(
        "fulfillment: a parcel goes by the first order in it, and all in it left with it",
        "SELECT count(*) FROM fulfillment_parcel",
        """SELECT count(*) FROM fulfillment_parcel p WHERE NOT EXISTS
             (SELECT 1 FROM fulfillment_parcelshare h WHERE h.parcel_id = p.id AND h.suborder_id = p.suborder_id
                 AND h.order_id = p.order_id AND h.live = (p.state <> 'voided'))
            OR (p.state = 'shipped' AND EXISTS
                (SELECT 1 FROM fulfillment_parcelshare h JOIN oms_suborder s ON s.id = h.suborder_id
                  WHERE h.parcel_id = p.id AND s.status NOT IN ('shipped', 'delivered')))""",
    ),
    Check(
        "fulfillment: a shipped parcel of several orders is one merge, whole",
        "SELECT count(DISTINCT merge_id) FROM oms_suborder WHERE merge_id IS NOT NULL",
        """SELECT count(*) FROM
             (SELECT p.id FROM fulfillment_parcel p JOIN fulfillment_parcelshare h ON h.parcel_id = p.id
                JOIN oms_suborder s ON s.id = h.suborder_id WHERE p.state = 'shipped' GROUP BY p.id
              HAVING count(*) > 1 AND (count(DISTINCT s.merge_id) <> 1 OR count(s.merge_id) <> count(*)
                  OR count(*) <> (SELECT count(*) FROM oms_suborder m WHERE m.merge_id = min(s.merge_id)
                                   AND m.status IN ('shipped', 'delivered')))) wrong""",
    ),
    Check(
        "fulfillment: each customer node of a parcel was announced once to each order in it",
        "SELECT count(*) FROM fulfillment_customernodesent",
        """SELECT count(*) FROM
             (SELECT split_part(stream, ':', 2)::bigint AS parcel_id, payload->>'node' AS node,
                     (payload->>'order_id')::bigint AS order_id, count(*) AS told
                FROM core_event WHERE type = 'fulfillment.parcel_node' GROUP BY 1, 2, 3) e FULL JOIN
             (SELECT n.parcel_id, n.node, h.order_id, 1 AS told FROM fulfillment_customernodesent n
                JOIN fulfillment_parcelshare h ON h.parcel_id = n.parcel_id) s USING (parcel_id, node, order_id)
            WHERE COALESCE(e.told, 0) <> COALESCE(s.told, 0)""",
    ),
]
