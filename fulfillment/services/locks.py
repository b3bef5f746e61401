"""Row locks of the floor, always in the same order, so that people and machines wait for each other but never deadlock.

The order over the whole product: parcels, then orders, then reservations and stock, then walks, then bin stock.
"""

from collections.abc import Iterable

from fulfillment.models import PickTask
from inventory.services.locks import lock_stock
from oms.models import Order, SubOrder, SubOrderLine


def lock_orders_of(suborder_ids: Iterable[int]) -> None:
    """Lock the orders that these sub-orders belong to."""
    owners = SubOrder.objects.filter(id__in=set(suborder_ids)).values("order_id")
    list(Order.objects.select_for_update(of=("self",)).filter(id__in=owners).order_by("id").values_list("id"))


def lock_stock_of(suborder_ids: Iterable[int]) -> None:
    """Lock the stock rows that these sub-orders hold some of, all in one go: their orders are locked already."""
    lines = SubOrderLine.objects.filter(suborder_id__in=set(suborder_ids))
    lock_stock(lines.values_list("sku_id", "suborder__warehouse_id"))


def lock_tasks(task_ids: Iterable[int]) -> None:
    list(PickTask.objects.select_for_update(of=("self",)).filter(id__in=set(task_ids)).order_by("id").values_list("id"))
