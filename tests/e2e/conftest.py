"""A real browser on a real server. `CHROMIUM` names the program; without one these tests fail."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

# Playwright keeps an event loop in this thread; the ORM calls of the tests beside it are not made from it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PROGRAM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.fail("there is no Chromium: apt-get install chromium, or set CHROMIUM to its program")
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=PROGRAM, args=flags)
        yield running
        running.close()


@pytest.fixture
def open_window(browser: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """`open_window(user)`: a browser window in which that user is logged in. A page that breaks, or that the security
    policy stops, breaks the test."""
    wrong: list[str] = []

    def open_for(user: User, *, width: int = 1440, height: int = 900, script: bool = True) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            viewport={"width": width, "height": height},
            java_script_enabled=script,
        )
        opened.enter_context(closing(context))
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None)
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context

    with ExitStack() as opened:
        yield open_for
    assert wrong == []
