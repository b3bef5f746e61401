"""Merge orders of one receiver into one parcel, and take them apart again. Undoable until picking begins."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.selectors import skus
from core import clock
from core.context import current
from core.doorbell import ring
from core.errors import Conflict, OneRopeError
from core.services import audit
from oms.choices import WHY_NOT_MERGED
from oms.domain import events as e
from oms.domain.merge import UNPICKED, Group, live, merged, why_not
from oms.domain.order import Order
from oms.domain.status import OPEN
from oms.models import Merge, MergeProposal, SubOrder
from oms.models.merge import ProposalState
from oms.ports import floor
from oms.selectors.merges import company
from oms.services.allocation import parcel_class, place_together
from oms.services.store import Changes
from oms.services.suborders import lock_held, withdraw

MAX_ORDERS = 50


def merge(order_ids: Iterable[int], note: str = "", *, rule: str = "") -> int:
    """Let orders of one receiver leave in one parcel; orders that are merged with one of them come along. Goods that
    lie in different warehouses are locked anew in one that has them all. Returns the merge's id.

    Raises Conflict: `cannot_merge` naming the order and why (also once somebody has begun to pick it), `not_together`
    when the orders differ in receiver, currency or the box they need, `no_common_warehouse`.
    """
    with transaction.atomic():
        changes = Changes()
        orders = _recalled(changes, _with_company(order_ids))
        for order in orders:
            if reason := why_not(order):
                raise _refusal(order, reason)
        _check_together(orders)
        if len(standing := {row["merge_id"] for order in orders for row in live(order)}) == 1 and None not in standing:
            return int(standing.pop())  # somebody was faster
        warehouse_id = _in_one_warehouse(changes, orders)
        row = Merge.objects.create(
            warehouse_id=warehouse_id, merge_key=orders[0].header["merge_key"], rule=rule[:80], made_by=current().actor
        )
        for order in orders:
            changes.add(order, e.MERGED, _told(row, order, orders, note))
            if not rule:
                audit.record("order.merge", f"oms.order:{order.id}", reason=note, after={"merge_id": row.pk})
        changes.save()
        return row.pk


def merge_what_can(order_ids: Iterable[int], note: str = "", *, rule: str = "") -> int:
    """The same as far as it goes: where no warehouse has the goods of all orders, those leave together that lie in one
    warehouse now. Returns how many orders are left by themselves. Raises what `merge` does when none may leave with
    another."""
    ids = set(order_ids) | company(order_ids)
    try:
        merge(ids, note, rule=rule)
        return 0
    except Conflict as refusal:
        if refusal.code != "no_common_warehouse" or not (lots := _lots(ids)):
            raise
    with transaction.atomic():
        rows = SubOrder.objects.filter(order_id__in=ids, status__in=UNPICKED)
        floor().recall(sorted(rows.values_list("id", flat=True)))  # all parcels before any order, as everywhere
        for lot in lots:
            merge(lot, note, rule=rule)
    return len(ids) - sum(len(lot) for lot in lots)


def _lots(order_ids: Iterable[int]) -> list[set[int]]:
    """The orders by warehouse, where there are several in one."""
    houses: dict[int, set[int]] = {}
    rows = SubOrder.objects.filter(order_id__in=set(order_ids), status__in=UNPICKED).order_by("warehouse_id")
    for warehouse_id, order_id in rows.values_list("warehouse_id", "order_id"):
        houses.setdefault(warehouse_id, set()).add(order_id)
    return [orders for orders in houses.values() if len(orders) > 1]


def _with_company(order_ids: Iterable[int]) -> list[int]:
    """These orders and all that are merged with one of them."""
    ids = set(order_ids)
    ids |= company(ids)
    if not 2 <= len(ids) <= MAX_ORDERS:
        raise OneRopeError(_("Choose 2 to %(n)d orders of one receiver.") % {"n": MAX_ORDERS}, code="how_many")
    return sorted(ids)


def _recalled(changes: Changes, order_ids: Sequence[int]) -> list[Order]:
    """The orders, locked, their goods back in the pool as far as nobody has begun to pick them."""
    rows = SubOrder.objects.filter(order_id__in=order_ids, status__in=UNPICKED)
    floor().recall(sorted(rows.values_list("id", flat=True)))
    orders = list(changes.open(order_ids).values())
    for order in orders:
        if any(row["status"] in OPEN and row["status"] != "reserved" for row in live(order)):
            raise _refusal(order, "picking_begun")
    return orders


def _refusal(order: Order, reason: str) -> Conflict:
    words = {"order": order.header["order_no"], "why": WHY_NOT_MERGED[reason]}
    message = _("Order %(order)s cannot be merged: %(why)s.") % words
    return Conflict(message, code="cannot_merge", fields={"order_no": order.header["order_no"], "reason": reason})


def _check_together(orders: Sequence[Order]) -> None:
    facts = skus.facts({line["sku_id"] for o in orders for row in live(o) for line in row["lines"].values()})
    groups = {group_of(order, parcel_class(order, facts)) for order in orders}
    if len(groups) > 1 or None in groups:
        raise Conflict(_("These orders differ in receiver, currency or the box they need."), code="not_together")


def group_of(order: Order, kind: tuple[str, bool, bool] | None) -> Group | None:
    """What it has in common with those it may be merged with; None when it needs several boxes."""
    return Group(order.header["merge_key"], order.header["currency"], kind) if kind else None


def _in_one_warehouse(changes: Changes, orders: Sequence[Order]) -> int:
    """The warehouse that all of them lie in now, after locking their goods anew where that is not so yet."""
    houses = {row["warehouse_id"] for order in orders for row in live(order)}
    if len(houses) > 1:
        lock_held(orders)
        for order in orders:
            for row in live(order):
                withdraw(changes, order, row, "merged")
        place_together(changes, orders)
        houses = {row["warehouse_id"] for order in orders for row in live(order)}
    [warehouse_id] = houses
    return warehouse_id


def _told(row: Merge, order: Order, orders: Sequence[Order], note: str) -> dict[str, Any]:
    [suborder] = live(order)
    return {
        "merge_id": row.pk, "suborder_id": suborder["id"], "order_ids": [each.id for each in orders],
        "warehouse_id": row.warehouse_id, "rule": row.rule, "note": note[:200],
    }  # fmt: skip


def undo(order_id: int, note: str) -> list[int]:
    """Take the merge of this order apart; no rule puts these orders together again. Returns the orders that were in it.

    Raises Conflict: `not_merged`, or `cannot_merge` (reason `picking_begun`) once somebody has begun to pick any of it.
    """
    with transaction.atomic():
        changes = Changes()
        orders = _recalled(changes, sorted(company([order_id])))
        leaving = [order for order in orders if merged(order)]
        if not leaving:
            raise Conflict(_("The order is not merged with any other."), code="not_merged")
        for order in leaving:
            part(changes, order, note)
            audit.record("order.unmerge", f"oms.order:{order.id}", reason=note)
        changes.save()
        MergeProposal.objects.create(
            merge_key=leaving[0].header["merge_key"], order_ids=[order.id for order in leaving],
            shop_ids=sorted({order.header["shop_id"] for order in leaving}), state=ProposalState.DECLINED,
            note=note[:200], decided_at=clock.now(), decided_by=current().actor,
        )  # fmt: skip
    return [order.id for order in leaving]


def part(changes: Changes, order: Order, reason: str) -> None:
    """Inside somebody's changes: the order goes by itself again, if it does not already."""
    if (row := merged(order)) is not None:
        told = {"merge_id": row["merge_id"], "suborder_id": row["id"], "reason": reason[:200]}
        changes.add(order, e.PARTED, told)


