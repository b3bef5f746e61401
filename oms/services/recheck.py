"""Ask again why an order is held, after a person or the machine has removed a cause."""

from collections.abc import Iterable

from catalog.models import Shop
from oms.domain.order import Order
from oms.domain.status import HoldReason
from oms.services import holds
from oms.services.intake import causes
from oms.services.store import Changes

RISK = frozenset({HoldReason.BLACKLIST, HoldReason.AMOUNT, HoldReason.VELOCITY, HoldReason.RULE})


def recheck(changes: Changes, orders: Iterable[Order]) -> None:
    """Let go of the holds whose cause is gone and open those that are due now. Risk's word stands as it was."""
    shops = {shop.pk: shop for shop in Shop.objects.all()}
    for order in orders:
        kept = {HoldReason(h["reason"]): h["detail"] for h in order.open_holds if h["reason"] in RISK}
        holds.reconcile(changes, order, {**kept, **causes(order, shops)})
