"""Step 4: from the pool to a walk. Rule-made waves, bins promised, parcels opened so that labels can be made ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from catalog.models import Bin, Warehouse
from core import clock
from core.domain.rules import evaluate
from core.doorbell import ring
from core.selectors.rules import live_rules
from fulfillment.domain.pickpath import Stop, metres, s_shape
from fulfillment.models import PickLine, PickTask, Wave
from fulfillment.models.wave import WaveKind, WaveState
from fulfillment.services import parcels
from inventory.selectors.stock import pickable
from inventory.services.movements import promise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.selectors.pool import wave_pool
from oms.services import suborders

DEFAULT_LIMITS = {"max_orders": 20, "max_lines": 60, "min_orders": 1}
POOL = 1000


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one sub-order line out of one bin."""

    suborder: SubOrder
    line_id: int
    sku_id: int
    bin: Bin
    qty: int


def plan_all() -> list[int]:
    """Plan and release waves for every active warehouse; returns their ids."""
    made = []
    for warehouse_id in Warehouse.objects.filter(is_active=True).values_list("id", flat=True):
        while waves := plan(warehouse_id):
            made += waves
    return made


def plan(warehouse_id: int, *, release_now: bool = True) -> list[int]:
    """Make one round of waves of the warehouse's pool, one per kind that has enough work. What no bin can serve just
    now stays in the pool."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # one planner per warehouse: a sub-order goes into one wave
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wave-plan'), %s)", [warehouse_id])
        pool = list(wave_pool(warehouse_id)[:POOL])
        picks = _choose_bins(warehouse_id, pool)
        made = []
        for kind in WaveKind:
            members = [sub for sub in pool if sub.pk in picks and _kind(sub) == kind]
            rule, limits = _limits(warehouse_id, kind, len(members))
            chosen = _within(members, limits)
            if len(chosen) >= max(limits["min_orders"], 1):
                made.append(_make(warehouse_id, kind, rule, [p for sub in chosen for p in picks[sub.pk]]))
        if release_now:
            for wave in made:
                release(wave.pk)
    return [wave.pk for wave in made]


def _kind(suborder: SubOrder) -> str:
    lines = [line for line in suborder.lines.all() if line.qty]
    if len({line.sku_id for line in lines}) > 1:
        return WaveKind.MULTI
    return WaveKind.SINGLE if sum(line.qty for line in lines) == 1 else WaveKind.SAME_SKU


def _limits(warehouse_id: int, kind: str, waiting: int) -> tuple[str, dict[str, int]]:
    """The first live wave rule that matches says the limits; without one the defaults hold."""
    _version, rules = live_rules("wave")
    matched, _trace = evaluate(rules, {"kind": kind, "warehouse": warehouse_id, "waiting": waiting})
    if not matched:
        return "", DEFAULT_LIMITS
    numbers = {key: int(value) for key, value in matched[0].action.items() if key in DEFAULT_LIMITS}
    return matched[0].name, {**DEFAULT_LIMITS, **numbers}


def _within(members: Sequence[SubOrder], limits: dict[str, int]) -> list[SubOrder]:
    chosen: list[SubOrder] = []
    lines = 0
    for suborder in members:
        lines += len(suborder.lines.all())
        if len(chosen) >= limits["max_orders"] or (chosen and lines > limits["max_lines"]):
            break
        chosen.append(suborder)
    return chosen


def _choose_bins(warehouse_id: int, pool: Iterable[SubOrder]) -> dict[int, list[Pick]]:
    """Bins for every sub-order that can be served whole, urgent ones first, hot zones first."""
    wanted = {line.sku_id for sub in pool for line in sub.lines.all() if line.qty}
    shelves: dict[int, list[list[Any]]] = {}
    for row in pickable(warehouse_id, wanted):
        shelves.setdefault(row.sku_id, []).append([row.bin, row.qty - row.promised])
    picks: dict[int, list[Pick]] = {}
    for suborder in pool:
        found: list[Pick] = []
        taken: list[tuple[list[Any], int]] = []
        for line in suborder.lines.all():
            missing = line.qty
            for shelf in shelves.get(line.sku_id, []):
                take = min(shelf[1], missing)
                if take:
                    shelf[1] -= take
                    taken.append((shelf, take))
                    found.append(Pick(suborder, line.pk, line.sku_id, shelf[0], take))
                    missing -= take
            if missing:
                break
        else:
            if found:
                picks[suborder.pk] = found
            continue
        for shelf, take in taken:
            shelf[1] += take
    return picks


def _make(warehouse_id: int, kind: str, rule: str, picks: Sequence[Pick]) -> Wave:
    suborder_ids = sorted({pick.suborder.pk for pick in picks})
    suborders.move(suborder_ids, SubOrderStatus.WAVED)
    promise([(pick.sku_id, pick.bin.pk, pick.qty) for pick in picks])
    walk = s_shape(Stop(p.bin.pk, p.bin.aisle, p.bin.x_mm, p.bin.y_mm) for p in picks)
    place = {stop.bin_id: position for position, stop in enumerate(walk)}
    tote = {suborder_id: number for number, suborder_id in enumerate(suborder_ids, start=1)}
    wave = Wave.objects.create(warehouse_id=warehouse_id, kind=kind, rule=rule, metres=metres(walk))
    task = PickTask.objects.create(wave=wave)
    ordered = sorted(picks, key=lambda p: (place[p.bin.pk], p.sku_id, tote[p.suborder.pk]))
    PickLine.objects.bulk_create(
        PickLine(
            task=task, sequence=sequence, suborder=pick.suborder, suborder_line_id=pick.line_id, sku_id=pick.sku_id,
            bin=pick.bin, tote=tote[pick.suborder.pk], qty=pick.qty,
        )
        for sequence, pick in enumerate(ordered, start=1)
    )  # fmt: skip
    return wave


def release(wave_id: int) -> None:
    """Give a draft wave to the floor and open its parcels, so that their labels can be fetched while people walk.

    A released wave stays as it is.
    """
    with transaction.atomic():
        released = Wave.objects.filter(id=wave_id, state=WaveState.DRAFT).update(
            state=WaveState.RELEASED, released_at=clock.now()
        )
        if released:
            members = PickLine.objects.filter(task__wave_id=wave_id, state="open").values_list("suborder_id", flat=True)
            parcels.open_for(sorted(set(members)))
            ring("fulfillment.tasks.fetch_waybills")
