"""Orders can be rebuilt from their events."""

from collections.abc import Sequence

from core.projections import LoggedEvent, Projection, Rows, register
from oms.domain.order import Order, evolve
from oms.models import Order as OrderRow
from oms.rows import rows_of, stored_orders


def _rebuild(order_id: int, events: Sequence[LoggedEvent]) -> Rows:
    order = Order(order_id)
    for event in events:
        evolve(order, event.type, event.payload, event.occurred_at)
    return rows_of(order)


def _stored(order_ids: Sequence[int]) -> dict[int, Rows]:
    return {order_id: rows_of(order) for order_id, order in stored_orders(order_ids).items()}


def _ids() -> Sequence[int]:
    return list(OrderRow.objects.values_list("id", flat=True))


register(Projection("oms.order", _rebuild, _stored, _ids))
