"""Operations: from a figure to its rows, why this warehouse, an exception released, a wave made."""

from random import Random

from playwright.sync_api import expect

from catalog.models import Shop
from fulfillment.models import PickLine, Wave
from oms.models import Hold, Order
from oms.services import holds
from tests.e2e.walks.business import sell


def test_from_a_figure_to_its_rows_to_why_this_warehouse(visit):
    page = visit("ops")
    expect(page.locator("h1")).to_have_text("经营看板")
    page.locator(".funnel a").nth(4).click()
    page.wait_for_url("**/waves/")
    order = Order.objects.filter(status="fulfilling").first()
    page.goto("/orders/")
    page.get_by_role("link", name=order.order_no).click()
    expect(page.locator("#why tbody tr").first).to_be_visible()
    expect(page.get_by_text(order.receiver_name, exact=True).first).to_be_visible()


def test_an_exception_is_released_with_a_note(visit):
    order = Order.objects.filter(status="fulfilling").first()
    holds.hold([order.pk], "地址看不清")
    page = visit("ops")
    page.goto("/exceptions/")
    page.locator("tr", has_text=order.order_no).locator("input[data-row]").check()
    page.fill(".batch input[name=note]", "电话确认过")
    page.click("button[value=release]")
    expect(page.locator("tr", has_text=order.order_no)).to_have_count(0)
    hold = Hold.objects.get(order=order)
    assert hold.released_at is not None
    assert (hold.released_by, hold.note) == ("user:ops", "电话确认过")


def test_a_wave_is_made_of_what_waits_in_the_pool(visit):
    before = set(Wave.objects.values_list("id", flat=True))
    [order] = sell(Shop.objects.get(platform="taobao"), 1, Random(8))
    page = visit("ops")
    page.goto("/waves/")
    page.get_by_role("button", name="立即生成波次").click()
    page.get_by_text("个波次").wait_for()
    expect(page.get_by_role("button", name="立即生成波次")).to_be_disabled()
    made = Wave.objects.exclude(id__in=before).order_by("id").first()
    page.get_by_role("link", name=f"W{made.pk}", exact=True).click()
    walk = page.locator("#wave .table-wrap tbody tr")
    expect(walk).to_have_count(PickLine.objects.filter(task__wave=made).count())
    expect(walk.filter(has_text=order.order_no).first).to_be_visible()
