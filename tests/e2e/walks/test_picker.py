"""A picker with a gun and a phone, and one whose browser runs no scripts."""

from playwright.sync_api import expect

from catalog.models import Barcode
from fulfillment.models import PickScan, PickTask
from fulfillment.services import picking
from tests.e2e.hands import gun, read_alarm, scan
from tests.e2e.walks.business import codes
from tests.e2e.walks.conftest import PHONE


def walk_of(page):
    """The walk that the page has claimed, its next line and what a gun reads there."""
    page.goto("/pick/")
    task = PickTask.objects.get(picker__username="picker")
    line = picking.next_line(task.pk)
    return task, line, *codes(line)


def verdicts(task):
    return list(PickScan.objects.filter(task=task).order_by("id").values_list("verdict", flat=True))


def test_bin_then_item_a_wrong_one_is_loud_and_the_last_is_taken_back(visit):
    page = visit("picker", **PHONE)
    task, line, bin_code, item = walk_of(page)
    expect(page.locator(".big")).to_have_text(bin_code)
    wrong = Barcode.objects.exclude(sku_id=line.sku_id).first().code
    scan(page, bin_code)
    expect(page.locator("[data-tone=ok]")).to_contain_text("库位正确")
    scan(page, wrong)
    read_alarm(page)
    expect(page.locator("#alarm-text")).to_have_text("商品不对")
    expect(page.locator("#alarm-code")).to_have_text(wrong)
    gun(page, "C-OK")
    expect(page.locator("#alarm")).to_be_hidden()
    scan(page, item)
    line.refresh_from_db()
    assert line.picked_qty == 1
    expect(page.locator("#step .card-s").first).to_contain_text("正确")
    page.get_by_role("button", name="撤销上一次").click()
    expect(page.locator("[data-tone=ok]")).to_contain_text("已撤销")
    line.refresh_from_db()
    assert line.picked_qty == 0
    assert verdicts(task) == ["bin", "wrong_item", "undone", "undo"]


def test_a_bin_is_left_for_later_by_the_card(visit):
    page = visit("picker", **PHONE)
    task, line, bin_code, _item = walk_of(page)
    gun(page, "C-LATER")
    expect(page.locator(".big")).not_to_have_text(bin_code)
    assert picking.next_line(task.pk).bin_id != line.bin_id
    page.reload()  # picks up where it was
    expect(page.locator(".big")).to_have_text(picking.next_line(task.pk).bin.code)


def test_the_form_alone_does_it(visit):
    page = visit("picker", script=False, **PHONE)
    task, line, bin_code, item = walk_of(page)

    def enter(code):
        page.fill("#code", code)
        page.press("#code", "Enter")

    enter(item)
    expect(page.get_by_role("alert")).to_contain_text("请先扫描库位")
    enter(bin_code)
    expect(page.locator("[data-tone=ok]")).to_contain_text("库位正确")
    enter(item)
    expect(page.locator("[data-tone=ok]")).to_contain_text("✓")
    line.refresh_from_db()
    assert line.picked_qty == 1
    assert verdicts(task) == ["bin_first", "bin", "ok"]
