"""Stock audited in plain SQL."""

from core.invariants import Check

CHECKS = [
    Check(
        "inventory: on hand = Σ ledger",
        "SELECT count(*) FROM inventory_stock",
        """SELECT count(*) FROM inventory_stock s FULL JOIN
             (SELECT sku_id, warehouse_id, sum(qty) AS qty FROM inventory_movement GROUP BY 1, 2) m
             USING (sku_id, warehouse_id) WHERE COALESCE(s.on_hand, 0) <> COALESCE(m.qty, 0)""",
    ),
    Check(
        "inventory: reserved = Σ pending reservations",
        "SELECT count(*) FROM inventory_reservation WHERE state = 'pending'",
        """SELECT count(*) FROM inventory_stock s FULL JOIN
             (SELECT sku_id, warehouse_id, sum(qty) AS qty FROM inventory_reservation
               WHERE state = 'pending' GROUP BY 1, 2) r
             USING (sku_id, warehouse_id) WHERE COALESCE(s.reserved, 0) <> COALESCE(r.qty, 0)""",
    ),
    Check(
        "inventory: nothing is oversold (available ≥ 0)",
        "SELECT count(*) FROM inventory_stock",
        "SELECT count(*) FROM inventory_stock WHERE on_hand - reserved - frozen < 0 OR reserved < 0 OR frozen < 0",
    ),
    Check(
        "inventory: bins add up to the warehouse",
        "SELECT count(*) FROM inventory_binstock",
        """SELECT count(*) FROM inventory_stock s FULL JOIN
             (SELECT b.sku_id, z.warehouse_id, sum(b.qty) AS qty FROM inventory_binstock b
                JOIN catalog_bin c ON c.id = b.bin_id JOIN catalog_zone z ON z.id = c.zone_id GROUP BY 1, 2) b
             USING (sku_id, warehouse_id) WHERE COALESCE(s.on_hand, 0) <> COALESCE(b.qty, 0)""",
    ),
    Check(
        "inventory: bin stock = Σ ledger of the bin",
        "SELECT count(*) FROM inventory_binstock",
        """SELECT count(*) FROM inventory_binstock b FULL JOIN
             (SELECT sku_id, bin_id, sum(qty) AS qty FROM inventory_movement GROUP BY 1, 2) m
             USING (sku_id, bin_id) WHERE COALESCE(b.qty, 0) <> COALESCE(m.qty, 0)""",
    ),
    Check(
        "inventory: units posted = units shipped in the ledger",
        "SELECT count(*) FROM inventory_reservation WHERE state = 'posted'",
        """SELECT count(*) FROM
             (SELECT sku_id, warehouse_id, sum(posted_qty) AS qty FROM inventory_reservation GROUP BY 1, 2) r FULL JOIN
             (SELECT sku_id, warehouse_id, -sum(qty) AS qty FROM inventory_movement WHERE reason = 'shipment'
               GROUP BY 1, 2) m
             USING (sku_id, warehouse_id) WHERE COALESCE(r.qty, 0) <> COALESCE(m.qty, 0)""",
    ),
]
