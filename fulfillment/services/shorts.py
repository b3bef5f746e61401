"""A bin that holds less than it should: pick elsewhere, or give the sub-order back; and make the books true again."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core import clock
from core.doorbell import ring
from core.errors import Conflict
from fulfillment.models import PickLine, PickScan, Shortfall
from fulfillment.models.wave import PickLineState
from fulfillment.selectors.places import staging_bin
from fulfillment.services import picking, putback
from fulfillment.services.locks import lock_orders_of, lock_stock_of, lock_tasks
from fulfillment.services.picking import Verdict, say
from inventory.models import BinStock
from inventory.selectors.stock import available, pickable
from inventory.services.locks import lock_bins
from inventory.services.movements import Change, adjust, promise, unpromise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders

REASON = "short_pick"


def short(line_id: int, uuid: UUID, user_id: int | None) -> Verdict:
    """The picker finds less than the line wants. The rest comes from another bin of this warehouse, or else the
    sub-order is taken back and routed anew; either way the walk goes on."""
    line = PickLine.objects.select_related("task__wave").get(id=line_id)
    with transaction.atomic():
        lock_orders_of([line.suborder_id])
        lock_stock_of([line.suborder_id])
        lock_tasks([line.task_id])
        line = PickLine.objects.select_related("task__wave").get(id=line_id)
        if line.state != PickLineState.OPEN or PickScan.objects.filter(uuid=uuid).exists():
            return say("short")
        missing = line.qty - line.picked_qty
        PickScan.objects.create(
            uuid=uuid, task_id=line.task_id, line=line, verdict="short", qty=missing, user_id=user_id
        )
        _recover(line, missing)
    picking.finish(line.task_id)
    return say("short")


def _close(line: PickLine) -> None:
    """What was found stays picked. The promise on what was not found stays until the count is right."""
    if line.picked_qty:
        line.qty, line.state = line.picked_qty, PickLineState.PICKED
    else:
        line.state = PickLineState.SHORT
    line.save(update_fields=["qty", "state"])


def _recover(line: PickLine, missing: int) -> None:
    warehouse_id = line.task.wave.warehouse_id
    others = [row for row in pickable(warehouse_id, [line.sku_id]) if row.bin_id != line.bin_id]
    free = _lock_bins(line, others)
    _close(line)
    found = _gather([(row.bin_id, free[row.sku_id, row.bin_id]) for row in others], missing)
    if found:
        _add_lines(line, found)
    else:
        suborders.cancel([line.suborder_id], REASON)
        putback.strike([line.suborder_id])
    if not _count_off(line.sku_id, warehouse_id, line.bin_id, missing, key=f"short:{line.pk}"):
        Shortfall.objects.create(line=line, sku_id=line.sku_id, bin_id=line.bin_id, qty=missing)
        ring("fulfillment.tasks.settle_shortfalls")


def _lock_bins(line: PickLine, others: Sequence[BinStock]) -> dict[tuple[int, int], int]:
    """Lock every bin that either way out may touch, in one go; returns what each has free."""
    staging = staging_bin(line.task.wave.warehouse_id)
    mates = PickLine.objects.filter(suborder_id=line.suborder_id).values_list("sku_id", "bin_id")
    keys = {(sku_id, place) for sku_id, bin_id in mates for place in (bin_id, staging)}
    return lock_bins(keys | {(row.sku_id, row.bin_id) for row in others})


def _gather(shelves: Sequence[tuple[int, int]], missing: int) -> list[tuple[int, int]]:
    """(bin, units) that make up `missing`, best bins first; nothing when they cannot."""
    found = []
    for bin_id, free in shelves:
        take = min(free, missing)
        if take > 0:
            found.append((bin_id, take))
            missing -= take
    return [] if missing else found


def _add_lines(line: PickLine, found: Sequence[tuple[int, int]]) -> None:
    """Promise the missing units elsewhere, as new lines at the end of the walk."""
    promise([(line.sku_id, bin_id, take) for bin_id, take in found])
    last = PickLine.objects.filter(task_id=line.task_id).aggregate(last=Max("sequence"))["last"]
    PickLine.objects.bulk_create(
        PickLine(
            task_id=line.task_id, sequence=last + number, suborder_id=line.suborder_id,
            suborder_line_id=line.suborder_line_id, sku_id=line.sku_id, bin_id=bin_id, tote_id=line.tote_id, qty=take,
        )
        for number, (bin_id, take) in enumerate(found, start=1)
    )  # fmt: skip


def _count_off(sku_id: int, warehouse_id: int, bin_id: int, qty: int, *, key: str) -> bool:
    """Book that `qty` promised units are not there. False when everything else in the warehouse is promised to orders:
    then somebody's order must give way first."""
    try:
        with transaction.atomic():
            unpromise([(sku_id, bin_id, qty)])
            adjust([Change(sku_id, warehouse_id, bin_id, -qty)], key=key)
    except Conflict:
        return False
    return True


def settle(only: Collection[int] | None = None) -> int:
    """Make the books right about every open shortfall, or `only` these; returns how many were settled.

    When all stock is promised, the sub-orders that are least urgent and not on a walk yet are taken back until enough
    is free: their orders are routed to where the goods really are.
    """
    open_ones = Shortfall.objects.filter(settled_at=None)
    if only is not None:
        open_ones = open_ones.filter(id__in=only)
    ids = list(open_ones.order_by("id").values_list("id", flat=True)[:200])
    return sum(_settle(shortfall_id) for shortfall_id in ids)


def _settle(shortfall_id: int) -> bool:
    shortfall = Shortfall.objects.select_related("line__task__wave").get(id=shortfall_id)
    warehouse_id = shortfall.line.task.wave.warehouse_id
    with transaction.atomic():
        victims = _least_urgent(shortfall.sku_id, warehouse_id, shortfall.qty)
        lock_orders_of(victims)
        lock_stock_of(victims)
        free = available([shortfall.sku_id], [warehouse_id]).get((shortfall.sku_id, warehouse_id), 0)
        shortfall = Shortfall.objects.select_for_update().get(id=shortfall_id)
        if shortfall.settled_at is not None:
            return False
        if free < shortfall.qty:
            reserved = SubOrder.objects.filter(id__in=victims, status=SubOrderStatus.RESERVED)
            suborders.cancel(list(reserved.values_list("id", flat=True)), REASON)
        key = f"short:{shortfall.line_id}"
        if not _count_off(shortfall.sku_id, warehouse_id, shortfall.bin_id, shortfall.qty, key=key):
            return False
        Shortfall.objects.filter(id=shortfall_id).update(settled_at=clock.now())
    return True


def _least_urgent(sku_id: int, warehouse_id: int, qty: int) -> Sequence[int]:
    """Waiting sub-orders whose units of the SKU come to at least `qty` together, the least urgent first."""
    waiting = SubOrder.objects.filter(
        warehouse_id=warehouse_id, status=SubOrderStatus.RESERVED, lines__sku_id=sku_id, lines__qty__gt=0
    )
    chosen: list[int] = []
    for suborder_id, units in waiting.order_by("-order__ship_by", "-id").values_list("id", "lines__qty"):
        if qty <= 0:
            break
        chosen.append(suborder_id)
        qty -= units
    return chosen
