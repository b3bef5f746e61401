"""Customer service: a ticket by hand, the order's progress beside the reply, an answer, a decision."""

from playwright.sync_api import expect

from aftersales.models import Ticket
from aftersales.selectors import progress
from oms.models import Order


def test_a_buyer_is_answered_and_the_order_cancelled(visit):
    order = Order.objects.filter(status="fulfilling", platform="standard").first()
    page = visit("cs")
    page.goto(f"/tickets/new/?order={order.order_no}")
    page.get_by_label("类型").select_option("refund_only")
    page.get_by_label("什么事").fill("不想要了")
    page.get_by_label("买家怎么说").fill("还没发货吧,请取消")
    page.get_by_role("button", name="开单").click()
    page.wait_for_url("**/tickets/*/")
    told = progress.for_order(order)
    beside = page.get_by_role("region", name="给买家的进度")
    expect(beside.locator("p")).to_have_text(told)
    page.get_by_role("link", name="插入订单进度").click()
    expect(page.locator("#id_text")).to_have_value("\n".join(told))
    page.get_by_role("button", name="发送回复").click()
    expect(page.locator(".said-reply")).to_contain_text(told[0])
    ticket = Ticket.objects.get(order=order)
    assert ticket.first_response_at is not None
    page.get_by_role("button", name="取消未发货商品").click()
    page.locator("#confirm button[value=yes]").click()
    expect(page.locator(".head .pill").first).to_contain_text("已解决")
    order.refresh_from_db()
    assert order.status == "cancelled"
