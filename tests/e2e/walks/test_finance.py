"""Finance: a bill is uploaded, what differs is shown, settled by hand or given to customer service."""

import pytest
from playwright.sync_api import expect

from core.clock import BUSINESS_ZONE
from core.money import to_major
from finance.models import Difference
from oms.models import Order

SHORT_FEN = 500


@pytest.fixture
def bill(shop_floor):
    """A bill of three orders, one of them 5 yuan short, and of one that nobody knows."""
    right, short, also_right = Order.objects.filter(shop__code="site-cn").exclude(paid_minor=None).order_by("id")[:3]
    rows = [
        (one.order_no, one.paid_at, one.paid_minor - SHORT_FEN * (one == short)) for one in (right, short, also_right)
    ]
    rows.append(("SITE-UNKNOWN-1", right.paid_at, 9_900))
    lines = [
        f"G{number},{number},{paid_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S},收款,{to_major(fen)},0.00,"
        for number, paid_at, fen in rows
    ]
    return short, "\r\n".join(["流水号,订单号,时间,类型,收入,支出,备注", *lines, ""]).encode()


def test_a_bill_is_uploaded_and_its_differences_settled(bill, visit):
    short, body = bill
    page = visit("finance")
    page.goto("/finance/upload/")
    page.get_by_label("来源").select_option("generic")
    page.get_by_label("店铺").select_option(label="一股绳官网")
    page.set_input_files("input[type=file]", {"name": "site.csv", "mimeType": "text/csv", "buffer": body})
    page.get_by_role("button", name="导入并对账").click()
    page.wait_for_url("**/finance/statements/*/")
    page.get_by_role("link", name="处理差异").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    expect(page.locator("tr", has_text=short.order_no)).to_contain_text("−¥5.00")

    choose(page, short.order_no, "to_cs")
    row = Difference.objects.get(order=short)
    expect(page.get_by_role("link", name=f"#{row.ticket_id}", exact=True)).to_be_visible()
    choose(page, "SITE-UNKNOWN-1", "approve", note="线下补单")
    page.locator("#confirm button[value=yes]").click()
    expect(page.locator("tr", has_text="SITE-UNKNOWN-1")).to_have_count(0)
    assert Difference.objects.get(order_ref="SITE-UNKNOWN-1").state == "approved"


def choose(page, order_no, action, note=""):
    page.locator("tr", has_text=order_no).locator("[data-row]").check()
    page.fill(".batch input[name=note]", note)
    page.click(f"button[value={action}]")
