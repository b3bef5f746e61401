"""Step 4: from the pool to a walk. Rule-made waves, bins promised, parcels opened so that labels can be made ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.models import Bin, Warehouse
from core import clock
from core.domain.rules import RuleData, evaluate
from core.doorbell import ring
from core.errors import Conflict
from core.selectors.rules import live_rules
from fulfillment.domain.batching import Limits, Waiting, WaveKind, batches
from fulfillment.domain.binning import Binning, Shelf, Take, Want, serve
from fulfillment.domain.pickpath import Stop, metres, metres_apart, s_shape
from fulfillment.models import PickLine, PickTask, Tote, Wave
from fulfillment.models.wave import WaveState
from fulfillment.selectors import boxes
from fulfillment.selectors.places import far_end
from fulfillment.services import parcels, putback
from fulfillment.services.locks import lock_orders_of
from inventory.selectors.stock import pickable
from inventory.services.locks import lock_bins
from inventory.services.movements import promise
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder, SubOrderLine
from oms.selectors.pool import wave_pool
from oms.services import suborders

POOL = 400  # sub-orders looked at in one go: their orders are locked meanwhile


@dataclass(frozen=True, slots=True)
class Planned:
    """A wave about to be written: its boxes in tote order (by the sub-order they go by) and what is taken for each."""

    kind: WaveKind
    rule: str
    takes: dict[int, list[Take]]


@dataclass(frozen=True, slots=True)
class Box:
    """Sub-orders that leave together, the one that they go by first."""

    members: Sequence[SubOrder]

    @property
    def pk(self) -> int:
        return self.members[0].pk

    @property
    def lines(self) -> list[SubOrderLine]:
        return [line for member in self.members for line in member.lines.all() if line.qty]


def plan_all() -> list[int]:
    """Plan and release waves in every active warehouse until nothing more starts; returns their ids."""
    made = []
    for warehouse_id in Warehouse.objects.filter(is_active=True).values_list("id", flat=True):
        while waves := plan(warehouse_id):
            made += waves
    return made


def plan(warehouse_id: int, *, release_now: bool = True, at_once: bool = False) -> list[int]:
    """Make waves of what waits in the warehouse's pool, most urgent first; returns their ids.

    Sub-orders that should wait for company (see `Limits`) stay in the pool, unless `at_once`; so does what no bin can
    serve just now.
    """
    with transaction.atomic():
        pool = _locked_pool(warehouse_id)
        binned = _choose_bins(warehouse_id, pool)
        planned = _group(warehouse_id, [box for box in pool if box.pk in binned.served], binned, at_once=at_once)
        if not planned:
            return []
        going = {box_id for wave in planned for box_id in wave.takes}
        suborders.move([member.pk for box in pool if box.pk in going for member in box.members], SubOrderStatus.WAVED)
        promise([(t.want.sku_id, t.bin_id, t.qty) for wave in planned for takes in wave.takes.values() for t in takes])
        waves = _write(warehouse_id, planned, {line.pk: line.suborder_id for box in pool for line in box.lines})
        if release_now:
            release([wave.pk for wave in waves])
    return [wave.pk for wave in waves]


def _locked_pool(warehouse_id: int) -> list[Box]:
    """The pool as it is once its orders are locked: nobody cancels, holds or merges one of them under our hands. What
    leaves together is picked together, or not yet."""
    with connection.cursor() as cursor:  # one planner per warehouse: two would only wait for each other's locks
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fulfillment.plan'), %s)", [warehouse_id])
    first = list(wave_pool(warehouse_id).values_list("id", flat=True)[:POOL])
    candidates = [member.pk for box in boxes.of(first) for member in box]
    lock_orders_of(candidates)
    pool = {suborder.pk: suborder for suborder in wave_pool(warehouse_id).filter(id__in=candidates)}
    whole = [ids for box in boxes.of(pool) if pool.keys() >= (ids := {member.pk for member in box})]
    together = [Box([pool[suborder_id] for suborder_id in sorted(ids)]) for ids in whole]
    place = {suborder_id: number for number, suborder_id in enumerate(pool)}
    return sorted(together, key=lambda box: min(place[member.pk] for member in box.members))


def _choose_bins(warehouse_id: int, pool: Sequence[Box]) -> Binning:
    wants = {box.pk: [Want(line.pk, line.sku_id, line.qty) for line in box.lines] for box in pool}
    rows = pickable(warehouse_id, {want.sku_id for lines in wants.values() for want in lines})
    free = lock_bins((row.sku_id, row.bin_id) for row in rows)
    shelves: dict[int, list[Shelf]] = {}
    for row in rows:
        shelves.setdefault(row.sku_id, []).append(Shelf(row.bin_id, free[row.sku_id, row.bin_id]))
    return serve(wants, shelves)


def _group(warehouse_id: int, pool: Sequence[Box], binned: Binning, *, at_once: bool) -> list[Planned]:
    waiting = [_waiting(box) for box in pool]
    _version, rules = live_rules("wave")
    waves_waiting = PickTask.objects.filter(picker=None, wave__warehouse=warehouse_id, wave__state=WaveState.RELEASED)
    backlog = 0 if at_once else waves_waiting.count()
    planned = []
    for kind in WaveKind:
        members = [one for one in waiting if one.kind == kind]
        rule, limits = _limits(rules, {"kind": kind.value, "warehouse": warehouse_id, "waiting": len(members)})
        if at_once:
            limits = Limits(limits.max_orders, limits.max_lines, limits.max_weight_g)
        planned += [
            Planned(kind, rule, {one.suborder_id: binned.served[one.suborder_id] for one in batch})
            for batch in batches(members, limits, clock.now(), backlog)
        ]
    return planned


def _waiting(box: Box) -> Waiting:
    pieces: dict[int, int] = {}
    for line in box.lines:
        pieces[line.sku_id] = pieces.get(line.sku_id, 0) + line.qty
    due = [member.order.ship_by for member in box.members if member.order.ship_by]
    since = [member.reserved_at for member in box.members if member.reserved_at]
    weight_g = sum(member.weight_g for member in box.members)
    return Waiting(box.pk, pieces, weight_g, min(due, default=None), min(since, default=None))


def _limits(rules: Sequence[RuleData], facts: dict[str, str | int]) -> tuple[str, Limits]:
    """The first live wave rule that matches sets limits; what it leaves open keeps its default."""
    matched, _trace = evaluate(rules, facts)
    if not matched:
        return "", Limits()
    known = {field.name for field in fields(Limits)}
    said = {key: int(value) for key, value in matched[0].action.items() if key in known}
    return matched[0].name, Limits(**said)


def _write(warehouse_id: int, planned: Sequence[Planned], owner: Mapping[int, int]) -> list[Wave]:
    """`owner` maps sub-order lines to their sub-orders."""
    bin_ids = {take.bin_id for wave in planned for takes in wave.takes.values() for take in takes}
    stops = {b.pk: Stop(b.pk, b.aisle, b.x_mm, b.y_mm) for b in Bin.objects.filter(id__in=bin_ids)}
    far = far_end(warehouse_id)
    walks = [s_shape(stops[t.bin_id] for takes in wave.takes.values() for t in takes) for wave in planned]
    waves = Wave.objects.bulk_create(
        Wave(
            warehouse_id=warehouse_id, kind=wave.kind, rule=wave.rule, metres=metres(walk, far),
            metres_apart=metres_apart(([stops[t.bin_id] for t in takes] for takes in wave.takes.values()), far),
        )
        for wave, walk in zip(planned, walks, strict=True)
    )  # fmt: skip
    tasks = PickTask.objects.bulk_create(PickTask(wave=wave) for wave in waves)
    totes = Tote.objects.bulk_create(
        Tote(task=task, number=number, suborder_id=box_id)
        for task, wave in zip(tasks, planned, strict=True)
        if wave.kind != WaveKind.SINGLE
        for number, box_id in enumerate(wave.takes, start=1)
    )
    place = {(tote.task_id, tote.suborder_id): tote for tote in totes}
    PickLine.objects.bulk_create(
        line
        for task, wave, walk in zip(tasks, planned, walks, strict=True)
        for line in _lines(task, wave, walk, place, owner)
    )
    return waves


def _lines(
    task: PickTask, wave: Planned, walk: Sequence[Stop], totes: Mapping[tuple[int, int], Tote], owner: Mapping[int, int]
) -> list[PickLine]:
    position = {stop.bin_id: number for number, stop in enumerate(walk)}
    taken = [(box_id, take) for box_id, takes in wave.takes.items() for take in takes]
    taken.sort(key=lambda pair: (position[pair[1].bin_id], pair[1].want.sku_id, pair[0]))
    return [
        PickLine(
            task=task, sequence=sequence, suborder_id=owner[take.want.line_id], suborder_line_id=take.want.line_id,
            sku_id=take.want.sku_id, bin_id=take.bin_id, tote=totes.get((task.pk, box_id)), qty=take.qty,
        )
        for sequence, (box_id, take) in enumerate(taken, start=1)
    ]  # fmt: skip


def release(wave_ids: Sequence[int]) -> None:
    """Give draft waves to the floor and open their parcels, so that labels can be fetched while people walk. A
    released wave stays as it is."""
    with transaction.atomic():
        members = PickLine.objects.filter(task__wave_id__in=wave_ids, state="open").values_list(
            "suborder_id", flat=True
        )
        lock_orders_of(members)  # nobody takes them off their walks meanwhile
        drafts = Wave.objects.select_for_update().filter(id__in=wave_ids, state=WaveState.DRAFT).order_by("id")
        ids = list(drafts.values_list("id", flat=True))
        Wave.objects.filter(id__in=ids).update(state=WaveState.RELEASED, released_at=clock.now())
        parcels.open_for(sorted(set(members.filter(task__wave_id__in=ids))))
        ring("fulfillment.tasks.fetch_waybills")


def cancel(wave_id: int) -> None:
    """Call a wave off: its sub-orders go back to the pool. Raises Conflict (`wave_started`) once somebody has picked
    for it, (`wave_over`) when it is done."""
    with transaction.atomic():
        members = sorted(set(PickLine.objects.filter(task__wave_id=wave_id).values_list("suborder_id", flat=True)))
        lock_orders_of(members)
        wave = Wave.objects.select_for_update().get(id=wave_id)
        if wave.state not in {WaveState.DRAFT, WaveState.RELEASED}:
            raise Conflict(_("This wave is over."), code="wave_over")
        if PickLine.objects.filter(task__wave=wave, picked_qty__gt=0).exists():
            raise Conflict(_("Somebody is picking this wave."), code="wave_started")
        putback.park(members)
        PickTask.objects.filter(wave=wave).update(finished_at=clock.now())
        Wave.objects.filter(id=wave_id).update(state=WaveState.CANCELLED, finished_at=clock.now())
