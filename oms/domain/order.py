"""An order as a fold over its events. Pure: the write path and the replay run this same code.

`OrderState.header` holds the columns of the order projection as JSON-safe values (times as ISO texts); `lines`,
`suborders`, `holds`, `refunds` and `shortages` hold its child rows. Services decide events, `evolve` applies them, the
projection is written from the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oms.domain import events as e
from oms.domain.canonical import LineRefund, RefundStatus
from oms.domain.canonical import OrderState as PayState
from oms.domain.status import GONE, HoldReason, OrderStatus, Step, SubOrderStatus

Row = dict[str, Any]


@dataclass(slots=True)
class Order:
    """One order's whole state. `version` is the number of events it was folded from."""

    id: int
    version: int = 0
    header: Row = field(default_factory=dict)
    lines: dict[int, Row] = field(default_factory=dict)  # line_no -> line
    suborders: dict[int, Row] = field(default_factory=dict)  # id -> sub-order with "lines": {id -> row}
    holds: dict[int, Row] = field(default_factory=dict)  # seq -> hold
    refunds: dict[str, Row] = field(default_factory=dict)  # refund_no -> refund
    shortages: dict[int, int] = field(default_factory=dict)  # sku_id -> qty

    @property
    def open_holds(self) -> list[Row]:
        return [hold for hold in self.holds.values() if hold["released_at"] is None]

    def holds_for(self, reason: HoldReason) -> list[Row]:
        return [hold for hold in self.open_holds if hold["reason"] == reason]

    def holds_on(self, step: Step) -> list[Row]:
        """The open holds that keep `step` from happening."""
        return [hold for hold in self.open_holds if step in hold["blocks"]]


def wanted(order: Order) -> dict[int, int]:
    """Units of each line (by line_no) that should still leave a warehouse or have left it: nothing of a cancelled
    order, a refunded line or a thing that is not shipped; a refund of part of a line lowers it."""
    if order.header["cancel_reason"] or order.header["pay_state"] in {PayState.CANCELLED, PayState.REFUNDED}:
        return dict.fromkeys(order.lines, 0)
    back = _refunded_units(order)
    parents = {line["parent_line_id"] for line in order.lines.values() if line["parent_line_id"]}
    result = {}
    for no, line in order.lines.items():
        ships = line["requires_shipping"] and line["line_id"] not in parents and line["refund"] != LineRefund.REFUNDED
        result[no] = max(line["qty"] - back.get(line["line_id"], 0), 0) if ships else 0
    return result


def _refunded_units(order: Order) -> dict[str, int]:
    """Units per line id that a succeeded refund took out before shipping. A refund without a quantity takes the line
    when its amount covers it; one without a line takes the order when it covers what was paid."""
    taken: dict[str, int] = {}
    for refund in order.refunds.values():
        if refund["status"] != RefundStatus.SUCCEEDED or refund["kind"] != "refund_only":
            continue
        for line in order.lines.values():
            whole = refund["amount_minor"] >= line["net_minor"]
            if refund["line_id"] == line["line_id"]:
                taken[line["line_id"]] = taken.get(line["line_id"], 0) + (
                    refund["qty"] or (line["qty"] if whole else 0)
                )
            elif not refund["line_id"] and refund["amount_minor"] >= (order.header["paid_minor"] or 0):
                taken[line["line_id"]] = line["qty"]
    return taken


def derive_status(order: Order) -> OrderStatus:
    """Where the order stands, from its facts alone. A hold that leaves routing free shows once there is nothing left
    to route."""
    header = order.header
    live = [s["status"] for s in order.suborders.values() if s["status"] != SubOrderStatus.CANCELLED]
    gone = [status for status in live if status in GONE]
    still_wanted = sum(wanted(order).values())
    if not still_wanted and not live:
        cancelled = header["cancel_reason"] or header["pay_state"] in {PayState.CANCELLED, PayState.REFUNDED}
        if cancelled or any(line["requires_shipping"] for line in order.lines.values()):
            return OrderStatus.CANCELLED
        return OrderStatus.UNPAID if header["pay_state"] == PayState.PENDING else OrderStatus.NOTHING_TO_SHIP
    if gone and len(gone) == len(live) and not outstanding(order):
        return OrderStatus.COMPLETED if set(gone) == {SubOrderStatus.DELIVERED} else OrderStatus.SHIPPED
    if order.holds_on(Step.ALLOCATE) or (order.open_holds and not outstanding(order)):
        return OrderStatus.HELD
    if gone:
        return OrderStatus.PARTLY_SHIPPED
    if header["pay_state"] == PayState.PENDING and not header["shippable"]:
        return OrderStatus.UNPAID
    if not header["shippable"] and not live:
        return OrderStatus.WAITING
    if outstanding(order):
        return OrderStatus.BACKORDERED if order.shortages else OrderStatus.READY
    if set(live) == {SubOrderStatus.RESERVED}:
        return OrderStatus.ALLOCATED
    return OrderStatus.FULFILLING


