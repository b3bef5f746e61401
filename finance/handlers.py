"""What finance listens to, and the long work it can do."""

from collections.abc import Sequence

from aftersales.domain import events as aftersales_events
from core.models import Event
from core.subscriptions import subscribe
from finance.services import costs, receivables
from finance.services.reconciliation import rematch
from oms.domain import events as order_events


def on_money(events: Sequence[Event]) -> None:
    """Orders were paid, changed, shipped or refunded: book it, and look at the bills that speak of them again."""
    rematch(receivables.apply(events))


subscribe("finance.receivables", receivables.ORDER_TYPES, local=on_money)
subscribe("finance.costs", [order_events.SUBORDER_SHIPPED.name], local=costs.on_shipped)
subscribe("finance.returns", [aftersales_events.RETURN_GRADED.name], local=costs.on_returned)
