"""What the warehouse may start on, and what it needs to know of it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core.services import vault
from oms.domain.status import Step
from oms.models import Order, SubOrder


def not_held(step: Step, order: str = "order__") -> Q:
    """Nothing keeps `step` from happening to the order at the end of the look-up `order`."""
    return ~Q(**{f"{order}blocked__contains": [step.value]})


def wave_pool(warehouse_id: int) -> QuerySet[SubOrder]:
    """Reserved sub-orders of a warehouse whose orders nobody holds, the most urgent first."""
    return (
        SubOrder.objects.filter(not_held(Step.PICK), warehouse_id=warehouse_id, status="reserved")
        .select_related("order")
        .prefetch_related("lines")
        .order_by("order__ship_by", "id")
    )


def receivers(order_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Opened receivers by order id, for a label or a carrier call: never to be stored or logged."""
    ids: Mapping[int, UUID | None] = dict(Order.objects.filter(id__in=set(order_ids)).values_list("id", "receiver_id"))
    opened = vault.unseal(record for record in ids.values() if record is not None)
    return {order_id: opened[record] for order_id, record in ids.items() if record in opened}


def order_facts(order_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Plain facts of orders by id, for labels and carrier choice."""
    fields = [
        "id",
        "order_no",
        "platform",
        "province",
        "city",
        "district",
        "receiver_id",
        "paid_minor",
        "cod",
        "ship_by",
    ]
    return {row["id"]: row for row in Order.objects.filter(id__in=set(order_ids)).values(*fields)}
