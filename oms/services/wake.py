"""Backorders wake when stock arrives."""

from collections.abc import Iterable

from django.db import transaction

from core.doorbell import ring
from oms.domain import events as e
from oms.models import Shortage
from oms.services.store import Changes


def wake(sku_ids: Iterable[int]) -> list[int]:
    """Make every backordered order that waits for one of these SKUs ready again; returns their ids."""
    with transaction.atomic():
        waiting = Shortage.objects.filter(sku_id__in=set(sku_ids))
        changes = Changes()
        for order in changes.open(sorted(set(waiting.values_list("order_id", flat=True)))).values():
            if order.shortages:
                changes.add(order, e.WOKEN, {})
        woken = changes.save()
        if woken:
            ring("oms.tasks.allocate")
    return woken
