"""Make sub-orders fit what an order wants now: give back what is too much, carry the right money."""

from collections.abc import Iterable
from typing import Any

from inventory.services import reservations
from oms.domain import events as e
from oms.domain.apportion import renewed_nets
from oms.domain.order import Order, Row, outstanding, surplus
from oms.domain.status import OPEN, SubOrderStatus
from oms.services.store import Changes
from oms.services.suborders import lock_held, withdraw

# Beyond the pick face a parcel's content is settled: too much in it means the whole sub-order is taken back.
TRIMMABLE = {SubOrderStatus.RESERVED, SubOrderStatus.WAVED}


def fit_suborders(changes: Changes, orders: Iterable[Order]) -> None:
    """Give back exactly what each order holds beyond its wants, and re-apportion its lines' money."""
    held = [order for order in orders if order.suborders]
    lock_held(order for order in held if surplus(order))
    for order in held:
        _withdraw_settled(changes, order)
        _trim(changes, order)


def _withdraw_settled(changes: Changes, order: Order) -> None:
    excess = surplus(order)
    for suborder in list(order.suborders.values()):
        settled = suborder["status"] in OPEN and suborder["status"] not in TRIMMABLE
        if settled and any(row["line_no"] in excess and row["line_units"] for row in suborder["lines"].values()):
            withdraw(changes, order, suborder, "amended")
            excess = surplus(order)


def _trim(changes: Changes, order: Order) -> None:
    excess = surplus(order)
    units: dict[int, int] = {}  # sub-order line id -> units of the order's line it keeps
    for suborder in reversed(list(order.suborders.values())):
        if suborder["status"] not in TRIMMABLE:
            continue
        for line_no, rows in _by_line(suborder).items():
            take = min(excess.get(line_no, 0), rows[0]["line_units"])
            if take:
                excess[line_no] -= take
                units.update((row["id"], row["line_units"] - take) for row in rows)
    for suborder in list(order.suborders.values()):
        if suborder["status"] not in OPEN:
            continue
        kept = {row["id"]: units.get(row["id"], row["line_units"]) for row in suborder["lines"].values()}
        if not any(kept.values()):
            withdraw(changes, order, suborder, "amended")
        elif any(row_id in units for row_id in kept):
            _shrink(changes, order, suborder, units)
    _carry_money(changes, order)


def _shrink(changes: Changes, order: Order, suborder: Row, units: dict[int, int]) -> None:
    lines, quantities = {}, {}
    for row in suborder["lines"].values():
        if row["id"] in units:
            qty = row["qty"] // row["line_units"] * units[row["id"]]
            quantities[row["id"]] = qty
            lines[str(row["id"])] = {"qty": qty, "line_units": units[row["id"]], "net_minor": row["net_minor"]}
    reservations.shrink(quantities)
    changes.add(order, e.SUBORDER_TRIMMED, {"suborder_id": suborder["id"], "lines": lines})


def _carry_money(changes: Changes, order: Order) -> None:
    nets = renewed_nets(order, outstanding(order))
    for suborder in list(order.suborders.values()):
        if suborder["status"] not in OPEN:
            continue
        lines: dict[str, dict[str, Any]] = {
            str(row["id"]): {"qty": row["qty"], "line_units": row["line_units"], "net_minor": nets[row["id"]]}
            for row in suborder["lines"].values()
            if row["id"] in nets and nets[row["id"]] != row["net_minor"]
        }
        if lines:
            changes.add(order, e.SUBORDER_TRIMMED, {"suborder_id": suborder["id"], "lines": lines})


def _by_line(suborder: Row) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in suborder["lines"].values():
        if row["line_units"]:
            groups.setdefault(row["line_no"], []).append(row)
    return groups
