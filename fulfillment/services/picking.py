"""Scans at the shelf. Bin first, then the item; every scan counts once; a short bin never kills the wave."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Barcode
from core import clock
from core.errors import Conflict
from fulfillment.models import PickLine, PickScan, PickTask, Wave
from fulfillment.models.wave import PickLineState, WaveState
from fulfillment.selectors.places import staging_bin
from fulfillment.services import putback
from inventory.selectors.stock import pickable
from inventory.services.movements import Change, adjust, move, promise, unpromise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gun should say. `tone` is ok, wrong or done; `code` is stable, `text` is for the picker."""

    code: str
    tone: str
    text: str


def claim(user_id: int, warehouse_ids: list[int] | None) -> PickTask | None:
    """The picker's unfinished walk, or the oldest unclaimed one of the warehouses (None: any)."""
    mine = PickTask.objects.filter(picker_id=user_id, finished_at=None, wave__state=WaveState.RELEASED).first()
    if mine is not None:
        return mine
    with transaction.atomic():
        free = PickTask.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            picker=None, wave__state=WaveState.RELEASED
        )
        if warehouse_ids is not None:
            free = free.filter(wave__warehouse_id__in=warehouse_ids)
        task = free.order_by("wave_id").first()
        if task is not None:
            task.picker_id, task.started_at = user_id, clock.now()
            task.save(update_fields=["picker", "started_at"])
    return task


def next_line(task_id: int) -> PickLine | None:
    """Where to go now."""
    lines = PickLine.objects.filter(task_id=task_id, state=PickLineState.OPEN)
    return lines.select_related("bin", "sku", "task").order_by("sequence").first()


def scan(task_id: int, code: str, uuid: UUID, user_id: int | None) -> Verdict:
    """Judge one scan against the next line; the same uuid gets the same answer and counts once."""
    with transaction.atomic():
        PickTask.objects.select_for_update().get(id=task_id)
        if (seen := PickScan.objects.filter(uuid=uuid).first()) is not None:
            return _say(seen.verdict)
        line = next_line(task_id)
        if line is None:
            return _say("done")
        verdict, qty = _judge(line, code)
        PickScan.objects.create(
            uuid=uuid, task_id=task_id, line=line, code=code[:64], verdict=verdict, qty=qty, user_id=user_id
        )
        if verdict == "ok":
            _take(line, qty, key=f"pick:{uuid}")
            finish(task_id)
    return _say(verdict)


def _judge(line: PickLine, code: str) -> tuple[str, int]:
    if code == line.bin.code:
        return "bin", 0
    barcode = Barcode.objects.filter(code=code).first()
    if barcode is None:
        return ("wrong_bin" if code.count("-") >= 2 else "unknown"), 0
    if not PickScan.objects.filter(task_id=line.task_id, line=line, verdict="bin").exists():
        return "bin_first", 0
    if barcode.sku_id != line.sku_id:
        return "wrong_item", 0
    return ("ok", barcode.qty) if line.picked_qty + barcode.qty <= line.qty else ("extra", 0)


def _take(line: PickLine, qty: int, *, key: str) -> None:
    warehouse_id = line.task.wave.warehouse_id
    move([(line.sku_id, warehouse_id, line.bin_id, staging_bin(warehouse_id), qty)], key=key, promised=True)
    line.picked_qty += qty
    line.state = PickLineState.PICKED if line.picked_qty == line.qty else PickLineState.OPEN
    line.save(update_fields=["picked_qty", "state"])


def undo(task_id: int, uuid: UUID, user_id: int | None) -> Verdict:
    """Put the last picked item back into its bin."""
    with transaction.atomic():
        PickTask.objects.select_for_update().get(id=task_id, finished_at=None)
        if PickScan.objects.filter(uuid=uuid).exists():
            return _say("undone")
        last = PickScan.objects.filter(task_id=task_id, verdict="ok").order_by("-id").first()
        if last is None or last.line is None:
            return _say("nothing")
        line = last.line
        warehouse_id = line.task.wave.warehouse_id
        move([(line.sku_id, warehouse_id, staging_bin(warehouse_id), line.bin_id, last.qty)], key=f"undo:{uuid}")
        promise([(line.sku_id, line.bin_id, last.qty)])
        line.picked_qty -= last.qty
        line.state = PickLineState.OPEN
        line.save(update_fields=["picked_qty", "state"])
        PickScan.objects.filter(pk=last.pk).update(verdict="undone")
        PickScan.objects.create(uuid=uuid, task_id=task_id, line=line, code="", verdict="undo", user_id=user_id)
    return _say("undone")


