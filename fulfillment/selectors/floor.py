"""What the floor's pages read, within the user's warehouses."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from catalog.models import Warehouse
from core.models import UserScope
from core.selectors.scope import scoped
from fulfillment.models import Parcel, PickLine, PickTask, Wave

User = AbstractBaseUser | AnonymousUser


def warehouses_of(user: User) -> list[int] | None:
    """Ids of the user's warehouses; None means all."""
    scope = UserScope.objects.filter(user_id=user.pk or 0).first()
    if scope is None:
        return []
    return None if scope.all_warehouses else list(scope.warehouse_ids)


def waves(user: User) -> QuerySet[Wave]:
    """Waves with their progress in units."""
    lines = "task__lines"
    return (
        scoped(Wave.objects.all(), user, warehouse="warehouse_id")
        .select_related("warehouse", "task__picker")
        .annotate(
            orders=Count(f"{lines}__suborder", distinct=True),
            line_count=Count(lines),
            units=Sum(F(f"{lines}__qty"), filter=~Q(**{f"{lines}__state": "struck"})),
            picked=Sum(f"{lines}__picked_qty"),
        )
    )


def wave_lines(wave: Wave) -> QuerySet[PickLine]:
    return PickLine.objects.filter(task__wave=wave).select_related("bin", "sku", "suborder__order").order_by("sequence")


def task_of(user: User, task_id: int) -> PickTask | None:
    """The user's own walk."""
    tasks = scoped(PickTask.objects.filter(pk=task_id), user, warehouse="wave__warehouse_id")
    return tasks.filter(picker_id=user.pk).select_related("wave").first()


def parcels(user: User) -> QuerySet[Parcel]:
    return (
        scoped(Parcel.objects.all(), user, warehouse="warehouse_id")
        .select_related("warehouse", "suborder__order")
        .prefetch_related(Prefetch("waybills"))
    )


def active_warehouses(user: User) -> list[int]:
    """Ids of the active warehouses that the user works in."""
    allowed = warehouses_of(user)
    rows = Warehouse.objects.filter(is_active=True)
    return list((rows if allowed is None else rows.filter(id__in=allowed)).values_list("id", flat=True))
