"""Between an order's state and its rows. Read by the write path and by the replay, so both mean the same columns."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.projections import Rows
from oms.domain.order import Order, Row
from oms.models import Hold, OrderLine, Refund, Shortage, SubOrder, SubOrderLine
from oms.models import Order as OrderRow

ORDER_COLUMNS = [f.attname for f in OrderRow._meta.concrete_fields if f.name not in {"id", "version"}]
LINE_COLUMNS = [f.attname for f in OrderLine._meta.concrete_fields if f.name not in {"id", "order"}]
HOLD_COLUMNS = [f.attname for f in Hold._meta.concrete_fields if f.name not in {"id", "order"}]
REFUND_COLUMNS = [f.attname for f in Refund._meta.concrete_fields if f.name not in {"id", "order"}]
SUBORDER_COLUMNS = [f.attname for f in SubOrder._meta.concrete_fields if f.name != "order"]
SUBLINE_COLUMNS = [f.attname for f in SubOrderLine._meta.concrete_fields if f.name != "suborder"]


def iso(moment: datetime) -> str:
    """The one text form of a time in events and states."""
    return moment.astimezone(UTC).isoformat()


def read(value: Any) -> Any:
    """A column's value as JSON holds it."""
    if isinstance(value, datetime):
        return iso(value)
    return str(value) if isinstance(value, UUID) else value


def stored_orders(order_ids: Sequence[int]) -> dict[int, Order]:
    """The states of many orders, read from their projections in seven queries."""
    orders: dict[int, Order] = {}
    for row in OrderRow.objects.filter(id__in=order_ids).order_by("id").values("id", "version", *ORDER_COLUMNS):
        order = Order(row.pop("id"), row.pop("version"), {key: read(value) for key, value in row.items()})
        orders[order.id] = order
    for order_id, line in _children(OrderLine, "order_id", order_ids, LINE_COLUMNS):
        orders[order_id].lines[line["line_no"]] = line
    for order_id, hold in _children(Hold, "order_id", order_ids, HOLD_COLUMNS):
        orders[order_id].holds[hold["seq"]] = hold
    for order_id, refund in _children(Refund, "order_id", order_ids, REFUND_COLUMNS):
        orders[order_id].refunds[refund["refund_no"]] = refund
    for order_id, short in _children(Shortage, "order_id", order_ids, ["sku_id", "qty"]):
        orders[order_id].shortages[short["sku_id"]] = short["qty"]
    owner: dict[int, Row] = {}
    for order_id, suborder in _children(SubOrder, "order_id", order_ids, SUBORDER_COLUMNS):
        owner[suborder["id"]] = orders[order_id].suborders[suborder["id"]] = {**suborder, "lines": {}}
    for suborder_id, line in _children(SubOrderLine, "suborder_id", list(owner), SUBLINE_COLUMNS):
        owner[suborder_id]["lines"][line["id"]] = line
    return orders


def _children(model: Any, parent: str, ids: Sequence[int], columns: Sequence[str]) -> Iterable[tuple[int, Row]]:
    for row in model.objects.filter(**{f"{parent}__in": ids}).order_by("id").values(parent, *columns):
        yield row.pop(parent), {key: read(value) for key, value in row.items()}


def rows_of(order: Order) -> Rows:
    """The projection rows that a state stands for, in key order."""
    return {
        "oms_order": [{"version": order.version, **{k: order.header.get(k) for k in ORDER_COLUMNS}}],
        "oms_orderline": [pick(order.lines[no], LINE_COLUMNS) for no in sorted(order.lines)],
        "oms_hold": [pick(order.holds[seq], HOLD_COLUMNS) for seq in sorted(order.holds)],
        "oms_refund": [pick(order.refunds[no], REFUND_COLUMNS) for no in sorted(order.refunds)],
        "oms_shortage": [{"sku_id": sku, "qty": order.shortages[sku]} for sku in sorted(order.shortages)],
        "oms_suborder": [pick(order.suborders[key], SUBORDER_COLUMNS) for key in sorted(order.suborders)],
        "oms_suborderline": [
            {"suborder_id": key, **pick(order.suborders[key]["lines"][line], SUBLINE_COLUMNS)}
            for key in sorted(order.suborders)
            for line in sorted(order.suborders[key]["lines"])
        ],
    }


def pick(row: Row, columns: Sequence[str]) -> Row:
    """The columns of `row` that a table has."""
    return {column: row.get(column) for column in columns}