def leave(suborder_ids: Sequence[int], reason: str) -> None:
    """Sub-orders that lie in the pool again while what they were merged with goes on: they go by themselves."""
    with transaction.atomic():
        changes = Changes()
        rows = SubOrder.objects.filter(id__in=suborder_ids, merge__isnull=False, status="reserved")
        for order in changes.open(sorted(set(rows.values_list("order_id", flat=True)))).values():
            if (row := merged(order)) is not None and row["status"] == "reserved":
                part(changes, order, reason)
        changes.save()


def dissolve(merge_ids: Iterable[int]) -> None:
    """End merges that only one order is left in."""
    with transaction.atomic():
        changes = Changes()
        company: dict[int, set[int]] = {}
        rows = SubOrder.objects.filter(merge_id__in=set(merge_ids)).values_list("merge_id", "order_id")
        for merge_id, order_id in rows:
            company.setdefault(merge_id, set()).add(order_id)
        alone = sorted(order_ids.pop() for order_ids in company.values() if len(order_ids) == 1)
        for order in changes.open(alone).values():
            part(changes, order, "alone")
        changes.save()


def seal(order_id: int, note: str, *, no_split: bool | None = None, no_merge: bool | None = None) -> None:
    """Set or lift the seals of an order; None leaves one as it is. One that must not be merged leaves its merge first,
    one that was split is routed anew in one piece.

    Raises Conflict (`cannot_merge`, reason `picking_begun`) when that comes too late.
    """
    with transaction.atomic():
        changes = Changes()
        disturbed = company([order_id]) if no_merge else set()
        if no_split and SubOrder.objects.filter(order_id=order_id).exclude(status="cancelled").count() > 1:
            disturbed.add(order_id)
        _recalled(changes, sorted(disturbed))
        order = changes.open([order_id])[order_id]
        before = {name: order.header[name] for name in ("no_split", "no_merge")}
        said = {"no_split": no_split, "no_merge": no_merge}
        after = {name: before[name] if said[name] is None else said[name] for name in before}
        if no_merge:
            part(changes, order, note)
        if after != before:
            changes.add(order, e.SEALED, {**after, "reason": note[:200]})
            audit.record("order.seal", f"oms.order:{order.id}", reason=note, before=before, after=after)
        if no_split and len(live(order)) > 1:
            _make_whole(changes, order)
        changes.save()
        ring("oms.tasks.allocate")


def _make_whole(changes: Changes, order: Order) -> None:
    """Take the parts of a split order back, so that the router puts them together."""
    if any(row["status"] not in OPEN for row in live(order)):
        raise _refusal(order, "picking_begun")
    lock_held([order])
    for row in live(order):
        withdraw(changes, order, row, "sealed")
