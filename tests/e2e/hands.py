"""What people at a scan page do with their hands."""

from collections.abc import Callable

from playwright.sync_api import Page

KEY_MS = 5  # between two keys of a gun
# Nobody has read an alarm sooner: scan.js does not let it be confirmed until then.
READING_MS = 300
PERSONS_GAP_MS = 100
PATIENCE_MS = 10_000


def gun(page: Page, code: str, end: str = "Enter", key_ms: int = KEY_MS) -> None:
    """A wedge scanner: the keys of the code, then its suffix, wherever the focus is."""
    page.keyboard.type(code, delay=key_ms)
    page.keyboard.press(end)


def press(page: Page, key: str) -> None:
    """One key of a person: alone, not within the burst of a gun, and what the page makes of it."""
    page.wait_for_timeout(PERSONS_GAP_MS)
    page.keyboard.press(key)
    page.wait_for_timeout(PERSONS_GAP_MS)


def scan(page: Page, code: str) -> None:
    """The gun, and the server's answer to it."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/scan/" in answer.url):
        gun(page, code)


def read_alarm(page: Page) -> None:
    """Look at the alarm for as long as it must stand."""
    page.wait_for_selector("#alarm[open]")
    page.wait_for_function("until => performance.now() > until", arg=page.evaluate("performance.now()") + READING_MS)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for something outside the page, while the page goes on."""
    for _try in range(PATIENCE_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to hold")
