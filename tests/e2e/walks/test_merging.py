"""Operations sends orders of one receiver together: what a rule proposes is merged or left apart, a merge is taken
apart again, and what stays merged is picked, packed and handed over as one parcel of which both platforms hear."""

import os
from dataclasses import replace
from datetime import timedelta
from random import Random

from playwright.sync_api import expect

from catalog.models import Shop
from core import clock
from core.models import Event
from fulfillment.models import Parcel
from fulfillment.services import shipping, waves, waybills
from integrations.registry import channel
from integrations.services.trial_orders import purchases
from oms.domain.canonical import CanonicalReceiver
from oms.models import MergeProposal, Order
from oms.services.allocation import allocate_ready
from oms.services.intake import Incoming, capture
from oms.tasks import merge as look
from tests.e2e.walks.business import pack, pick_everything

BUYER = CanonicalReceiver(
    name="周合一", phone="13900001234", province="广东省", city="深圳市", district="南山区", detail="科技园路9号"
)


def sell(code, seed):
    """Orders of the shop to one buyer that each lie in one parcel."""
    shop, sold = Shop.objects.get(code=code), []
    adapter = channel(shop.platform)
    for purchase in purchases(shop, 6, Random(seed), clock.now() - timedelta(minutes=30)):
        [order] = adapter.read(adapter.render(purchase).body, {"currency": shop.currency})
        sold.append(replace(order, receiver=BUYER, cod=False, buyer_id="one", client_ip="", device=""))
    capture([Incoming(shop.pk, order) for order in sold])
    allocate_ready()
    return Order.objects.filter(order_no__in=[order.order_no for order in sold], status="allocated")


def shot(page, name):
    """A picture to look at, for whoever wants one."""
    if folder := os.environ.get("WALK_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def together(order):
    return order.suborders.exclude(status="cancelled").get().merge_id


def house(order):
    return order.suborders.get(status="reserved").warehouse.code


def test_from_a_proposal_to_one_parcel(visit):
    own = sell("tb-main", 21) | sell("jd-main", 22)
    look()
    proposal = MergeProposal.objects.get(state="open")
    orders = [own.get(pk=order_id) for order_id in proposal.order_ids]
    theirs = next(one for one in orders if one.platform == "jd" and house(one) == "SZ")
    ours = next(one for one in orders if one.platform == "taobao" and house(one) == "SZ")
    assert together(ours) is not None  # within the shop, by rule
    assert together(ours) != together(theirs)

    page = visit("ops")
    page.goto("/orders/merges/")
    row = page.locator("#list tbody tr", has_text=ours.order_no)
    expect(row).to_contain_text(theirs.order_no)
    shot(page, "merges")
    row.locator("[data-row]").check()
    page.fill(".batch input[name=note]", "买家要求一起发")
    page.click("button[value=merge]")
    page.get_by_text("1 项中完成 1 项").wait_for()
    expect(page.locator(".empty-state")).to_contain_text("没有待合并的订单")
    assert together(ours) == together(theirs)

    page.goto(f"/orders/{theirs.pk}/")
    box = page.locator("#together")
    expect(box).to_contain_text(ours.order_no)
    shot(page, "order-merged")
    page.get_by_label("原因", exact=True).fill("礼品单独发")
    page.get_by_role("button", name="禁止合单").click()
    expect(page.locator("#together")).to_have_count(0)
    expect(page.locator(".head")).to_contain_text("禁止合单")
    shot(page, "order-sealed")
    page.goto("/orders/?merged=true")
    expect(page.locator("#list tbody tr", has_text=ours.order_no)).to_be_visible()
    expect(page.locator("#list tbody tr", has_text=theirs.order_no)).to_have_count(0)

    waves.plan(ours.suborders.get(status="reserved").warehouse_id, at_once=True)
    pick_everything()
    [parcel] = Parcel.objects.filter(shares__order_id=ours.pk).exclude(state="voided")
    inside = [share.suborder.order for share in parcel.shares.order_by("suborder_id")]
    assert len(inside) > 1
    pack(parcel)
    waybills.fetch([parcel.pk])
    page.goto(f"/shipments/{parcel.pk}/")
    expect(page.locator(".head")).to_contain_text(inside[1].order_no)
    shot(page, "parcel")
    assert shipping.handover([parcel.pk]) == {parcel.pk: None}
    told = Event.objects.filter(type="fulfillment.parcel_shipped").values_list("payload__order_id", flat=True)
    assert {order.pk for order in inside} <= set(told)
    page.goto(f"/orders/{inside[1].pk}/")
    expect(page.locator("#together")).to_contain_text(inside[0].order_no)
    expect(page.get_by_role("button", name="拆回")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/orders/merges/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_merge_is_taken_apart(visit):
    sell("tb-main", 23)
    look()
    order = Order.objects.filter(suborders__merge__isnull=False).first()
    page = visit("ops")
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("button", name="拆回").click()
    page.locator("#confirm button[value=yes]").click()
    expect(page.locator("#together")).to_have_count(0)
    look()
    assert together(order) is None
