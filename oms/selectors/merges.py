"""What leaves together, and what might."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import Forbidden
from core.models import UserScope
from oms.domain.status import OPEN
from oms.models import Merge, MergeProposal, Order, SubOrder
from oms.selectors.orders import visible_to

# Orders to be looked at, and merges that a rule makes by itself and that are not made yet.
UNMERGED = """
    FROM (SELECT order_id FROM oms_mergelook
           UNION ALL SELECT id FROM oms_mergeproposal WHERE state = 'open' AND by_rule) waiting"""

# Proposals of which an order cannot be merged any more, or whose orders have been merged in another way.
STALE = """
    FROM oms_mergeproposal p WHERE p.state = 'open' AND (
      1 = (SELECT count(DISTINCT COALESCE(s.merge_id, -s.id)) FROM oms_suborder s
            WHERE s.order_id = ANY(p.order_ids) AND s.status <> 'cancelled')
      OR EXISTS (SELECT 1 FROM oms_order o WHERE o.id = ANY(p.order_ids)
          AND (o.status NOT IN ('allocated', 'fulfilling') OR o.no_merge OR o.open_holds > 0
               OR o.merge_key <> p.merge_key
               OR EXISTS (SELECT 1 FROM oms_suborder s
                           WHERE s.order_id = o.id AND s.status NOT IN ('reserved', 'waved', 'cancelled')))))"""


def proposals(user: AbstractBaseUser | AnonymousUser) -> QuerySet[MergeProposal]:
    """What waits for somebody's word. Only those who see all of its shops see a proposal."""
    scope = UserScope.objects.filter(user_id=user.pk or 0).first()
    waiting = MergeProposal.objects.filter(state="open", by_rule=False)
    if scope is None:
        return waiting.none()
    return waiting if scope.all_shops else waiting.filter(shop_ids__contained_by=list(scope.shop_ids))


def orders_of(rows: Iterable[MergeProposal]) -> dict[int, Order]:
    """The orders of proposals by id, with what a row shows of them, in a fixed number of queries."""
    ids = {order_id for row in rows for order_id in row.order_ids}
    found = (
        Order.objects.filter(id__in=ids).select_related("shop").prefetch_related("lines__sku", "suborders__warehouse")
    )
    return {order.pk: order for order in found}


def order_ids(order_no: str) -> list[int]:
    """The orders of that number."""
    return list(Order.objects.filter(order_no=order_no).values_list("id", flat=True))


def company(ids: Iterable[int]) -> set[int]:
    """All orders that are to leave together with one of these, which are among them as far as they are merged."""
    merges = SubOrder.objects.filter(order_id__in=set(ids), merge__isnull=False, status__in=OPEN).values("merge_id")
    return set(SubOrder.objects.filter(merge_id__in=merges, status__in=OPEN).values_list("order_id", flat=True))


def check_sees_company(user: AbstractBaseUser | AnonymousUser, ids: Iterable[int]) -> None:
    """Raise Forbidden (`not_yours`) where one of these is merged with an order of a shop that the user does not see."""
    concerned = company(ids) | set(ids)
    if visible_to(user).filter(id__in=concerned).count() < len(concerned):
        raise Forbidden(_("An order that goes with it belongs to a shop that is not yours."), code="not_yours")


@dataclass(frozen=True, slots=True)
class Together:
    """The merge of an order: `others` leave with it, of which the user may see those `seen`; `undoable` as long as the
    order knows of no picking and all of it is the user's to see."""

    merge: Merge
    others: list[Order]
    seen: set[int]
    undoable: bool


def together(user: AbstractBaseUser | AnonymousUser, order: Order) -> Together | None:
    """What the order leaves or has left with; None when it goes by itself."""
    mine = next((row for row in order.suborders.all() if row.merge_id is not None), None)
    if mine is None or mine.merge_id is None:
        return None
    merge = Merge.objects.select_related("warehouse").get(id=mine.merge_id)
    found = SubOrder.objects.filter(merge=merge).exclude(order=order).select_related("order__shop").order_by("order_id")
    rows = [mine, *found]
    others = [row.order for row in rows[1:]]
    seen = set(visible_to(user).filter(id__in=[other.pk for other in others]).values_list("id", flat=True))
    unpicked = all(row.status in {"reserved", "waved"} for row in rows)
    return Together(merge, others, seen, unpicked and len(seen) == len(others)) if others else None
