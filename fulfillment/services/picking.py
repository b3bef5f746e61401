"""Scans at the shelf. Bin first, then the item; every scan counts once; a short bin never kills the wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from catalog.models import Barcode, Bin
from core import clock
from core.doorbell import ring
from core.errors import Conflict
from fulfillment.domain.codes import clean, own, spellings
from fulfillment.models import PickLine, PickScan, PickTask, Wave
from fulfillment.models.wave import PickLineState, WaveState
from fulfillment.selectors.places import staging_bin
from fulfillment.services.locks import lock_orders_of, lock_tasks
from inventory.services.locks import lock_bins
from inventory.services.movements import move, promise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gun should say. `tone` is ok, wrong or done; `code` is stable, `text` is for the picker."""

    code: str
    tone: str
    text: str


def claim(user_id: int, warehouse_ids: Sequence[int] | None) -> PickTask | None:
    """The picker's unfinished walk, or the oldest unclaimed one of the warehouses (None: any)."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # a double tap must not take two walks
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fulfillment.claim'), %s)", [user_id])
        running = PickTask.objects.filter(finished_at=None, wave__state=WaveState.RELEASED)
        if warehouse_ids is not None:
            running = running.filter(wave__warehouse_id__in=warehouse_ids)
        mine = running.filter(picker_id=user_id).order_by("id").first()
        if mine is not None:
            return mine
        free = running.filter(picker=None).select_for_update(skip_locked=True, of=("self",))
        task = free.order_by("wave_id").first()
        if task is not None:
            task.picker_id, task.started_at = user_id, clock.now()
            task.save(update_fields=["picker", "started_at"])
            ring("fulfillment.tasks.plan_waves")  # there is room for another walk
    return task


def next_line(task_id: int) -> PickLine | None:
    """Where to go now."""
    lines = PickLine.objects.filter(task_id=task_id, state=PickLineState.OPEN)
    return lines.select_related("bin", "sku", "tote", "task__wave").order_by("sequence").first()


def at_bin(line: PickLine) -> bool:
    """Has the picker scanned this line's bin as the last bin of the walk?"""
    last = PickScan.objects.filter(task_id=line.task_id, verdict="bin").order_by("-id").select_related("line").first()
    return last is not None and last.line is not None and last.line.bin_id == line.bin_id


def scan(task_id: int, raw: str, uuid: UUID, user_id: int | None) -> Verdict:
    """Judge one scan against the next line; the same uuid gets the same answer and counts once."""
    with transaction.atomic():
        lock_tasks([task_id])
        if (seen := PickScan.objects.filter(uuid=uuid).first()) is not None:
            return say(seen.verdict, seen.line)
        line = next_line(task_id)
        if line is None:
            return say("done")
        verdict, qty = _judge(line, raw)
        PickScan.objects.create(
            uuid=uuid, task_id=task_id, line=line, code=clean(raw), verdict=verdict, qty=qty, user_id=user_id
        )
        if verdict == "ok":
            _take(line, qty, key=f"pick:{uuid}")
    if verdict == "ok":
        finish(task_id)
    return say(verdict, line)


def _judge(line: PickLine, raw: str) -> tuple[str, int]:
    """Verdict and the units it took."""
    code, names = clean(raw), spellings(raw)
    if code == clean(line.bin.code):
        return "bin", 0
    label = own(code)
    if label is not None and label.kind == "T":
        right = line.tote is not None and (label.number, label.place) == (line.task_id, line.tote.number)
        return ("tote" if right else "wrong_tote"), 0
    barcode = Barcode.objects.filter(code__in=names).first()
    if barcode is None:
        return ("wrong_bin" if Bin.objects.filter(code__in=names).exists() else "unknown"), 0
    if not at_bin(line):
        return "bin_first", 0
    if barcode.sku_id != line.sku_id:
        return "wrong_item", 0
    return ("ok", barcode.qty) if line.picked_qty + barcode.qty <= line.qty else ("extra", 0)


def _take(line: PickLine, qty: int, *, key: str) -> None:
    warehouse_id = line.task.wave.warehouse_id
    staging = staging_bin(warehouse_id)
    lock_bins([(line.sku_id, line.bin_id), (line.sku_id, staging)])
    move([(line.sku_id, warehouse_id, line.bin_id, staging, qty)], key=key, promised=True)
    line.picked_qty += qty
    line.state = PickLineState.PICKED if line.picked_qty == line.qty else PickLineState.OPEN
    line.save(update_fields=["picked_qty", "state"])


def undo(task_id: int, uuid: UUID, user_id: int | None) -> Verdict:
    """Put the last picked item back into its bin. Raises Conflict (`walk_over`) when the walk has ended."""
    with transaction.atomic():
        lock_tasks([task_id])
        if PickScan.objects.filter(uuid=uuid).exists():
            return say("undone")
        if PickTask.objects.filter(id=task_id).exclude(finished_at=None).exists():
            raise Conflict(_("This walk has ended."), code="walk_over")
        last = PickScan.objects.filter(task_id=task_id, verdict="ok").order_by("-id").first()
        if last is None or last.line is None or not _may_undo(last, last.line):
            return say("nothing")
        _untake(last.line, last.qty, key=f"undo:{uuid}")
        PickScan.objects.filter(pk=last.pk).update(verdict="undone")
        PickScan.objects.create(uuid=uuid, task_id=task_id, line=last.line, verdict="undo", user_id=user_id)
    return say("undone")


