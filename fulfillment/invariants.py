"""The floor audited in plain SQL."""

from core.invariants import Check

CHECKS = [
    Check(
        "fulfillment: bins promise exactly what open pick lines still need",
        "SELECT count(*) FROM fulfillment_pickline WHERE state = 'open'",
        """SELECT count(*) FROM (SELECT sku_id, bin_id, promised FROM inventory_binstock WHERE promised > 0) b FULL JOIN
             (SELECT sku_id, bin_id, sum(qty - picked_qty) AS qty FROM fulfillment_pickline WHERE state = 'open'
               GROUP BY 1, 2) l USING (sku_id, bin_id) WHERE COALESCE(b.promised, 0) <> COALESCE(l.qty, 0)""",
    ),
    Check(
        "fulfillment: no waybill number belongs to two parcels",
        "SELECT count(*) FROM fulfillment_waybill WHERE number <> ''",
        "SELECT count(*) FROM (SELECT 1 FROM fulfillment_waybill WHERE number <> '' GROUP BY carrier, number"
        " HAVING count(*) > 1) d",
    ),
    Check(
        "fulfillment: a shipped sub-order has exactly one shipped parcel",
        "SELECT count(*) FROM oms_suborder WHERE status IN ('shipped', 'delivered')",
        """SELECT count(*) FROM oms_suborder s WHERE s.status IN ('shipped', 'delivered') AND 1 <>
             (SELECT count(*) FROM fulfillment_parcel p WHERE p.suborder_id = s.id AND p.state = 'shipped')""",
    ),
    Check(
        "fulfillment: a packed parcel holds exactly its units, each scanned",
        "SELECT count(*) FROM fulfillment_parcel WHERE state IN ('packed', 'shipped')",
        """SELECT count(*) FROM fulfillment_parcel p WHERE p.state IN ('packed', 'shipped') AND
             COALESCE((SELECT sum(qty) FROM fulfillment_packscan k WHERE k.parcel_id = p.id AND k.verdict = 'ok'), 0)
             <> (SELECT sum(qty) FROM oms_suborderline l WHERE l.suborder_id = p.suborder_id)""",
    ),
    Check(
        "fulfillment: each customer node of a parcel was announced once",
        "SELECT count(*) FROM fulfillment_customernodesent",
        """SELECT count(*) FROM (SELECT stream, payload->>'node' FROM core_event WHERE type = 'fulfillment.parcel_node'
             GROUP BY 1, 2 HAVING count(*) > 1) d""",
    ),
]
