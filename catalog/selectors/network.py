"""The warehouses that may serve a shop, and what carrying from each costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from catalog.models import RateRow, RateSheet, ShopWarehouse, Warehouse


@dataclass(frozen=True, slots=True)
class WarehouseFacts:
    """`temperatures` it can keep; handling is per parcel, in fen."""

    id: int
    code: str
    name: str
    province: str
    city: str
    temperatures: frozenset[str]
    takes_hazardous: bool
    takes_bulky: bool
    handling_fen: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One carrier's price to one province: first weight and steps in g, prices in fen, usual hours to delivery."""

    carrier: str
    first_g: int
    first_fen: int
    step_g: int
    step_fen: int
    hours: int


def warehouses() -> dict[int, WarehouseFacts]:
    """Every active warehouse by id."""
    return {
        w.pk: WarehouseFacts(
            w.pk, w.code, w.name, w.province, w.city, frozenset(w.temperatures), w.takes_hazardous, w.takes_bulky,
            w.handling_fen,
        )
        for w in Warehouse.objects.filter(is_active=True)
    }  # fmt: skip


def shop_priorities(shop_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """shop id → {warehouse id → priority}; a warehouse not in it may not serve that shop."""
    result: dict[int, dict[int, int]] = {}
    for shop_id, warehouse_id, priority in ShopWarehouse.objects.filter(
        shop_id__in=set(shop_ids), warehouse__is_active=True
    ).values_list("shop_id", "warehouse_id", "priority"):
        result.setdefault(shop_id, {})[warehouse_id] = priority
    return result


def rates(on: date) -> dict[tuple[int, str], list[Rate]]:
    """(warehouse id, province) → the rates of every active carrier's sheet in force on that day."""
    newest = (
        RateSheet.objects.filter(valid_from__lte=on, carrier__is_active=True)
        .values("carrier_id", "warehouse_id")
        .annotate(newest=Max("valid_from"))
    )
    current = {(row["carrier_id"], row["warehouse_id"], row["newest"]) for row in newest}
    result: dict[tuple[int, str], list[Rate]] = {}
    for row in RateRow.objects.select_related("sheet__carrier").filter(sheet__valid_from__lte=on):
        sheet = row.sheet
        if (sheet.carrier_id, sheet.warehouse_id, sheet.valid_from) in current:
            rate = Rate(sheet.carrier.code, row.first_g, row.first_fen, row.step_g, row.step_fen, row.hours)
            result.setdefault((sheet.warehouse_id, row.province), []).append(rate)
    return result
