"""What the platforms know, held against what is stored here. Every list is empty when the promise holds."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from catalog.models import Shop
from core.models import InboxMessage
from core.services import vault
from integrations.demo.platforms import Posted, Trade
from integrations.registry import channel
from oms.domain.canonical import CanonicalOrder
from oms.domain.content import fingerprint
from oms.models import Order, Refund

Identity = tuple[str, str]  # platform, order number: the demo has one shop on each platform


def lost(trade: Trade) -> list[Identity]:
    """Orders that the platforms know and we do not."""
    return sorted(trade.orders.keys() - set(Order.objects.values_list("platform", "order_no")))


def doubled(trade: Trade) -> list[Identity]:
    """Orders that are here twice, or that no platform knows; replacements of our own aside."""
    here = Counter(Order.objects.exclude(order_no__contains="-R").values_list("platform", "order_no"))
    return sorted(identity for identity, count in here.items() if count > 1 or identity not in trade.orders)


def forgotten(trade: Trade) -> list[Posted]:
    """Pushes that were answered 2xx and whose very bytes are not in the inbox."""
    return sorted(trade.acknowledged.keys() - {posted for posted, _state in _stored()})


def unread(trade: Trade) -> list[Posted]:
    """Genuine pushes that came to no end: still open, or parked as if they were poison."""
    return sorted(posted for posted, state in _stored() if state != "done" and trade.acknowledged.get(posted))


def outdated(trade: Trade) -> list[Identity]:
    """Orders whose version in force is not the platform's last one."""
    shops = {shop.platform: shop for shop in Shop.objects.all()}
    here = {
        (platform, no): hash_
        for platform, no, hash_ in Order.objects.values_list("platform", "order_no", "content_hash")
    }
    wrong = []
    for identity, purchase in trade.orders.items():
        adapter = channel(identity[0])
        [order] = adapter.read(adapter.render(purchase).body, {"currency": shops[identity[0]].currency})
        assert isinstance(order, CanonicalOrder)
        if here.get(identity) != vault.tag("content", fingerprint(order)):
            wrong.append(identity)
    return sorted(wrong)


def unpaid(trade: Trade) -> list[Identity]:
    """Refunds that went through on the platform and are not known here."""
    here = Refund.objects.filter(status="succeeded").values_list("order__platform", "order__order_no")
    return sorted(trade.refunds.keys() - set(here))


def _stored() -> Iterator[tuple[Posted, str]]:
    rows = InboxMessage.objects.filter(source__startswith="channel:").values_list("source", "body", "state")
    for source, body, state in rows.iterator():
        yield (source, hashlib.sha256(bytes(body)).digest()), state
