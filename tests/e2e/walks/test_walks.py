import uuid

import pytest

from catalog.models import Barcode
from fulfillment.models import Parcel, PickLine, PickScan, PickTask
from fulfillment.services import picking
from oms.models import Hold, Order
from oms.services import holds


def codes(line):
    return line.bin.code, Barcode.objects.get(sku_id=line.sku_id).code


def test_ops_goes_from_a_figure_to_its_rows_and_sees_why(visit):
    page = visit("ops")
    assert "经营看板" in page.title() or page.locator("h1").inner_text() == "经营看板"
    page.locator(".funnel a").nth(4).click()
    assert page.url.endswith("/waves/")
    order = Order.objects.filter(status="fulfilling").first()
    page.goto("/orders/")
    page.locator(f"text={order.order_no}").first.click()
    assert page.locator("#why tbody tr").count() >= 1
    assert order.receiver_name in page.content()


def test_ops_releases_an_exception(visit):
    order = Order.objects.filter(status="fulfilling").first()
    holds.hold([order.pk], "地址看不清")
    page = visit("ops")
    page.goto("/exceptions/")
    assert order.order_no in page.content()
    page.locator("input[data-row]").first.check()
    page.fill(".batch input[name=note]", "电话确认过")
    page.click("button[value=release]")
    hold = Hold.objects.get(order=order)
    assert hold.released_at is not None
    assert (hold.released_by, hold.note) == ("user:ops", "电话确认过")


def test_a_picker_scans_bin_then_item_and_hears_of_a_wrong_one(visit):
    page = visit("picker", width=390, height=844)
    page.goto("/pick/")
    task = PickTask.objects.get(picker__username="picker")
    line = picking.next_line(task.pk)
    bin_code, item = codes(line)
    assert bin_code in page.locator(".big").inner_text()
    page.keyboard.type("0000000000000", delay=5)
    page.keyboard.press("Enter")
    page.locator("[data-tone=wrong]").wait_for()
    page.goto("/pick/")  # picks up where it was
    page.keyboard.type(bin_code, delay=5)
    page.keyboard.press("Enter")
    page.locator("[data-tone=ok]").wait_for()
    page.keyboard.type(item, delay=5)
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    assert PickScan.objects.filter(task=task, verdict="ok").count() == 1
    line.refresh_from_db()
    assert line.picked_qty == 1


def test_a_packer_verifies_weighs_and_closes_a_parcel(visit):
    for task in PickTask.objects.all():
        while (line := picking.next_line(task.pk)) is not None:
            bin_code, item = codes(line)
            picking.scan(task.pk, bin_code, uuid.uuid4(), None)
            for _unit in range(line.qty - line.picked_qty):
                picking.scan(task.pk, item, uuid.uuid4(), None)
    parcel = Parcel.objects.filter(suborder__status="picked").order_by("id").first()
    page = visit("packer", width=390, height=844)
    page.goto(f"/pack/?code=S{parcel.suborder_id}")
    assert f"/pack/{parcel.pk}/" in page.url
    for line in PickLine.objects.filter(suborder_id=parcel.suborder_id):
        for _unit in range(line.qty):
            page.keyboard.type(codes(line)[1], delay=5)
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)
    page.fill("input[name=weight_g]", str(parcel.expected_g))
    for box in page.locator("input[name=check]").all():
        box.check()
    page.locator("form[action$='/complete/'] button").click()
    page.wait_for_url("**/pack/?done=*")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.weight_g) == ("packed", parcel.expected_g)


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        ("ops", ["/", "/orders/", "/exceptions/", "/waves/", "/shipments/", "/rules/", "/rules/risk/", "/messages/"]),
        ("cs", ["/", "/tickets/", "/orders/"]),
        ("finance", ["/", "/finance/", "/insights/cost/"]),
        ("admin", ["/admin/", "/admin/catalog/sku/"]),
    ],
)
def test_every_main_page_opens_for_its_people_in_chinese(visit, role, paths):
    page = visit(role)
    for path in paths:
        answer = page.goto(path)
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang").lower().startswith("zh"), path


def test_who_may_not_is_told_so(visit, browser, shop_floor):
    page = visit("picker", refused=True)
    assert page.goto("/orders/").status == 403
    stranger = browser.new_page(base_url=shop_floor)
    stranger.goto("/orders/")
    assert "/login/" in stranger.url
    stranger.close()


def test_the_list_and_the_gun_page_work_without_javascript(visit):
    page = visit("ops", script=False)
    order = Order.objects.first()
    page.goto(f"/orders/?q={order.order_no}")
    assert page.locator("tbody tr").count() == 1
    picker = visit("picker", script=False)
    picker.goto("/pick/")
    task = PickTask.objects.get(picker__username="picker")
    bin_code, _item = codes(picking.next_line(task.pk))
    picker.fill("#code", bin_code)
    picker.press("#code", "Enter")
    assert PickScan.objects.filter(task=task, verdict="bin").count() == 1