def short(line_id: int, uuid: UUID, user_id: int | None) -> Verdict:
    """The bin has less than it should. What is missing is counted off it; the rest comes from another bin of this
    warehouse, or else the sub-order is taken back and routed anew."""
    with transaction.atomic():
        task_id = PickLine.objects.values_list("task_id", flat=True).get(id=line_id)
        PickTask.objects.select_for_update().get(id=task_id)
        line = PickLine.objects.select_related("bin", "task__wave").get(id=line_id)
        if PickScan.objects.filter(uuid=uuid).exists() or line.state != PickLineState.OPEN:
            return _say("short")
        PickScan.objects.create(uuid=uuid, task_id=task_id, line=line, code="", verdict="short", user_id=user_id)
        missing = line.qty - line.picked_qty
        unpromise([(line.sku_id, line.bin_id, missing)])
        _close_short(line)
        if not _elsewhere(line, missing):
            suborders.cancel([line.suborder_id], "short_pick")
            putback.take_back([line.suborder_id])
        _count_off(line, missing, key=f"short:{uuid}")
        finish(task_id)
    return _say("short")


def _close_short(line: PickLine) -> None:
    if line.picked_qty:
        line.qty, line.state = line.picked_qty, PickLineState.PICKED
    else:
        line.state = PickLineState.SHORT
    line.save(update_fields=["qty", "state"])


def _elsewhere(line: PickLine, missing: int) -> bool:
    """Promise the missing units in other bins, as new lines at the end of the walk."""
    found = []
    for row in pickable(line.task.wave.warehouse_id, [line.sku_id]):
        take = min(row.qty - row.promised, missing)
        if row.bin_id != line.bin_id and take > 0:
            found.append((row.bin_id, take))
            missing -= take
    if missing:
        return False
    promise([(line.sku_id, bin_id, take) for bin_id, take in found])
    last = PickLine.objects.filter(task_id=line.task_id).order_by("-sequence").values_list("sequence", flat=True)[0]
    PickLine.objects.bulk_create(
        PickLine(
            task_id=line.task_id, sequence=last + number, suborder_id=line.suborder_id,
            suborder_line_id=line.suborder_line_id, sku_id=line.sku_id, bin_id=bin_id, tote=line.tote, qty=take,
        )
        for number, (bin_id, take) in enumerate(found, start=1)
    )  # fmt: skip
    return True


def _count_off(line: PickLine, missing: int, *, key: str) -> None:
    """Book what the picker saw. If the warehouse's other stock is all promised, the shelf must be counted by a person:
    the books then stay as they are."""
    try:
        with transaction.atomic():
            adjust([Change(line.sku_id, line.task.wave.warehouse_id, line.bin_id, -missing)], key=key)
    except Conflict:
        return


def finish(task_id: int) -> bool:
    """Close the walk when nothing is left to pick: its complete sub-orders go to packing. True if it closed."""
    lines = PickLine.objects.filter(task_id=task_id)
    if lines.filter(state=PickLineState.OPEN).exists():
        return False
    done = PickTask.objects.filter(id=task_id, finished_at=None).update(finished_at=clock.now())
    if done:
        picked = sorted(set(lines.filter(state=PickLineState.PICKED).values_list("suborder_id", flat=True)))
        suborders.move(_still_waved(picked), SubOrderStatus.PICKED)
        Wave.objects.filter(task=task_id).update(state=WaveState.DONE, finished_at=clock.now())
    return bool(done)


def _still_waved(suborder_ids: list[int]) -> list[int]:
    return list(SubOrder.objects.filter(id__in=suborder_ids, status=SubOrderStatus.WAVED).values_list("id", flat=True))


def _say(code: str) -> Verdict:
    tone = {"ok": "ok", "bin": "ok", "undone": "ok", "done": "done", "short": "done"}.get(code, "wrong")
    texts = {
        "ok": _("Right"),
        "bin": _("Right bin, now the item"),
        "bin_first": _("Scan the bin first"),
        "wrong_bin": _("Wrong bin"),
        "wrong_item": _("Wrong item"),
        "extra": _("That is one too many"),
        "unknown": _("Unknown code"),
        "undone": _("Taken back"),
        "nothing": _("Nothing to take back"),
        "short": _("Noted as short"),
        "done": _("This walk is done"),
    }
    return Verdict(code, tone, texts.get(code, code))
