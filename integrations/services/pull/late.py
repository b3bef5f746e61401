"""Orders that no message had brought: the list did."""

from collections.abc import Sequence

from integrations.models import LateOrder
from oms.domain.canonical import CanonicalOrder
from oms.services.intake import Incoming


def note(created: Sequence[Incoming]) -> None:
    """In the transaction that made these orders."""
    rows = [
        LateOrder(shop_id=incoming.shop_id, order_no=incoming.message.order_no)
        for incoming in created
        if isinstance(incoming.message, CanonicalOrder)
    ]
    LateOrder.objects.bulk_create(rows, ignore_conflicts=True)
