"""Products that orders wait for: a person says what they are, or master data has come to know them since."""

from django.db import connection, transaction

from catalog.selectors.matching import Meaning, Named, match
from catalog.services import listings
from core.doorbell import ring
from oms.domain import events as e
from oms.domain.order import Order
from oms.services.recheck import recheck
from oms.services.store import Changes

BATCH = 500

# Lines without a SKU that would find one now. In doubt, only a person's word on this very code counts.
KNOWN_NOW = """
    FROM oms_orderline l JOIN oms_order o ON o.id = l.order_id
   WHERE l.sku_id IS NULL AND l.qty > 0
     AND CASE WHEN l.was_sku_id IS NULL
              THEN EXISTS (SELECT 1 FROM catalog_listing g WHERE g.shop_id = o.shop_id AND g.key <> ''
                              AND g.key IN (l.listing_id, l.platform_sku))
                OR EXISTS (SELECT 1 FROM catalog_sku s WHERE s.code = l.platform_sku AND s.is_active)
              ELSE EXISTS (SELECT 1 FROM catalog_listing g WHERE g.shop_id = o.shop_id AND g.key = l.listing_id
                              AND g.merchant_code = l.platform_sku) END"""


def settle(one: Named, sku_id: int) -> int:
    """Remember what a shop's product is and let every order that waits for it go on; returns how many that helped."""
    with transaction.atomic():
        listings.settle(one, sku_id)
    helped = 0
    while batch := rematch():
        helped += batch
    return helped


def rematch(limit: int = BATCH) -> int:
    """Match up to `limit` waiting orders whose products are known by now; returns how many it looked at."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT l.order_id {KNOWN_NOW} ORDER BY 1 LIMIT %s", [limit])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        changes = Changes()
        orders = changes.open(ids).values()
        meanings = match(dict.fromkeys(named for order in orders for named in _waiting(order).values()))
        for order in orders:
            _apply(changes, order, meanings)
        recheck(changes, orders)
        changes.save()
        ring("oms.tasks.allocate")
    return len(ids)


def _waiting(order: Order) -> dict[int, Named]:
    shop_id = order.header["shop_id"]
    return {
        no: Named(shop_id, line["listing_id"], line["platform_sku"])
        for no, line in order.lines.items()
        if line["sku_id"] is None
    }


def _apply(changes: Changes, order: Order, meanings: dict[Named, Meaning]) -> None:
    found = {str(no): meanings[named] for no, named in _waiting(order).items()}
    skus = {no: meaning.sku_id for no, meaning in found.items() if meaning.sku_id}
    doubts = {no: meaning.was_sku_id for no, meaning in found.items() if meaning.was_sku_id}
    if skus or doubts:
        changes.add(order, e.LINES_MATCHED, {"skus": skus, "doubts": doubts})
