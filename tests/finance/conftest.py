from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest
from django.db import transaction

from catalog.models import Shop
from core import clock
from core.events import EventType, NewEvent
from core.services.events import Append, append
from core.services.outbox import relay_all
from oms.domain import events as e
from oms.models import Order

PAID_AT = datetime(2026, 8, 2, 4, 0, tzinfo=UTC)


@dataclass
class Books:
    """A shop whose orders exist only as the events finance hears of."""

    shop: Shop

    def __post_init__(self):
        self._numbers = count(1)
        self._versions = {}
        self._refunds = {}

    def order(self, order_no=None, paid=10000, *, at=PAID_AT, currency="CNY", lines=None, platform=None):
        number = next(self._numbers)
        order_no = order_no or f"51208030442631{number:05d}"
        order = Order.objects.create(
            platform=platform or self.shop.platform, shop=self.shop, order_no=order_no, status="ready",
            pay_state="paid", currency=currency, paid_minor=paid, content_hash="x", captured_at=at, updated_at=at,
            version=1,
        )  # fmt: skip
        self.say(order, e.CAPTURED, self._content(order, paid, at, currency, lines or [paid]))
        return order

    def amend(self, order, paid, lines=None, at=PAID_AT):
        Order.objects.filter(pk=order.pk).update(paid_minor=paid)
        self.say(order, e.AMENDED, self._content(order, paid, at, order.currency, lines or [paid]))

    def refund(self, order, amount, number="R1", status="succeeded", at=PAID_AT):
        payload = {"refund_no": number, "line_id": "", "kind": "refund_only", "status": status, "amount_minor": amount,
                   "qty": 0, "modified_at": at.isoformat()}  # fmt: skip
        self._refunds[order.pk, number] = amount if status == "succeeded" else 0
        total = sum(value for (pk, _number), value in self._refunds.items() if pk == order.pk)
        Order.objects.filter(pk=order.pk).update(refunded_minor=total)
        self.say(order, e.REFUND_REPORTED, payload, at)

    def ship(self, order, goods, suborder_id, *, sku_id=1, qty=1, warehouse_id=1, freight=500):
        payload = {
            "suborder_id": suborder_id, "warehouse_id": warehouse_id, "parcels": [{"carrier": "sf", "waybill_no": "1"}],
            "lines": [{"line_no": 1, "sku_id": sku_id, "qty": qty, "net_minor": goods}], "goods_minor": goods,
            "freight_minor": 0, "freight_estimate_fen": freight,
        }  # fmt: skip
        self.say(order, e.SUBORDER_SHIPPED, payload)

    def say(self, order, event: EventType, payload, at=PAID_AT, stream=None):
        stream = stream or f"oms.order:{order.pk}"
        version = self._versions.get(stream, 0)
        with transaction.atomic():
            append([Append(stream, version, [NewEvent(event, payload)])], occurred_at=at)
        self._versions[stream] = version + 1

    def _content(self, order, paid, at, currency, lines):
        return {
            "order": {
                "platform": order.platform, "shop_id": self.shop.pk, "order_no": order.order_no, "currency": currency,
                "paid_minor": paid, "paid_at": at.isoformat() if paid else None,
            },
            "lines": [
                {"line_no": n, "line_id": str(n), "parent_line_id": "", "net_minor": net, "requires_shipping": True}
                for n, net in enumerate(lines, start=1)
            ],
            "changes": [],
        }  # fmt: skip

    def settle(self):
        """Deliver everything that finance is owed."""
        relay_all()


@pytest.fixture
def books(db):
    return Books(Shop.objects.create(platform="taobao", code="main", name="旗舰店"))


@pytest.fixture
def own_site(db):
    return Books(Shop.objects.create(platform="woocommerce", code="own", name="自营站"))


@pytest.fixture
def august():
    """The clock stands in the middle of August 2026."""
    with clock.at(datetime(2026, 8, 15, 2, 0, tzinfo=UTC)):
        yield
