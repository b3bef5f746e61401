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
    """A parcel with its order's plain facts, its sender and its goods as (name, quantity)."""

    parcel: Parcel
    order: dict[str, Any]
    warehouse: Warehouse
    goods: Sequence[tuple[str, int]]

    @property
    def weight_g(self) -> int:
        """By the scale, or the forecast while the parcel is not packed."""
        return self.parcel.weight_g or self.parcel.expected_g

    def hash(self, carrier: str) -> str:
        """What a label of this carrier must carry today; a label with another one is stale."""
        return content_hash(
            receiver_record=str(self.order["receiver_id"]),
            goods=self.goods,
            warehouse=self.warehouse.code,
            carrier=carrier,
            order_no=self.order["order_no"],
        )


def facts(parcel_ids: Iterable[int]) -> dict[int, Facts]:
    """Facts by parcel id; ids that do not exist are absent."""
    rows = {parcel.pk: parcel for parcel in Parcel.objects.filter(id__in=set(parcel_ids)).select_related("warehouse")}
    orders = order_facts(parcel.order_id for parcel in rows.values())
    goods = contents.items(parcel.suborder_id for parcel in rows.values())
    return {
        key: Facts(
            parcel, orders[parcel.order_id], parcel.warehouse,
            [(item.name, item.qty) for item in goods[parcel.suborder_id]],
        )
        for key, parcel in rows.items()
    }  # fmt: skip
