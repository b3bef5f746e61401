"""Messages that come before the order they are about wait for it, however long that takes."""

import json
from random import Random

import pytest

from catalog.models import Shop, Sku
from core import clock
from core.models import InboxMessage
from core.services import inbox
from core.services.inbox import Arrival
from integrations.channels.purchases import ask_refund
from integrations.registry import CHANNELS, channel
from integrations.services.drain import drain_channels
from integrations.services.trial_orders import purchases
from oms.domain.canonical import RefundKind, RefundStatus
from oms.models import Order


@pytest.fixture
def shops(db):
    for number in range(3):
        Sku.objects.create(code=f"SKU-{number}", name=f"商品 {number}", cost_fen=1000 + number)
    return {name: Shop.objects.create(platform=name, code="s1", name=name, currency="CNY") for name in CHANNELS}


def push(shop, message, key):
    meta = {"topic": message.topic} if shop.platform in ("shopify", "woocommerce") else {}
    inbox.store([Arrival(f"channel:{shop.platform}:{shop.code}", key, message.body, meta)])


def drain():
    while drain_channels():
        pass


@pytest.mark.parametrize("parked", [False, True])
@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_refund_that_overtook_its_order_is_applied_when_that_comes(shops, platform, parked):
    shop, rng = shops[platform], Random(5)
    [purchase] = purchases(shop, 1, rng, clock.now())
    told = ask_refund(rng, purchase, clock.now(), kind=RefundKind.REFUND_ONLY, status=RefundStatus.SUCCEEDED)
    push(shop, channel(platform).render(told), "refund")
    drain()
    waiting = InboxMessage.objects.get()
    assert (waiting.state, waiting.error_code) == ("new", "order_unknown")
    assert waiting.waits_for == f"{platform}:{shop.pk}:{purchase.order_no}"
    if parked:
        InboxMessage.objects.update(state="dead", attempts=inbox.MAX_ATTEMPTS)

    push(shop, channel(platform).render(purchase), "order")
    drain()

    assert Order.objects.get().refunds.get().status == "succeeded"
    assert list(InboxMessage.objects.order_by("id").values_list("state", "outcome", "waits_for")) == [
        ("done", "refund", ""),
        ("done", "created", ""),
    ]


def test_another_order_wakes_nobody(shops):
    shop, rng = shops["standard"], Random(6)
    first, second = purchases(shop, 2, rng, clock.now())
    told = ask_refund(rng, first, clock.now(), kind=RefundKind.REFUND_ONLY, status=RefundStatus.SUCCEEDED)
    push(shop, channel("standard").render(told), "refund")
    drain()
    push(shop, channel("standard").render(second), "order")
    drain()
    assert InboxMessage.objects.get(delivery_key="refund").state == "new"


def test_an_order_deleted_before_we_heard_of_it_ends_cancelled(shops):
    shop, rng = shops["woocommerce"], Random(7)
    [purchase] = purchases(shop, 1, rng, clock.now())
    deletion = json.dumps({"id": int(purchase.order_no)}).encode()
    inbox.store([Arrival("channel:woocommerce:s1", "deletion", deletion, {"topic": "order.deleted"})])
    drain()
    assert InboxMessage.objects.get().error_code == "order_unknown"
    push(shop, channel("woocommerce").render(purchase), "order")
    drain()
    order = Order.objects.get()
    assert (order.pay_state, order.status) == ("cancelled", "cancelled")
