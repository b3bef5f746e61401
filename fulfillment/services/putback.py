"""Undo what the floor did for sub-orders that will not leave: promises end, units go back, parcels come apart."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from fulfillment.models import Parcel, PickLine, PickTask
from fulfillment.models.wave import PickLineState
from fulfillment.selectors.places import staging_bin
from fulfillment.services import parcels
from inventory.services.movements import move, unpromise


def take_back(suborder_ids: Sequence[int], reason: str = "cancelled") -> list[int]:
    """Strike every pick line of these sub-orders; returns the tasks touched. Repeating it changes nothing."""
    with transaction.atomic():
        tasks = _lock_tasks(suborder_ids)
        lines = PickLine.objects.filter(suborder_id__in=suborder_ids, state__in=["open", "picked"])
        for line in lines.select_related("task__wave").order_by("id"):
            _strike(line, 0)
        live = Parcel.objects.filter(suborder_id__in=suborder_ids, state__in=["open", "packed"])
        parcels.void(list(live.values_list("id", flat=True)), reason)
    return tasks


def trim(suborder_id: int, quantities: Mapping[int, int]) -> list[int]:
    """Fit pick lines to what each sub-order line (by id) still wants; returns the tasks touched."""
    with transaction.atomic():
        tasks = _lock_tasks([suborder_id])
        for line_id, wanted in quantities.items():
            left = wanted
            lines = PickLine.objects.filter(suborder_line_id=line_id, state__in=["open", "picked"])
            # What is picked already stays picked as far as it is wanted.
            for line in lines.select_related("task__wave").order_by("-picked_qty", "id"):
                keep = min(left, line.qty)
                left -= keep
                if keep < line.qty:
                    _strike(line, keep)
    return tasks


def _lock_tasks(suborder_ids: Sequence[int]) -> list[int]:
    ids = PickLine.objects.filter(suborder_id__in=suborder_ids).values("task_id")
    return list(PickTask.objects.select_for_update().filter(id__in=ids).order_by("id").values_list("id", flat=True))


def _strike(line: PickLine, keep: int) -> None:
    """Lower a line to `keep` units: first the promise goes, then what was picked beyond it goes back to its bin."""
    promised, surplus = line.qty - max(line.picked_qty, keep), max(line.picked_qty - keep, 0)
    if promised and line.state == PickLineState.OPEN:
        unpromise([(line.sku_id, line.bin_id, promised)])
    if surplus:
        warehouse_id = line.task.wave.warehouse_id
        move(
            [(line.sku_id, warehouse_id, staging_bin(warehouse_id), line.bin_id, surplus)],
            key=f"putback:{line.pk}:{line.qty}:{keep}",
        )
    line.picked_qty = min(line.picked_qty, keep)
    if keep == 0:
        line.state = PickLineState.STRUCK
    else:
        line.qty = keep
        line.state = PickLineState.PICKED if line.picked_qty == keep else PickLineState.OPEN
    line.save(update_fields=["qty", "picked_qty", "state"])
