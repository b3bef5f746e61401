"""Orders for pages and the API."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Warehouse
from core.errors import Conflict
from core.models import Event
from core.selectors.scope import scoped
from oms.choices import ORDER_STATUS
from oms.domain.status import HoldReason
from oms.models import Hold, Order, RoutingDecision, SubOrder

User = AbstractBaseUser | AnonymousUser
COUNT_CAP = 10_000


def visible_to(user: User) -> QuerySet[Order]:
    """The orders of the user's shops."""
    return scoped(Order.objects.all(), user, shop="shop_id")


def for_list(user: User) -> QuerySet[Order]:
    """With what a row of the list shows, in a fixed number of queries."""
    holds = Prefetch("holds", Hold.objects.filter(released_at=None).order_by("seq"), to_attr="current_holds")
    return visible_to(user).select_related("shop").prefetch_related(holds, "lines__sku", "suborders__warehouse")


def open_holds(user: User) -> QuerySet[Hold]:
    """The exception queue."""
    return (
        scoped(Hold.objects.filter(released_at=None), user, shop="order__shop_id")
        .select_related("order__shop")
        .prefetch_related("order__lines")
    )


def hold_counts(user: User) -> dict[str, int]:
    """Open holds per reason."""
    return dict(open_holds(user).order_by().values_list("reason").annotate(count=Count("id")))


def releasable(user: AbstractUser | AnonymousUser) -> QuerySet[Hold]:
    """The open holds that are the user's to release: who sets prices right does not also approve them, so a finance
    check is for finance, and the rest for whoever edits orders."""
    holds, finance = open_holds(user), Q(reason=HoldReason.FINANCE)
    if not user.has_perm("core.finance_edit"):
        holds = holds.exclude(finance)
    return holds if user.has_perm("core.orders_edit") else holds.filter(finance)


def releasable_ids(user: AbstractUser | AnonymousUser, order_ids: Sequence[int]) -> list[int]:
    """Ids of those among these orders. Conflict `not_yours` when the orders are held, but for others to release."""
    held = Q(order_id__in=order_ids)
    ids = list(releasable(user).filter(held).values_list("id", flat=True))
    if not ids and open_holds(user).filter(held).exists():
        raise Conflict(_("Finance releases a finance check."), code="not_yours")
    return ids


def status_counts(user: User) -> dict[str, int]:
    """Orders per status as the user sees them, each counted up to COUNT_CAP: an exact count of millions tells nobody
    anything and costs seconds."""
    visible = visible_to(user)
    return {
        str(status): visible.filter(status=status).order_by().values("id")[:COUNT_CAP].count()
        for status, _label in ORDER_STATUS
    }


def timeline(order_id: int) -> list[Event]:
    """Everything that happened to the order, newest first."""
    return list(Event.objects.filter(stream=f"oms.order:{order_id}").order_by("-version"))


def explain(order: Order) -> list[dict[str, Any]]:
    """Why this warehouse: the order's routing decisions, newest first, warehouses by name."""
    names = dict(Warehouse.objects.values_list("id", "name"))
    return [
        {
            "decision": decision,
            "candidates": [{**c, "name": names.get(c["warehouse_id"], "?")} for c in decision.candidates],
            "plans": [{**p, "names": [names.get(w, "?") for w in p["warehouse_ids"]]} for p in decision.plans],
        }
        for decision in RoutingDecision.objects.filter(order=order).order_by("-id")
    ]


def detail(user: User, order_id: int) -> Order | None:
    """One order with everything its page shows."""
    suborders = Prefetch(
        "suborders",
        SubOrder.objects.select_related("warehouse").prefetch_related("lines__sku", "shares__parcel").order_by("seq"),
    )
    return (
        visible_to(user)
        .select_related("shop")
        .prefetch_related(suborders, "lines__sku", "holds", "refunds", "shortages__sku")
        .filter(pk=order_id)
        .first()
    )
