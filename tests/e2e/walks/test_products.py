"""Master data matches a shop's product; the orders that waited for it go on."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from catalog.models import Shop, Sku
from core import clock
from integrations.registry import channel
from integrations.services.trial_orders import purchases
from oms.domain.canonical import CanonicalOrder
from oms.models import Order
from oms.services.intake import Incoming, capture


def sell(shop, seed, count, **line):
    """Orders of one line each; `line` replaces what the platform calls it."""
    adapter, sold = channel(shop.platform), []
    for purchase in purchases(shop, count, Random(seed), clock.now() - timedelta(hours=2)):
        [order] = adapter.read(adapter.render(purchase).body, {"currency": shop.currency})
        assert isinstance(order, CanonicalOrder)
        [first, *_rest] = order.lines
        sold.append(replace(order, lines=(replace(first, **line),), modified_at=clock.now()))
    capture([Incoming(shop.pk, order) for order in sold])
    return [order.order_no for order in sold]


def test_an_unknown_product_is_matched_by_its_suggestion(visit):
    shop, sku = Shop.objects.get(platform="taobao"), Sku.objects.filter(is_bundle=False).order_by("code").first()
    numbers = sell(shop, 3, 3, sku="X-9", listing_id="77", title=f"2026新款 {sku.name} 官方正品 限时特惠")
    known = Sku.objects.filter(is_bundle=False).order_by("code")[1]
    sell(shop, 4, 1, sku=known.code, listing_id="88", title=known.name)
    sell(shop, 5, 1, sku=sku.code, listing_id="88", title=known.name)
    page = visit("master")
    page.goto("/exceptions/products/")
    row = page.locator("tr", has_text="X-9")
    suggestion = row.get_by_role("button", name=sku.code)
    suggestion.wait_for()
    doubt = page.locator("tr", has_text="88")
    doubt.get_by_role("button", name=f"改为 {sku.code}").wait_for()
    suggestion.click()
    page.get_by_text("3 单继续流转").wait_for()
    assert set(Order.objects.filter(order_no__in=numbers).values_list("open_holds", flat=True)) == {0}
    doubt.get_by_role("button", name=f"仍是 {known.code}").click()
    page.get_by_text("1 单继续流转").wait_for()
    page.get_by_text("商品都已匹配").wait_for()
