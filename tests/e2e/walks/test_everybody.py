"""What holds for every role: its pages open in Chinese or English, the others are refused, nothing is left blank."""

import pytest
from playwright.sync_api import expect

from oms.models import Order


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


def test_the_language_is_switched_and_stays(visit):
    page = visit("ops")
    page.goto("/orders/?status=fulfilling")
    page.locator(".who summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Orders")
    assert page.url.endswith("/orders/?status=fulfilling")
    page.goto("/waves/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".who summary").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("波次")


def test_who_may_not_is_told_so_and_led_back(visit, browser, shop_floor):
    page = visit("picker", refused=True)
    assert page.goto("/orders/").status == 403
    expect(page.get_by_text("没有权限").first).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link", name="订单")).to_have_count(0)
    page.get_by_role("link", name="回到首页").click()
    page.wait_for_url("**/pick/")
    stranger = browser.new_page(base_url=shop_floor)
    stranger.goto("/orders/")
    assert "/login/" in stranger.url
    stranger.close()


def test_where_there_is_nothing_it_says_why(visit):
    page = visit("cs")
    page.goto("/tickets/")
    expect(page.locator(".empty-state")).to_contain_text("没有待处理的工单")
    page.goto("/orders/?q=no-such-order")
    expect(page.locator(".empty-state")).to_contain_text("没有符合筛选条件的内容")
    page.get_by_role("link", name="清空筛选").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_a_list_is_filtered_without_javascript(visit):
    page = visit("ops", script=False)
    order = Order.objects.first()
    page.goto("/orders/")
    page.fill("#id_q", order.order_no)
    page.press("#id_q", "Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
