"""Undo what the floor did for sub-orders that will not leave, or not now: promises end, picked units go back."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from core.doorbell import ring
from fulfillment.models import PickLine
from fulfillment.models.wave import PickLineState
from fulfillment.selectors import boxes
from fulfillment.selectors.places import staging_bin
from fulfillment.services.locks import lock_orders_of, lock_tasks
from inventory.services.locks import lock_bins
from inventory.services.movements import move, unpromise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder, SubOrderLine
from oms.services import suborders

ALIVE = (PickLineState.OPEN, PickLineState.PICKED)


def fit(suborder_ids: Iterable[int]) -> None:
    """Make the pick lines of sub-orders equal what each still wants: nothing when it was taken back, less when it was
    trimmed. Repeating it changes nothing."""
    with transaction.atomic():
        lines = _locked_lines(suborder_ids)
        wanted = _wanted({line.suborder_line_id for line in lines})
        cut: list[tuple[PickLine, int]] = []
        for line in lines:
            # What is picked already stays picked as far as it is wanted.
            keep = min(wanted.get(line.suborder_line_id, 0), line.qty)
            wanted[line.suborder_line_id] = wanted.get(line.suborder_line_id, 0) - keep
            if keep < line.qty:
                cut.append((line, keep))
        _strike(cut)


def strike(suborder_ids: Iterable[int]) -> None:
    """Take all pick lines of these sub-orders off their walks."""
    with transaction.atomic():
        _strike([(line, 0) for line in _locked_lines(suborder_ids)])


def park(suborder_ids: Sequence[int]) -> list[int]:
    """Take sub-orders of which nothing is picked yet off their walks, back to the pool; returns those that went. Their
    parcels and numbers stay with them for the next wave."""
    with transaction.atomic():
        lock_orders_of(suborder_ids)
        waved = SubOrder.objects.filter(id__in=suborder_ids, status=SubOrderStatus.WAVED).values_list("id", flat=True)
        lines = _locked_lines(waved)
        begun = {line.suborder_id for line in lines if line.picked_qty or line.state == PickLineState.PICKED}
        parked = sorted(set(waved) - begun)
        _strike([(line, 0) for line in lines if line.suborder_id not in begun])
        suborders.move(parked, SubOrderStatus.RESERVED)
        return parked


def unpicked(suborder_ids: Iterable[int]) -> list[int]:
    """Those of which nothing is picked yet, nor of anything that leaves together with them: it lies in one tote."""
    found = boxes.of(suborder_ids)
    begun = set(
        PickLine.objects.filter(suborder_id__in=[one.pk for box in found for one in box], state__in=ALIVE)
        .filter(Q(picked_qty__gt=0) | Q(state=PickLineState.PICKED))
        .values_list("suborder_id", flat=True)
    )
    asked = set(suborder_ids)
    return sorted(
        one.pk for box in found if not begun.intersection(m.pk for m in box) for one in box if one.pk in asked
    )


def _locked_lines(suborder_ids: Iterable[int]) -> list[PickLine]:
    """Live pick lines, their walks and bins locked; picked ones first."""
    live = PickLine.objects.filter(suborder_id__in=set(suborder_ids), state__in=ALIVE)
    lock_tasks(live.values_list("task_id", flat=True))
    lines = list(live.select_related("task__wave").order_by("-picked_qty", "id"))
    staging = {line.task.wave.warehouse_id: 0 for line in lines}
    staging = {warehouse_id: staging_bin(warehouse_id) for warehouse_id in staging}
    lock_bins((line.sku_id, place) for line in lines for place in (line.bin_id, staging[line.task.wave.warehouse_id]))
    return lines


def _wanted(suborder_line_ids: Iterable[int]) -> dict[int, int]:
    """Units that each sub-order line still wants picked; a sub-order that was taken back wants none."""
    rows = SubOrderLine.objects.filter(id__in=set(suborder_line_ids)).exclude(suborder__status=SubOrderStatus.CANCELLED)
    return dict(rows.values_list("id", "qty"))


def _strike(cut: Sequence[tuple[PickLine, int]]) -> None:
    """Lower each line to so many units: first what was promised goes free, then what was picked beyond goes back."""
    free, back = [], []
    for line, keep in cut:
        unpicked = line.qty - max(line.picked_qty, keep)
        if unpicked:
            free.append((line.sku_id, line.bin_id, unpicked))
        if line.picked_qty > keep:
            back.append((line, line.picked_qty - keep, f"putback:{line.pk}:{line.qty}:{keep}"))
    unpromise(free)
    for line, units, key in back:
        warehouse_id = line.task.wave.warehouse_id
        move([(line.sku_id, warehouse_id, staging_bin(warehouse_id), line.bin_id, units)], key=key)
    for line, keep in cut:
        _lower(line, keep)
    PickLine.objects.bulk_update([line for line, _keep in cut], ["qty", "picked_qty", "state"])
    if cut:
        ring("fulfillment.tasks.finish_walks")


def _lower(line: PickLine, keep: int) -> None:
    line.picked_qty = min(line.picked_qty, keep)
    if keep == 0:
        line.state = PickLineState.STRUCK
    else:
        line.qty = keep
        line.state = PickLineState.PICKED if line.picked_qty == keep else PickLineState.OPEN
