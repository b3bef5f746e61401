"""Which orders may leave in one parcel. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oms.domain.canonical import OrderState as PayState
from oms.domain.order import Order, Row, outstanding
from oms.domain.routing import ParcelClass
from oms.domain.status import OPEN, SubOrderStatus

# Goods of which nothing has been picked, as far as the order knows; the floor knows the rest.
UNPICKED = frozenset({SubOrderStatus.RESERVED, SubOrderStatus.WAVED})
_PAID = frozenset({PayState.PAID, PayState.PARTIALLY_REFUNDED})


@dataclass(frozen=True, slots=True)
class Group:
    """What orders must have in common to share a parcel: receiver, currency, and what may lie in one box
    (temperature, hazardous, bulky)."""

    merge_key: str
    currency: str
    parcel_class: ParcelClass

    @property
    def kind(self) -> str:
        """Currency and box, in one word."""
        temperature, hazardous, bulky = self.parcel_class
        return f"{self.currency}:{temperature}{':h' * hazardous}{':b' * bulky}"


def live(order: Order) -> list[Row]:
    """Its sub-orders that were not taken back."""
    return [row for row in order.suborders.values() if row["status"] != SubOrderStatus.CANCELLED]


def why_not(order: Order) -> str:
    """Why this order may not be merged with any other now, by code; '' when it may."""
    header, rows = order.header, live(order)
    if header["no_merge"]:
        return "sealed"
    if not header["merge_key"]:
        return "receiver_unknown"
    if header["cod"] or header["pay_state"] not in _PAID:
        return "not_prepaid"
    if header["test"]:
        return "test_order"
    if order.open_holds or not header["shippable"]:
        return "held"
    if not rows or outstanding(order):
        return "not_allocated"
    if any(row["status"] not in UNPICKED for row in rows):
        return "picking_begun"
    return "split" if len(rows) > 1 else ""


def merged(order: Order) -> Row | None:
    """Its sub-order that leaves together with those of other orders."""
    return next((row for row in order.suborders.values() if row["merge_id"] and row["status"] in OPEN), None)


def facts(orders: Sequence[Order], ages: Iterable[int]) -> Mapping[str, object]:
    """What merge rules may ask of a group; a shop or platform only where it is the same for all. `ages` are minutes
    since payment."""
    headers = [order.header for order in orders]
    rows = [row for order in orders for row in live(order)]
    return {
        "orders": len(orders),
        "shops": len({header["shop_id"] for header in headers}),
        "shop": _only({header["shop_id"] for header in headers}),
        "platform": _only({header["platform"] for header in headers}),
        "warehouses": len({row["warehouse_id"] for row in rows}),
        "pieces": sum(line["qty"] for row in rows for line in row["lines"].values()),
        "weight_g": sum(row["weight_g"] for row in rows),
        "amount_minor": sum(header["paid_minor"] or 0 for header in headers),
        "oldest_minutes": max(ages, default=0),
        "masked": any(header["receiver_is_masked"] for header in headers),
        "noted": any(header["buyer_note"] or header["seller_note"] for header in headers),
    }


def _only(values: set[object]) -> object:
    return next(iter(values)) if len(values) == 1 else None
