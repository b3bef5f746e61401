"""What is there and what may be promised."""

from collections.abc import Iterable

from inventory.domain.allocation import StockKey
from inventory.models import BinStock, Stock


def available(sku_ids: Iterable[int], warehouse_ids: Iterable[int]) -> dict[StockKey, int]:
    """Units of each SKU that each warehouse may promise just now (unlocked: a plan, not a promise)."""
    rows = Stock.objects.filter(sku_id__in=set(sku_ids), warehouse_id__in=set(warehouse_ids))
    return {
        (sku, warehouse): on_hand - reserved - frozen
        for sku, warehouse, on_hand, reserved, frozen in rows.values_list(
            "sku_id", "warehouse_id", "on_hand", "reserved", "frozen"
        )
    }


def pickable(warehouse_id: int, sku_ids: Iterable[int]) -> list[BinStock]:
    """Bin stock of a warehouse's pick faces and bulk that no picker has been promised, hottest zone first."""
    rows = BinStock.objects.filter(
        sku_id__in=set(sku_ids), bin__zone__warehouse_id=warehouse_id, bin__zone__kind__in=["pick", "bulk"], qty__gt=0
    ).select_related("bin__zone")
    return sorted(
        (row for row in rows if row.qty > row.promised),
        key=lambda row: (row.bin.zone.kind != "pick", row.bin.zone.heat, row.bin.code),
    )