def may_allocate(order: Order) -> bool:
    """Is there something to route now? Also true of the rest of an order that has partly shipped."""
    open_statuses = {OrderStatus.READY, OrderStatus.PARTLY_SHIPPED}
    return order.header["status"] in open_statuses and not order.shortages and bool(outstanding(order))


def outstanding(order: Order) -> dict[int, int]:
    """Units per line_no that are wanted and in no live sub-order yet: what the router still has to place."""
    have = _allocated_line_units(order)
    return {no: qty - have.get(no, 0) for no, qty in wanted(order).items() if qty > have.get(no, 0)}


def surplus(order: Order) -> dict[int, int]:
    """Units per line_no that open sub-orders hold beyond what is wanted."""
    have, want = _allocated_line_units(order), wanted(order)
    return {no: qty - want.get(no, 0) for no, qty in have.items() if qty > want.get(no, 0)}


def _allocated_line_units(order: Order) -> dict[int, int]:
    units: dict[int, int] = {}
    for suborder in order.suborders.values():
        if suborder["status"] == SubOrderStatus.CANCELLED:
            continue
        seen: set[int] = set()
        for row in suborder["lines"].values():
            # Components of one bundle line share its `line_units`; count them once per sub-order.
            if row["line_no"] not in seen:
                units[row["line_no"]] = units.get(row["line_no"], 0) + row["line_units"]
                seen.add(row["line_no"])
    return units


# What follows from an order's events; the rest of its header is what a version of it says.
_FOLLOWS = frozenset(
    (
        "status", "open_holds", "blocked", "allocatable", "refunded_minor", "cancel_reason", "captured_at",
        "updated_at", "no_split", "no_merge",
    )
)  # fmt: skip


def as_told(order: Order) -> Row:
    """The header as a version of the order tells it: the `order` of a captured or amended event."""
    return {name: value for name, value in order.header.items() if name not in _FOLLOWS}


def evolve(order: Order, event_type: str, payload: Mapping[str, Any], at: str) -> None:
    """Apply one event in place. `at` is the event's time. Raises KeyError for a type that is not an order's."""
    _APPLY[event_type](order, payload, at)
    order.version += 1
    order.header["open_holds"] = len(order.open_holds)
    order.header["blocked"] = sorted({step for hold in order.open_holds for step in hold["blocks"]})
    order.header["updated_at"] = at
    order.header["status"] = derive_status(order)
    order.header["allocatable"] = may_allocate(order)


