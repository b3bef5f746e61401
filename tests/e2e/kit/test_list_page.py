"""A list in a browser: htmx swaps the table, the address says everything, the back button works."""

import re

import pytest
from playwright.sync_api import expect

from core.models import Job, SavedView


@pytest.fixture
def page(ops_page):
    Job.objects.bulk_create(
        Job(kind="labels" if n % 2 else "import", title=f"J{n:03}", total=n, state="failed" if n < 3 else "done")
        for n in range(120)
    )
    ops_page.goto("/gallery/jobs/")
    return ops_page


def first_title(page):
    return page.locator("#list td .mono").first


def test_filtering_swaps_the_table_and_the_address_and_back_undoes_it(page):
    page.evaluate("window.samePage = true")
    page.fill("#id_q", "J01")
    page.press("#id_q", "Tab")
    expect(first_title(page)).to_have_text("J019")
    assert page.url.endswith("/gallery/jobs/?q=J01")
    page.click("th:has-text('行数') a")
    page.click("th:has-text('行数')[aria-sort=descending] a")
    expect(first_title(page)).to_have_text("J010")
    assert page.url.endswith("?q=J01&sort=total")
    assert page.evaluate("window.samePage") is True
    for was in ("?q=J01&sort=-total", "?q=J01", "/gallery/jobs/"):
        with page.expect_event("load"):  # what has been left is not kept in the browser: it is asked for again
            page.go_back()
        assert page.url.endswith(was)
    expect(first_title(page)).to_have_text("J119")
    assert page.locator("nav.side").is_visible()


def test_pages_turn_without_loading_the_frame_again(page):
    page.evaluate("window.samePage = true")
    page.click("a[rel=next]")
    expect(first_title(page)).to_have_text("J069")
    page.click("a[rel=prev]")
    expect(first_title(page)).to_have_text("J119")
    assert page.evaluate("window.samePage") is True


def test_the_tree_follows_the_filters_that_were_set_meanwhile(page):
    page.fill("#id_q", "J00")
    page.press("#id_q", "Tab")
    expect(first_title(page)).to_have_text("J009")
    page.click(".tree a[data-set='state=failed']")
    expect(first_title(page)).to_have_text("J002")
    assert page.url.endswith("?q=J00&state=failed")


def test_rows_are_chosen_one_by_one_by_the_run_and_all(page):
    boxes, counter = page.locator("[data-row]"), page.locator("[data-chosen]")
    assert page.locator("button[value=again]").is_disabled()
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(counter).to_have_text("4")
    assert page.locator("button[value=again]").is_enabled()
    page.click("[data-all]")
    expect(counter).to_have_text("50")
    page.click("[data-all]")
    expect(counter).to_have_text("0")
    page.check("[data-matching]")
    page.fill("[name=note]", "重打")
    page.click("button[value=again]")
    expect(page.locator(".note")).to_have_text("again: 120 (重打)")


def test_a_dangerous_action_asks_first(page):
    page.locator("[data-row]").nth(0).click()
    page.click("button[value=drop]")
    expect(page.locator("#confirm-text")).to_have_text("确定作废?")
    page.click("#confirm button[value=no]")
    assert page.url.endswith("/gallery/jobs/")
    assert page.locator(".note").count() == 0
    page.click("button[value=drop]")
    page.click("#confirm button[value=yes]")
    expect(page.locator(".note")).to_have_text("drop: 1 ()")


def test_a_view_is_saved_and_its_tab_marked(page):
    page.click(".tree a[data-set='state=failed']")
    page.click("summary:has-text('保存视图')")
    page.fill("#view-name", "失败的")
    page.click(".menu-form:visible button")
    tab = page.locator(".tabs-bar a", has_text="失败的")
    expect(tab).to_have_class(re.compile("active"))
    expect(tab.locator("b")).to_have_text("3")
    assert SavedView.objects.get().querystring == "state=failed"
    page.click(".tabs-bar a >> nth=0")
    expect(first_title(page)).to_have_text("J119")


def test_what_fails_is_said_with_its_number(page):
    page.route(
        "**/gallery/jobs/?*", lambda route: route.fulfill(status=500, headers={"X-Request-Id": "abc-12345"}, body="x")
    )
    page.fill("#id_q", "J")
    page.press("#id_q", "Tab")
    expect(page.locator("#messages [role=alert]")).to_contain_text("abc-12345")
    page.unroute("**/gallery/jobs/?*")
    page.route("**/gallery/jobs/?*", lambda route: route.abort())
    page.fill("#id_q", "J1")
    page.press("#id_q", "Tab")
    expect(page.locator("#messages [role=alert]")).to_contain_text("网络")


def test_a_session_that_has_ended_leads_to_the_login_page_and_back(page):
    page.context.clear_cookies()
    page.fill("#id_q", "J01")
    page.press("#id_q", "Tab")
    page.wait_for_url(re.compile(r"/login/\?next=/gallery/jobs/"))


def test_ctrl_k_and_a_gun_reach_the_search(page):
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("SF1234567", delay=5)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=SF1234567")


def test_nothing_is_wider_than_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/gallery/jobs/", "/gallery/parts/", "/gallery/scan/", "/nope/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto("/gallery/jobs/")
    assert not page.locator("nav.side").is_visible()
    page.click(".nav-button")
    assert page.locator("nav.side").is_visible()
    page.mouse.click(370, 700)
    assert not page.locator("nav.side").is_visible()
