"""Load orders, change them by events, write events and projections together. The only code that writes order rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from core import clock
from core.doorbell import ring
from core.events import EventType, NewEvent
from core.services import bulk
from core.services.events import Append, append
from oms.domain import events as e
from oms.domain.merge import merged, why_not
from oms.domain.order import Order, evolve
from oms.domain.status import OrderStatus
from oms.models import Hold, OrderLine, Refund, Shortage, SubOrder, SubOrderLine
from oms.models import Order as OrderRow
from oms.rows import ORDER_COLUMNS, SUBORDER_COLUMNS, iso, pick, stored_orders

STREAM = "oms.order"

_CONTENT = {"lines", "shortages"}
_TOUCHES: Mapping[str, set[str]] = {
    e.CAPTURED.name: _CONTENT,
    e.AMENDED.name: _CONTENT,
    e.LINES_MATCHED.name: {"lines"},
    e.HOLD_OPENED.name: {"holds"},
    e.HOLD_RELEASED.name: {"holds"},
    e.HOLD_RESTATED.name: {"holds"},
    e.HOLD_TAKEN.name: {"holds"},
    e.ALLOCATED.name: {"suborders", "sublines", "shortages"},
    e.BACKORDERED.name: {"shortages"},
    e.WOKEN.name: {"shortages"},
    e.CANCELLED.name: {"shortages"},
    e.SUBORDER_MOVED.name: {"suborders"},
    e.SUBORDER_SHIPPED.name: {"suborders"},
    e.SUBORDER_TRIMMED.name: {"suborders", "sublines"},
    e.SUBORDER_CANCELLED.name: {"suborders"},
    e.MERGED.name: {"suborders"},
    e.PARTED.name: {"suborders"},
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
        """Decide one event: the order changes now, the rows at `save`. An order whose receiver turns out to be another
        leaves its merge."""
        receiver = order.header.get("merge_key")
        self._decide(order, event, payload)
        if order.header["merge_key"] != receiver and (row := merged(order)) is not None:
            told = {"merge_id": row["merge_id"], "suborder_id": row["id"], "reason": "receiver"}
            self._decide(order, e.PARTED, told)

    def _decide(self, order: Order, event: EventType, payload: dict[str, Any]) -> None:
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
        _look_for_company([self.orders[order_id] for order_id in changed])
        self._base = {order_id: order.version for order_id, order in self.orders.items()}
        self._events = {}
        return changed


def _write_orders(orders: Sequence[Order]) -> None:
    bulk.upsert(OrderRow, [{"id": o.id, "version": o.version, **pick(o.header, ORDER_COLUMNS)} for o in orders], ["id"])


def _write_children(touched: Mapping[str, Sequence[Order]]) -> None:
    def of(table: str) -> Sequence[Order]:
        return touched.get(table, ())

    lines = [{"order_id": o.id, **line} for o in of("lines") for line in o.lines.values()]
    bulk.upsert(OrderLine, lines, ["order_id", "line_no"])
    holds = [{"order_id": o.id, **hold} for o in of("holds") for hold in o.holds.values()]
    bulk.upsert(Hold, holds, ["order_id", "seq"])
    refunds = [{"order_id": o.id, **refund} for o in of("refunds") for refund in o.refunds.values()]
    bulk.upsert(Refund, refunds, ["order_id", "refund_no"])
    suborders = [
        {"order_id": o.id, **pick(sub, SUBORDER_COLUMNS)} for o in of("suborders") for sub in o.suborders.values()
    ]
    bulk.upsert(SubOrder, suborders, ["id"])
    sublines = [
        {"suborder_id": sub["id"], **row}
        for o in of("sublines")
        for sub in o.suborders.values()
        for row in sub["lines"].values()
    ]
    bulk.upsert(SubOrderLine, sublines, ["id"])
    _write_shortages(of("shortages"))


def _write_shortages(orders: Sequence[Order]) -> None:
    if orders:
        Shortage.objects.filter(order_id__in=[o.id for o in orders]).delete()
        short = [{"order_id": o.id, "sku_id": sku, "qty": qty} for o in orders for sku, qty in o.shortages.items()]
        bulk.insert(Shortage, short)


def _look_for_company(orders: Sequence[Order]) -> None:
    """Note those that have all their goods and may leave with others: whether there are any is asked after the commit.
    Nothing is noted while there is no rule about it. A look that is under way is waited for: it may have seen what was
    before."""
    ids = [o.id for o in orders if o.header["status"] == OrderStatus.ALLOCATED and not why_not(o) and merged(o) is None]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO oms_mergelook (order_id) SELECT unnest(%s::bigint[])
                    WHERE EXISTS (SELECT 1 FROM core_ruleset WHERE kind = 'merge' AND status = 'live')
                   ON CONFLICT (order_id) DO UPDATE SET order_id = EXCLUDED.order_id""",
                [ids],
            )
            if cursor.rowcount:
                ring("oms.tasks.merge")