def _may_undo(last: PickScan, line: PickLine) -> bool:
    """A line that was struck or trimmed since has given units back already."""
    scanned = line.scans.filter(verdict="ok").aggregate(units=Sum("qty"))["units"]
    return line.state in {PickLineState.OPEN, PickLineState.PICKED} and line.picked_qty == scanned >= last.qty


def _untake(line: PickLine, qty: int, *, key: str) -> None:
    warehouse_id = line.task.wave.warehouse_id
    staging = staging_bin(warehouse_id)
    lock_bins([(line.sku_id, line.bin_id), (line.sku_id, staging)])
    move([(line.sku_id, warehouse_id, staging, line.bin_id, qty)], key=key)
    promise([(line.sku_id, line.bin_id, qty)])
    line.picked_qty -= qty
    line.state = PickLineState.OPEN
    line.save(update_fields=["picked_qty", "state"])


def skip(task_id: int, line_id: int, uuid: UUID, user_id: int | None) -> Verdict:
    """Leave this bin for later: all its lines go to the end of the walk."""
    with transaction.atomic():
        lock_tasks([task_id])
        line = PickLine.objects.filter(id=line_id, task_id=task_id, state=PickLineState.OPEN).first()
        if line is None or PickScan.objects.filter(uuid=uuid).exists():
            return say("skip")
        lines = PickLine.objects.filter(task_id=task_id)
        last = lines.aggregate(last=Max("sequence"))["last"]
        here = list(lines.filter(state=PickLineState.OPEN, bin_id=line.bin_id).order_by("sequence"))
        for number, later in enumerate(here, start=1):
            later.sequence = last + number
        PickLine.objects.bulk_update(here, ["sequence"])
        PickScan.objects.create(uuid=uuid, task_id=task_id, line=line, verdict="skip", user_id=user_id)
    return say("skip")


def finish(task_id: int) -> bool:
    """Close the walk when nothing is left to pick: its complete sub-orders go to packing. True if it closed now.

    Runs apart from the scan, because it needs the orders' locks and those come before the walk's.
    """
    lines = PickLine.objects.filter(task_id=task_id)
    if lines.filter(state=PickLineState.OPEN).exists():
        return False
    with transaction.atomic():
        picked = sorted(set(lines.filter(state=PickLineState.PICKED).values_list("suborder_id", flat=True)))
        lock_orders_of(picked)
        lock_tasks([task_id])
        running = PickTask.objects.filter(id=task_id, finished_at=None, wave__state=WaveState.RELEASED).exists()
        if not running or lines.filter(state=PickLineState.OPEN).exists():
            return False
        suborders.move(_complete(picked), SubOrderStatus.PICKED)
        PickTask.objects.filter(id=task_id).update(finished_at=clock.now())
        Wave.objects.filter(task=task_id).update(state=WaveState.DONE, finished_at=clock.now())
    return True


def _complete(suborder_ids: Sequence[int]) -> list[int]:
    waved = SubOrder.objects.filter(id__in=suborder_ids, status=SubOrderStatus.WAVED)
    return list(waved.values_list("id", flat=True))


def finish_all() -> int:
    """Close every walk that has nothing left to pick and was not closed by its last scan; returns how many."""
    running = PickTask.objects.filter(finished_at=None, wave__state=WaveState.RELEASED)
    idle = running.exclude(lines__state=PickLineState.OPEN).order_by("id")
    return sum(finish(task_id) for task_id in list(idle.values_list("id", flat=True)[:200]))


def say(code: str, line: PickLine | None = None) -> Verdict:
    """A verdict in the picker's words."""
    good = {"ok": "ok", "bin": "ok", "tote": "ok", "undone": "ok", "skip": "ok", "done": "done", "short": "done"}
    if code == "ok" and line is not None and line.tote is not None:
        text = _("Right, into tote %(number)d") % {"number": line.tote.number}
    else:
        text = _texts().get(code, code)
    return Verdict(code, good.get(code, "wrong"), text)


def _texts() -> dict[str, str]:
    return {
        "ok": _("Right"),
        "bin": _("Right bin, now the item"),
        "tote": _("Right tote"),
        "bin_first": _("Scan the bin first"),
        "wrong_bin": _("Wrong bin"),
        "wrong_item": _("Wrong item"),
        "wrong_tote": _("Wrong tote"),
        "extra": _("That is one too many"),
        "unknown": _("Unknown code"),
        "undone": _("Taken back"),
        "nothing": _("Nothing to take back"),
        "skip": _("Left for later"),
        "short": _("Noted as short"),
        "done": _("This walk is done"),
    }
