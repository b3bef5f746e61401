"""A real browser on a real server. `CHROMIUM` names the program; without one these tests say so and do not run."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright keeps an event loop in this thread; the ORM calls of the tests beside it are not made from it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PROGRAM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("there is no Chromium; set CHROMIUM to its program")
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=PROGRAM, args=flags)
        yield running
        running.close()


@pytest.fixture
def window(browser: Browser, live_server) -> Iterator[BrowserContext]:
    """A browser window of its own on the test server; a page that breaks in it breaks the test."""
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield context
    context.close()
    assert wrong == []


@pytest.fixture
def page_of(window: BrowserContext, live_server, client):
    """`page_of(user)`: a page on which that user is logged in."""

    def open_for(user) -> Page:
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return window.new_page()

    return open_for
