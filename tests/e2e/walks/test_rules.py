"""Operations writes a rule row by row, tries it, lets it run in the shadow and makes it live; the order says why."""

from datetime import timedelta
from random import Random

from catalog.models import Shop
from core import clock
from core.models import RuleSet
from integrations.registry import channel
from integrations.services.trial_orders import purchases
from oms.models import Hold
from oms.services.intake import Incoming, capture


def sell(seed, count):
    shop = Shop.objects.get(platform="taobao")
    adapter, sold = channel(shop.platform), []
    for purchase in purchases(shop, count, Random(seed), clock.now() - timedelta(hours=2)):
        [order] = adapter.read(adapter.render(purchase).body, {"currency": shop.currency})
        sold.append(Incoming(shop.pk, order))
    capture(sold)


def choose(page, row, field, op):
    """Pick what to look at, then the comparison; each time the row comes back typed anew."""
    for label, words in (("看什么", field), ("比较方式", op)):
        alive(row)
        before = row.element_handle()
        row.get_by_label(label).select_option(label=words)
        before.wait_for_element_state("hidden")
    alive(row)


def alive(row):
    """Wait until the row is there and listens."""
    row.and_(row.page.locator(":not(.htmx-added)")).wait_for()


def test_a_rule_from_the_first_row_to_a_held_order(visit):
    sell(3, 12)
    page = visit("ops")
    page.goto("/rules/risk/new/")
    page.get_by_label("规则名称").fill("小额也看一眼")
    rows = page.locator(".condition")
    choose(page, rows.nth(0), "订单金额", "大于")
    rows.nth(0).get_by_label("值", exact=True).fill("0.50")
    page.get_by_role("button", name="加一个条件").click()
    choose(page, rows.nth(1), "地区", "不在")
    rows.nth(1).get_by_label("值", exact=True).fill("西藏、海南三亚")
    page.get_by_role("button", name="加一个条件").click()
    choose(page, rows.nth(2), "买家留言或卖家备注", "含任意一个")
    rows.nth(2).get_by_role("button", name="删除这个条件").click()
    rows.nth(2).wait_for(state="detached")
    page.get_by_label("拦为").select_option(label="财审")
    page.get_by_role("button", name="存入草稿").last.click()
    page.get_by_text("已存入草稿").wait_for()
    page.get_by_role("link", name="历史订单试算").first.click()
    page.get_by_text("没有改动任何订单").wait_for()
    assert page.locator("tr", has_text="小额也看一眼").locator("a.mono").count() > 0
    for button, said in (("进影子运行", "已进入影子运行"), ("上线", "已生效")):
        page.goto("/rules/risk/")
        page.get_by_label("原因").last.fill("双11 前收紧")
        page.get_by_role("button", name=button, exact=True).last.click()
        if button == "上线":
            page.click("#confirm button[value=yes]")
        page.get_by_text(said).wait_for()
        sell(40 + len(button), 5)
    assert RuleSet.objects.get(kind="risk", status="live").note == "双11 前收紧"
    hold = Hold.objects.filter(reason="finance").first()
    page.goto(f"/orders/{hold.order_id}/")
    page.get_by_text("小额也看一眼 v").wait_for()
    page.get_by_text("拦住 拣货打包、打单发货").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/rules/risk/1/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
