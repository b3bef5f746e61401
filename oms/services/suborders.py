"""What the warehouse tells an order: its sub-orders moved, shipped, were delivered, or will not happen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.doorbell import ring
from core.errors import Conflict
from inventory.services import reservations
from inventory.services.locks import lock_stock
from inventory.services.movements import Change, ship
from oms.choices import HOLD_REASON
from oms.domain import events as e
from oms.domain.order import Order
from oms.domain.status import OPEN, Step, SubOrderStatus, may_move
from oms.models import SubOrder
from oms.services.store import Changes


def _orders_of(changes: Changes, suborder_ids: Iterable[int]) -> dict[int, Order]:
    """Open (lock) the orders of these sub-orders; returns sub-order id -> order."""
    ids = sorted(set(suborder_ids))
    owner = dict(SubOrder.objects.filter(id__in=ids).values_list("id", "order_id"))
    orders = changes.open(sorted(set(owner.values())))
    return {suborder_id: orders[order_id] for suborder_id, order_id in owner.items()}


def move(suborder_ids: Sequence[int], to: SubOrderStatus) -> None:
    """Advance sub-orders inside the warehouse (waved, picked, packed, back to reserved, delivered).

    Already there: no-op. Raises Conflict (`illegal_move`) if one may not go there; nothing moves then.
    """
    with transaction.atomic():
        changes = Changes()
        for suborder_id, order in sorted(_orders_of(changes, suborder_ids).items()):
            current = order.suborders[suborder_id]["status"]
            if current == to:
                continue
            if not may_move(current, to):
                raise Conflict(
                    _("A sub-order cannot go from “%(current)s” to “%(to)s”.") % {"current": current, "to": to},
                    code="illegal_move",
                    fields={"suborder_id": suborder_id, "current": str(current), "to": str(to)},
                )
            changes.add(order, e.SUBORDER_MOVED, {"suborder_id": suborder_id, "to": to.value})
        changes.save()


@dataclass(frozen=True, slots=True)
class Departure:
    """A sub-order leaves: its parcels, and from which bin each of its lines (sub-order line id -> bin id) goes. In a
    parcel of several orders it is the `place`-th (from 0) `of` so many, and bears `freight_fen` of its freight."""

    suborder_id: int
    parcels: Sequence[tuple[str, str]]  # (carrier code, waybill number)
    bins: Mapping[int, int]
    place: int = 0
    of: int = 1
    freight_fen: int = 0


def depart(departures: Sequence[Departure]) -> None:
    """Hand sub-orders to their carriers: the reservations are posted, stock leaves, `oms.suborder_shipped` goes out.

    Already shipped: no-op. Raises Conflict (`order_held`) for an order with a hold on shipping, (`illegal_move`) for a
    sub-order that is not packed.
    """
    with transaction.atomic():
        changes = Changes()
        owners = _orders_of(changes, [departure.suborder_id for departure in departures])
        for departure in sorted(departures, key=lambda d: d.suborder_id):
            order = owners[departure.suborder_id]
            suborder = order.suborders[departure.suborder_id]
            if suborder["status"] in {SubOrderStatus.SHIPPED, SubOrderStatus.DELIVERED}:
                continue
            _check_may_leave(order, suborder)
            lines = [row for row in suborder["lines"].values() if row["qty"]]
            ship(
                [Change(r["sku_id"], suborder["warehouse_id"], departure.bins[r["id"]], -r["qty"]) for r in lines],
                {row["id"]: row["qty"] for row in lines},
                key=f"ship:{departure.suborder_id}",
            )
            changes.add(order, e.SUBORDER_SHIPPED, _shipped(departure, suborder, lines))
        changes.save()


def _check_may_leave(order: Order, suborder: Mapping[str, Any]) -> None:
    if held := order.holds_on(Step.SHIP):
        raise Conflict(
            _("The order is held: %(reason)s.") % {"reason": dict(HOLD_REASON)[held[0]["reason"]]},
            code="order_held",
            fields={"order_no": order.header["order_no"], "reason": held[0]["reason"]},
        )
    if not may_move(suborder["status"], SubOrderStatus.SHIPPED):
        raise Conflict(_("The sub-order is not packed."), code="illegal_move", fields={"suborder_id": suborder["id"]})


def _shipped(departure: Departure, suborder: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    alone = departure.of == 1
    return {
        "suborder_id": departure.suborder_id,
        "warehouse_id": suborder["warehouse_id"],
        "parcels": [{"carrier": carrier, "waybill_no": no} for carrier, no in departure.parcels],
        "lines": [
            {"line_no": r["line_no"], "sku_id": r["sku_id"], "qty": r["qty"], "net_minor": r["net_minor"]}
            for r in lines
        ],
        "goods_minor": suborder["goods_minor"],
        "freight_minor": suborder["freight_minor"],
        "freight_estimate_fen": suborder["freight_estimate_fen"] if alone else departure.freight_fen,
        **({} if alone else {"share": {"place": departure.place, "of": departure.of}}),
    }


def cancel(suborder_ids: Sequence[int], reason: str) -> None:
    """Take open sub-orders back and give their stock back; the order is routed anew if it still wants the goods.

    Raises Conflict (`already_shipped`) for one that has left.
    """
    with transaction.atomic():
        changes = Changes()
        owners = _orders_of(changes, suborder_ids)
        lock_held(changes.orders.values())
        for suborder_id, order in sorted(owners.items()):
            withdraw(changes, order, order.suborders[suborder_id], reason)
        changes.save()
        ring("oms.tasks.allocate")


def expire_overdue() -> int:
    """Take back the sub-orders whose reservations ran out of time; returns how many."""
    with transaction.atomic():
        changes = Changes()
        owners = _orders_of(changes, [group for group, _ref in reservations.overdue()])
        lock_held(changes.orders.values())
        for suborder_id, order in sorted(owners.items()):
            withdraw(changes, order, order.suborders[suborder_id], "expired", expired=True)
        changes.save()
        ring("oms.tasks.allocate")
        return len(changes.orders)


def lock_held(orders: Iterable[Order]) -> None:
    """Lock the stock that open sub-orders of these (locked) orders hold, all in key order, before it is given back
    sub-order by sub-order: two that do so wait for each other instead of deadlocking."""
    lock_stock(
        (row["sku_id"], suborder["warehouse_id"])
        for order in orders
        for suborder in order.suborders.values()
        if suborder["status"] in OPEN
        for row in suborder["lines"].values()
    )


def withdraw(
    changes: Changes, order: Order, suborder: Mapping[str, Any], reason: str, *, expired: bool = False
) -> None:
    """Cancel one open sub-order inside somebody's changes; a cancelled one is left alone."""
    if suborder["status"] == SubOrderStatus.CANCELLED:
        return
    if suborder["status"] not in OPEN:
        raise Conflict(_("It has left the warehouse."), code="already_shipped", fields={"suborder_id": suborder["id"]})
    reservations.void(list(suborder["lines"]), expired=expired)
    told = {"suborder_id": suborder["id"], "reason": reason}
    if suborder["merge_id"]:
        told["merge_id"] = suborder["merge_id"]
    changes.add(order, e.SUBORDER_CANCELLED, told)
