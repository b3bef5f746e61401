"""A gun, a hand and a bad network at a scan page."""

import pytest
from playwright.sync_api import expect

from tests.e2e.hands import gun, read_alarm, until
from tests.web import gallery

RIGHT, WRONG = gallery.RIGHT_CODES[0], "9999999999999"


def scans():
    return list(gallery.seen.values())


@pytest.fixture
def page(ops_page):
    ops_page.goto("/gallery/scan/")
    return ops_page


@pytest.mark.parametrize("end", ["Enter", "Tab"])
def test_a_scan_counts_whether_or_not_the_field_has_the_focus(page, end):
    gun(page, RIGHT, end)
    page.wait_for_selector("#count:text('1')")
    page.evaluate("document.activeElement.blur()")
    gun(page, "A-01-03", end)
    page.wait_for_selector("#count:text('2')")
    assert scans() == [RIGHT, "A-01-03"]


def test_scans_faster_than_the_server_wait_their_turn_and_none_is_lost(page, monkeypatch):
    monkeypatch.setattr(gallery, "answers_after_s", 0.2)
    for _ in range(4):
        gun(page, RIGHT)
    page.wait_for_selector("#count:text('4')")
    assert scans() == [RIGHT] * 4


def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(page):
    state = {"failures": 0}

    def lose_the_answer(route):
        if state["failures"] < 1:
            state["failures"] += 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/gallery/scan/", lose_the_answer)
    gun(page, RIGHT)
    page.wait_for_selector("#link-state[data-state=off]")
    assert "1" in page.inner_text("#link-state")
    page.wait_for_selector("#link-state[data-state=on]")
    assert scans() == [RIGHT]
    assert page.inner_text("#count") == "1"


def test_a_wrong_scan_fills_the_screen_until_somebody_has_seen_it(page):
    gun(page, WRONG)
    page.wait_for_selector("#alarm[open]")
    assert page.inner_text("#alarm-text") == "不是这件"
    assert page.inner_text("#alarm-code") == WRONG
    box = page.locator("#alarm").bounding_box()
    assert (box["width"], box["height"]) == (1440, 900)
    page.keyboard.press("Escape")
    gun(page, RIGHT)  # a hurried hand scans on: that confirms nothing and counts nothing
    assert page.locator("#alarm").get_attribute("open") is not None
    assert scans() == [WRONG]
    read_alarm(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#alarm", state="hidden")
    gun(page, RIGHT)
    page.wait_for_selector("#count:text('2')")


def test_the_command_card_confirms_too(page):
    gun(page, WRONG)
    page.wait_for_selector("#alarm[open]")
    gun(page, "C-OK")
    page.wait_for_selector("#alarm", state="hidden")
    assert scans() == [WRONG]


def test_a_command_card_presses_its_button_and_answers_its_question(page):
    gun(page, RIGHT)
    gun(page, RIGHT)
    page.wait_for_selector("#count:text('2')")
    gun(page, "C-UNDO")
    page.wait_for_selector("#confirm[open]")
    gun(page, "A-01-03")  # no answer to the question: it waits for one
    assert page.locator("#confirm").get_attribute("open") is not None
    gun(page, "C-OK")
    page.wait_for_function("() => !document.querySelector('#confirm[open]')")
    until(page, lambda: scans() == [RIGHT, "A-01-03"])
    expect(page.locator("#count")).to_have_text("2")


def test_what_a_hand_types_counts_once(page):
    page.locator("#code").press_sequentially(RIGHT, delay=90)
    page.keyboard.press("Enter")
    page.wait_for_selector("#count:text('1')")
    assert scans() == [RIGHT]


def test_without_javascript_the_form_alone_does_it(transactional_db, person, open_window):
    page = open_window(person("ops"), script=False).new_page()
    page.goto("/gallery/scan/")
    page.fill("#code", WRONG)
    page.press("#code", "Enter")
    assert page.inner_text("[role=alert] b") == "不是这件"


def test_the_scanner_page_tells_a_gun_from_a_hand(ops_page):
    ops_page.goto("/scanner/")
    gun(ops_page, "A-01-03")
    ops_page.wait_for_selector("#verdict:has-text('✓')")
    assert ops_page.inner_text("#heard").upper() == "A-01-03"
    gun(ops_page, "12345", key_ms=120)
    ops_page.wait_for_selector("#verdict:has-text('✗')")
