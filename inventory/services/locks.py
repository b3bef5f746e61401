"""Row locks on stock, always in key order, so that two batches can wait for each other but never deadlock.

Order over the whole product: order rows, then reservations, then stock, then bin stock. Never SKIP LOCKED here.
"""

from collections.abc import Iterable

from django.db import connection

from inventory.domain.allocation import StockKey


def lock_stock(keys: Iterable[StockKey]) -> dict[StockKey, int]:
    """Lock the stock rows of `keys`; returns what each has available now. A key without a row is absent."""
    ordered = sorted(set(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.sku_id, s.warehouse_id, s.on_hand - s.reserved - s.frozen
                 FROM inventory_stock s
                 JOIN unnest(%s::bigint[], %s::bigint[]) AS k (sku_id, warehouse_id)
                   ON s.sku_id = k.sku_id AND s.warehouse_id = k.warehouse_id
                ORDER BY s.sku_id, s.warehouse_id FOR UPDATE OF s""",
            [[key[0] for key in ordered], [key[1] for key in ordered]],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def lock_bins(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Lock the bin-stock rows of `(sku id, bin id)`; returns what of each is neither gone nor promised."""
    ordered = sorted(set(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT b.sku_id, b.bin_id, b.qty - b.promised
                 FROM inventory_binstock b
                 JOIN unnest(%s::bigint[], %s::bigint[]) AS k (sku_id, bin_id)
                   ON b.sku_id = k.sku_id AND b.bin_id = k.bin_id
                ORDER BY b.sku_id, b.bin_id FOR UPDATE OF b""",
            [[key[0] for key in ordered], [key[1] for key in ordered]],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}
