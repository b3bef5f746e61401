"""What the floor's pages read, within the user's warehouses."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from catalog.models import Warehouse
from core.models import Event, UserScope
from core.selectors.scope import scoped
from fulfillment.domain.batching import WaveKind
from fulfillment.domain.parcel import ParcelState
from fulfillment.domain.pickpath import METRES_PER_MINUTE
from fulfillment.models import Parcel, ParcelShare, PickLine, PickScan, PickTask, Wave
from fulfillment.models.wave import PickLineState, WaveState
from oms.domain.status import Step
from oms.models import SubOrder
from oms.selectors.pool import not_held

User = AbstractBaseUser | AnonymousUser

COUNT_CAP = 1_000  # an exact count of millions tells nobody anything and costs seconds

# What a picker did wrong, as opposed to what he did by himself (skip, undo).
PICK_ERRORS = ("wrong_bin", "wrong_item", "wrong_tote", "extra", "unknown")


def warehouses_of(user: User) -> list[int] | None:
    """Ids of the user's warehouses; None means all."""
    scope = UserScope.objects.filter(user_id=user.pk or 0).first()
    if scope is None:
        return []
    return None if scope.all_warehouses else list(scope.warehouse_ids)


def active_warehouses(user: User) -> list[int]:
    """Ids of the active warehouses that the user works in."""
    return list(scoped(Warehouse.objects.filter(is_active=True), user, warehouse="id").values_list("id", flat=True))


def pool_size(user: User) -> int:
    """Sub-orders that wait for a wave."""
    waiting = SubOrder.objects.filter(not_held(Step.PICK), status="reserved")
    return scoped(waiting, user, warehouse="warehouse_id").count()


def waves(user: User) -> QuerySet[Wave]:
    """Waves with their size and their progress in units."""
    lines = PickLine.objects.filter(task__wave=OuterRef("pk")).order_by().values("task__wave")
    live = lines.exclude(state__in=[PickLineState.STRUCK, PickLineState.SHORT])
    return (
        scoped(Wave.objects.all(), user, warehouse="warehouse_id")
        .select_related("warehouse", "task__picker")
        .annotate(
            orders=Subquery(lines.values(n=Count("suborder", distinct=True)), output_field=IntegerField()),
            line_count=Subquery(lines.values(n=Count("id")), output_field=IntegerField()),
            units=Subquery(live.values(n=Sum("qty")), output_field=IntegerField()),
            picked=Subquery(live.values(n=Sum("picked_qty")), output_field=IntegerField()),
        )
    )


def wave_counts(user: User) -> dict[str, int]:
    """Waves per state; those that are over are counted up to COUNT_CAP."""
    return _counts(scoped(Wave.objects.all(), user, warehouse="warehouse_id"), WaveState.values)


def wave_lines(wave: Wave) -> QuerySet[PickLine]:
    lines = PickLine.objects.filter(task__wave=wave)
    return lines.select_related("bin__zone", "sku", "tote", "suborder__order").order_by("sequence", "id")


def wave_errors(wave: Wave) -> QuerySet[PickScan]:
    """Wrong scans and shorts of the walk."""
    wrong = PickScan.objects.filter(task__wave=wave, verdict__in=[*PICK_ERRORS, "short"])
    return wrong.select_related("line__bin", "line__sku", "user").order_by("id")


def walk_minutes(wave: Wave) -> int:
    """The planned walk at a loaded cart's pace, without the stops."""
    return -(-wave.metres // METRES_PER_MINUTE)


def task_of(user: User, task_id: int) -> PickTask | None:
    """The user's own walk."""
    tasks = scoped(PickTask.objects.filter(pk=task_id), user, warehouse="wave__warehouse_id")
    return tasks.filter(picker_id=user.pk).select_related("wave").first()


def units_here(line: PickLine) -> int:
    """Units to take before moving on: of a single-item walk all of the SKU in this bin, else those of the line."""
    if line.task.wave.kind != WaveKind.SINGLE:
        return line.qty - line.picked_qty
    here = PickLine.objects.filter(
        task_id=line.task_id, bin_id=line.bin_id, sku_id=line.sku_id, state=PickLineState.OPEN
    )
    return here.aggregate(left=Sum(F("qty") - F("picked_qty")))["left"] or 0


def progress(task: PickTask) -> dict[str, int]:
    """Units `picked` of `wanted`, and `lines` still open."""
    live = Q(state__in=[PickLineState.OPEN, PickLineState.PICKED])
    return PickLine.objects.filter(task=task).aggregate(
        picked=Sum("picked_qty", filter=live, default=0),
        wanted=Sum("qty", filter=live, default=0),
        lines=Count("id", filter=Q(state=PickLineState.OPEN)),
    )


def to_put_back(task: PickTask) -> list[PickLine]:
    """Struck lines with units on the cart (`units`): the books have them in the bin again, somebody must carry them."""
    struck = PickLine.objects.filter(task=task, state=PickLineState.STRUCK)
    counted = struck.annotate(units=Sum("scans__qty", filter=Q(scans__verdict="ok")))
    return list(counted.filter(units__gt=0).select_related("bin", "sku", "tote").order_by("sequence"))


def parcels(user: User) -> QuerySet[Parcel]:
    """The parcels with an order of the user's shops in them, and under `seen` those orders' shares."""
    shares = _shares(user)
    seen = Prefetch("shares", shares.select_related("suborder__order").order_by("suborder_id"), "seen")
    return _holding(shares, user).select_related("warehouse").prefetch_related("waybills", seen)


def _shares(user: User) -> QuerySet[ParcelShare]:
    return scoped(ParcelShare.objects.all(), user, shop="suborder__order__shop_id")


def _holding(shares: QuerySet[ParcelShare], user: User) -> QuerySet[Parcel]:
    here = scoped(Parcel.objects.all(), user, warehouse="warehouse_id")
    return here.filter(Exists(shares.filter(parcel=OuterRef("pk"))))


def parcel_counts(user: User) -> dict[str, int]:
    """Parcels per state, each counted up to COUNT_CAP."""
    return _counts(_holding(_shares(user), user), [state.value for state in ParcelState])


def _counts(rows: QuerySet[Any], states: Iterable[str]) -> dict[str, int]:
    return {state: rows.filter(state=state).order_by().values("pk")[:COUNT_CAP].count() for state in states}


def at_the_bench(user: User, limit: int = 60) -> list[SubOrder]:
    """Picked sub-orders that nobody has packed yet, most urgent first."""
    rows = SubOrder.objects.filter(status="picked").select_related("order").prefetch_related("totes")
    return list(scoped(rows, user, warehouse="warehouse_id").order_by("order__ship_by", "id")[:limit])


def history(parcel: Parcel) -> list[Event]:
    """The parcel's own facts, newest first."""
    return list(Event.objects.filter(stream=f"fulfillment.parcel:{parcel.pk}").order_by("-version"))
