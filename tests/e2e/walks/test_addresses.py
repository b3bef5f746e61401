"""A doubtful address is answered once and taken back once."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from catalog.models import Shop
from core import clock
from integrations.registry import channel
from integrations.services.trial_orders import purchases
from oms.models import Order
from oms.services.intake import Incoming, capture


def sell(shop, *streets):
    """Orders to a district that was divided since, told apart by their street alone."""
    adapter, sold = channel(shop.platform), []
    for purchase, street in zip(
        purchases(shop, len(streets), Random(6), clock.now() - timedelta(hours=2)), streets, strict=True
    ):
        [order] = adapter.read(adapter.render(purchase).body, {"currency": shop.currency})
        receiver = replace(
            order.receiver, province="浙江省", city="杭州市", district="江干区", town="", detail=street, masked=False
        )
        sold.append(replace(order, receiver=receiver, modified_at=clock.now()))
    capture([Incoming(shop.pk, order) for order in sold])
    return list(Order.objects.filter(order_no__in=[order.order_no for order in sold]).order_by("id"))


def test_one_answer_for_every_order_written_alike(visit):
    shop = Shop.objects.get(platform="taobao")
    first, second, other = sell(shop, "建福路750号", "建福路8号2幢", "四季青路9号")
    page = visit("ops")
    page.goto(f"/orders/{first.pk}/")
    page.get_by_text("修改地址", exact=True).click()
    page.get_by_text("本店还有 1 单在等同样的答案").wait_for()
    page.get_by_label("区县").fill("钱塘区")
    page.get_by_label("写法相同的订单").select_option("shop")
    page.get_by_label("依据").fill("电话问过")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("另外 1 单继续流转").wait_for()
    second.refresh_from_db()
    other.refresh_from_db()
    assert (second.district, second.address_status, other.address_status) == ("钱塘区", "auto", "review")
    page.goto("/exceptions/addresses/")
    page.locator("tr", has_text="江干区").get_by_role("button", name="撤销").click()
    page.locator("#confirm button[value=yes]").click()
    page.get_by_text("1 单重新待确认").wait_for()
    second.refresh_from_db()
    assert second.address_status == "review"
