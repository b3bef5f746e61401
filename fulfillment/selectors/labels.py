"""What the labels of parcels must say, apart from the receiver's own data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Warehouse
from fulfillment.domain.waybill import content_hash
from fulfillment.models import Parcel
from fulfillment.selectors import contents
from oms.selectors.pool import order_facts


@dataclass(frozen=True, slots=True)
class Facts:
    """A parcel with the plain facts of the orders in it, its sender and its goods as (name, quantity)."""

    parcel: Parcel
    orders: Sequence[dict[str, Any]]
    warehouse: Warehouse
    goods: Sequence[tuple[str, int]]

    @property
    def order(self) -> dict[str, Any]:
        """The order that the parcel goes by: all of them have one receiver."""
        return self.orders[0]

    @property
    def order_nos(self) -> tuple[str, ...]:
        return tuple(order["order_no"] for order in self.orders)

    @property
    def weight_g(self) -> int:
        """By the scale, or the forecast while the parcel is not packed."""
        return self.parcel.weight_g or self.parcel.expected_g

    def hash(self, carrier: str) -> str:
        """What a label of this carrier must carry today; a label with another one is stale."""
        return content_hash(
            receiver_record=" ".join(str(order["receiver_id"]) for order in self.orders),
            goods=self.goods,
            warehouse=self.warehouse.code,
            carrier=carrier,
            order_no=" ".join(self.order_nos),
        )


def facts(parcel_ids: Iterable[int]) -> dict[int, Facts]:
    """Facts by parcel id; ids that do not exist are absent."""
    found = Parcel.objects.filter(id__in=set(parcel_ids)).select_related("warehouse").prefetch_related("shares")
    rows = {parcel.pk: parcel for parcel in found}
    inside = {key: sorted((s.suborder_id, s.order_id) for s in parcel.shares.all()) for key, parcel in rows.items()}
    orders = order_facts(order_id for shares in inside.values() for _suborder, order_id in shares)
    goods = contents.items(suborder_id for shares in inside.values() for suborder_id, _order in shares)
    result = {}
    for key, parcel in rows.items():
        held = contents.together([suborder_id for suborder_id, _order in inside[key]], goods)
        told = [orders[order_id] for _suborder, order_id in inside[key]]
        result[key] = Facts(parcel, told, parcel.warehouse, [(item.name, item.qty) for item in held])
    return result
