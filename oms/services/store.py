"""Load orders, change them by events, write events and projections together. The only code that writes order rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from core import clock
from core.events import EventType, NewEvent
from core.services.events import Append, append
from oms.domain import events as e
from oms.domain.order import Order, evolve
from oms.models import Hold, OrderLine, Refund, Shortage, SubOrder, SubOrderLine
from oms.models import Order as OrderRow
from oms.rows import ORDER_COLUMNS, iso, stored_orders

STREAM = "oms.order"

_CONTENT = {"lines", "shortages"}
_TOUCHES: Mapping[str, set[str]] = {
    e.CAPTURED.name: _CONTENT,
    e.AMENDED.name: _CONTENT,
    e.LINES_MATCHED.name: {"lines"},
    e.HOLD_OPENED.name: {"holds"},
    e.HOLD_RELEASED.name: {"holds"},
    e.HOLD_TAKEN.name: {"holds"},
    e.ALLOCATED.name: {"suborders", "sublines", "shortages"},
    e.BACKORDERED.name: {"shortages"},
    e.WOKEN.name: {"shortages"},
    e.CANCELLED.name: {"shortages"},
    e.SUBORDER_MOVED.name: {"suborders"},
    e.SUBORDER_SHIPPED.name: {"suborders"},
    e.SUBORDER_TRIMMED.name: {"suborders", "sublines"},
    e.SUBORDER_CANCELLED.name: {"suborders"},
    e.REFUND_REPORTED.name: {"refunds"},
}


def next_ids(model: type[Model], count: int) -> list[int]:
    """Draw `count` primary keys, so that an event can name a row before it is written."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


class Changes:
    """Orders in hand and the events decided on them, saved in one go.

    Must live inside one transaction; the orders it opens are locked in id order before anything is read.
    """

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self._base: dict[int, int] = {}
        self._events: dict[int, list[NewEvent]] = {}
        self._moment: datetime = clock.now()

    def open(self, order_ids: Iterable[int]) -> dict[int, Order]:
        """Lock and load orders; ids that do not exist are absent from the answer."""
        wanted = sorted(set(order_ids) - self.orders.keys())
        locked = list(
            OrderRow.objects.select_for_update(of=("self",))
            .filter(id__in=wanted)
            .order_by("id")
            .values_list("id", flat=True)
        )
        for order in stored_orders(locked).values():
            self._hold(order)
        return {order_id: self.orders[order_id] for order_id in order_ids if order_id in self.orders}

    def start(self, order_id: int) -> Order:
        """A new order with an id drawn by `next_ids`."""
        order = Order(order_id)
        self._hold(order)
        return order

    def _hold(self, order: Order) -> None:
        self.orders[order.id] = order
        self._base[order.id] = order.version

    def add(self, order: Order, event: EventType, payload: dict[str, Any]) -> None:
        """Decide one event: the order changes now, the rows at `save`."""
        self._events.setdefault(order.id, []).append(NewEvent(event, payload))
        evolve(order, event.name, payload, iso(self._moment))

    def save(self) -> list[int]:
        """Append all events and write the projections they touched; returns the ids of the changed orders."""
        changed = sorted(self._events)
        append(
            [Append(f"{STREAM}:{order_id}", self._base[order_id], self._events[order_id]) for order_id in changed],
            occurred_at=self._moment,
        )
        touched: dict[str, list[Order]] = {}
        for order_id in changed:
            for table in set().union(*(_TOUCHES.get(new.type.name, set()) for new in self._events[order_id])):
                touched.setdefault(table, []).append(self.orders[order_id])
        _write_orders([self.orders[order_id] for order_id in changed])
        _write_children(touched)
        self._base = {order_id: order.version for order_id, order in self.orders.items()}
        self._events = {}
        return changed


def _write_orders(orders: Sequence[Order]) -> None:
    _upsert(
        OrderRow,
        [OrderRow(id=o.id, version=o.version, **{k: o.header[k] for k in ORDER_COLUMNS}) for o in orders],
        ["id"],
    )


def _write_children(touched: Mapping[str, Sequence[Order]]) -> None:
    _upsert(
        OrderLine,
        [OrderLine(order_id=o.id, **line) for o in touched.get("lines", ()) for line in o.lines.values()],
        ["order", "line_no"],
    )
    _upsert(
        Hold,
        [Hold(order_id=o.id, **hold) for o in touched.get("holds", ()) for hold in o.holds.values()],
        ["order", "seq"],
    )
    _upsert(
        Refund,
        [Refund(order_id=o.id, **refund) for o in touched.get("refunds", ()) for refund in o.refunds.values()],
        ["order", "refund_no"],
    )
    _upsert(
        SubOrder,
        [
            SubOrder(order_id=o.id, **{k: v for k, v in sub.items() if k != "lines"})
            for o in touched.get("suborders", ())
            for sub in o.suborders.values()
        ],
        ["id"],
    )
    _upsert(
        SubOrderLine,
        [
            SubOrderLine(suborder_id=sub["id"], **row)
            for o in touched.get("sublines", ())
            for sub in o.suborders.values()
            for row in sub["lines"].values()
        ],
        ["id"],
    )
    short = touched.get("shortages", ())
    if short:
        Shortage.objects.filter(order_id__in=[o.id for o in short]).delete()
        Shortage.objects.bulk_create(
            Shortage(order_id=o.id, sku_id=sku_id, qty=qty) for o in short for sku_id, qty in o.shortages.items()
        )


def _upsert(model: type[Model], rows: Sequence[Model], keys: list[str]) -> None:
    if not rows:
        return
    identity = {*keys, "id"}
    columns = [f.name for f in model._meta.concrete_fields if f.name not in identity]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=keys, update_fields=columns)
