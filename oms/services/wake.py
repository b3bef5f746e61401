"""Backorders wake when stock arrives."""

from collections.abc import Iterable

from django.db import transaction

from core.doorbell import ring
from oms.domain import events as e
from oms.models import Shortage
from oms.services.store import Changes


def wake(sku_ids: Iterable[int]) -> list[int]:
    """Make every backordered order that waits for one of these SKUs ready again; returns their ids."""
    waiting = Shortage.objects.filter(sku_id__in=set(sku_ids))
    return try_again(waiting.values_list("order_id", flat=True))


def try_again(order_ids: Iterable[int]) -> list[int]:
    """Make those of these orders that are backordered ready to be routed again; returns their ids."""
    with transaction.atomic():
        changes = Changes()
        for order in changes.open(sorted(set(order_ids))).values():
            if order.shortages:
                changes.add(order, e.WOKEN, {})
        woken = changes.save()
        if woken:
            ring("oms.tasks.allocate")
    return woken
