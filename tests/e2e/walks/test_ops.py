"""Operations: from a figure to its rows, why this warehouse, an exception released, a wave made."""

from random import Random

from playwright.sync_api import expect

from catalog.models import Shop
from core.models import InboxMessage
from fulfillment.models import PickLine, Wave
from oms.models import Hold, Order
from oms.services import holds
from tests.e2e.hands import KEY_MS, press
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


def test_the_inbox_is_worked_by_keyboard_and_a_gun_presses_nothing(visit):
    InboxMessage.objects.create(
        source="channel:taobao:tb-main", delivery_key="k", body=b'{"tid": "T1"', state="dead", error_code="not_json"
    )
    first, second = Order.objects.filter(status="fulfilling").order_by("id")[:2]
    holds.hold([first.pk], "一")
    holds.hold([second.pk], "二")
    page = visit("ops")
    page.goto("/exceptions/")
    expect(page.locator(".tree")).to_contain_text("人工挂起")
    page.keyboard.type("fjxf", delay=KEY_MS)
    expect(page.locator("tr.here")).to_have_count(0)
    expect(page.locator("tr", has_text=first.order_no)).to_be_visible()
    press(page, "?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    press(page, "?")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(3)
    mark = page.locator("tr.here")
    for _row in range(3):
        press(page, "j")
    expect(mark).to_have_count(1)
    while first.order_no not in mark.inner_text():
        press(page, "k")
    press(page, "x")
    expect(page.locator("[data-chosen]")).to_have_text("1")
    press(page, "f")
    expect(page.locator("tr", has_text=first.order_no)).to_have_count(0)
    assert Hold.objects.get(order=first).released_by == "user:ops"
    press(page, "j")
    while "消息" not in mark.inner_text():
        press(page, "j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/*/")
    expect(page.locator("pre.raw")).to_have_text('{"tid": "x0"')


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