def _captured(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header.update({"refunded_minor": 0, "cancel_reason": "", "captured_at": at})
    order.header.update({"no_split": False, "no_merge": False})
    # Older captures tell none of these.
    order.header.update(dict.fromkeys(("address_key", "ip_key", "device_key", "merge_key"), ""))
    _content(order, payload, at)


def _content(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header.update(payload["order"])
    order.lines = {line["line_no"]: dict(line) for line in payload["lines"]}
    order.shortages = {}


def _confirmed(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header["platform_modified_at"] = payload["modified_at"]


def _hold_opened(order: Order, payload: Mapping[str, Any], at: str) -> None:
    # Holds of before there were named steps blocked them all and kept no trace.
    order.holds[payload["seq"]] = {
        "blocks": [step.value for step in Step], "trace": None, **payload,
        "opened_at": at, "released_at": None, "released_by": "", "note": "",
    }  # fmt: skip


def _hold_released(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.holds[payload["seq"]].update(released_at=at, released_by=payload["by"], note=payload["note"])


def _hold_restated(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.holds[payload["seq"]].update({key: payload[key] for key in ("detail", "trace") if key in payload})


def _hold_taken(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.holds[payload["seq"]]["owner"] = payload["owner"]


def _lines_matched(order: Order, payload: Mapping[str, Any], at: str) -> None:
    for no, sku_id in payload["skus"].items():
        order.lines[int(no)].update(sku_id=sku_id, was_sku_id=None)
    for no, sku_id in payload.get("doubts", {}).items():
        order.lines[int(no)]["was_sku_id"] = sku_id


def _address_changed(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header.update(payload)


def _allocated_event(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.shortages = {}
    for new in payload["suborders"]:
        order.suborders[new["id"]] = {
            **{key: value for key, value in new.items() if key != "lines"},
            "decision_id": payload["decision_id"],
            "merge_id": None,
            "status": SubOrderStatus.RESERVED.value,
            "reserved_at": at,
            "shipped_at": None,
            "delivered_at": None,
            "lines": {row["id"]: dict(row) for row in new["lines"]},
        }


def _backordered(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.shortages = {int(sku): qty for sku, qty in payload["shortages"].items()}


def _woken(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.shortages = {}


def _suborder_moved(order: Order, payload: Mapping[str, Any], at: str) -> None:
    suborder = order.suborders[payload["suborder_id"]]
    suborder["status"] = payload["to"]
    if payload["to"] == SubOrderStatus.DELIVERED:
        suborder["delivered_at"] = at


def _suborder_shipped(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.suborders[payload["suborder_id"]].update(status=SubOrderStatus.SHIPPED.value, shipped_at=at)


def _suborder_trimmed(order: Order, payload: Mapping[str, Any], at: str) -> None:
    suborder = order.suborders[payload["suborder_id"]]
    for line_id, change in payload["lines"].items():
        suborder["lines"][int(line_id)].update(change)
    suborder["goods_minor"] = sum(row["net_minor"] for row in suborder["lines"].values())


def _suborder_cancelled(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.suborders[payload["suborder_id"]].update(status=SubOrderStatus.CANCELLED.value, merge_id=None)


def _merged(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.suborders[payload["suborder_id"]]["merge_id"] = payload["merge_id"]


def _parted(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.suborders[payload["suborder_id"]]["merge_id"] = None


def _sealed(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header.update(no_split=payload["no_split"], no_merge=payload["no_merge"])


def _cancelled(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.header["cancel_reason"] = payload["reason"]
    order.shortages = {}


def _refund_reported(order: Order, payload: Mapping[str, Any], at: str) -> None:
    order.refunds[payload["refund_no"]] = dict(payload)
    order.header["refunded_minor"] = sum(
        refund["amount_minor"] for refund in order.refunds.values() if refund["status"] == RefundStatus.SUCCEEDED
    )


def _nothing(order: Order, payload: Mapping[str, Any], at: str) -> None:
    """A fact worth telling that changes no row."""


_APPLY = {
    e.CAPTURED.name: _captured,
    e.AMENDED.name: _content,
    e.VERSION_IGNORED.name: _nothing,
    e.VERSION_CONFIRMED.name: _confirmed,
    e.HOLD_OPENED.name: _hold_opened,
    e.HOLD_RELEASED.name: _hold_released,
    e.HOLD_RESTATED.name: _hold_restated,
    e.HOLD_TAKEN.name: _hold_taken,
    e.LINES_MATCHED.name: _lines_matched,
    e.ADDRESS_FIXED.name: _address_changed,
    e.ADDRESS_SETTLED.name: _address_changed,
    e.ADDRESS_REOPENED.name: _address_changed,
    e.ALLOCATED.name: _allocated_event,
    e.BACKORDERED.name: _backordered,
    e.WOKEN.name: _woken,
    e.SUBORDER_MOVED.name: _suborder_moved,
    e.SUBORDER_SHIPPED.name: _suborder_shipped,
    e.SUBORDER_TRIMMED.name: _suborder_trimmed,
    e.SUBORDER_CANCELLED.name: _suborder_cancelled,
    e.MERGED.name: _merged,
    e.PARTED.name: _parted,
    e.SEALED.name: _sealed,
    e.CANCELLED.name: _cancelled,
    e.REFUND_REPORTED.name: _refund_reported,
    e.NOTED.name: _nothing,
}
