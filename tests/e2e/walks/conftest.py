"""The demo business behind the browser: orders of every platform, reserved, waved and numbered."""

from random import Random

import pytest
from playwright.sync_api import ViewportSize

from catalog.models import Shop
from core.services import outbox
from fulfillment import ports
from fulfillment.services import waves, waybills
from insights.demo import data, seed
from tests.e2e.walks.business import Grants, sell

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def shop_floor(transactional_db, live_server, monkeypatch):
    """Returns the server's URL."""
    monkeypatch.setattr(ports, "_gateway", Grants())
    seed.seed()
    rng = Random(7)
    for shop in Shop.objects.order_by("id"):
        sell(shop, 4, rng)
    waves.plan_all()
    waybills.fetch(waybills.needing_number())
    outbox.relay_all(3)
    return live_server.url


@pytest.fixture
def visit(browser, shop_floor):
    """`visit(role)` opens a page logged in as that role; any console error fails the test."""
    contexts, complaints = [], []

    def open_as(role, *, script=True, width=1440, height=900, refused=False):
        context = browser.new_context(
            base_url=shop_floor,
            viewport=ViewportSize(width=width, height=height),
            locale="en-US",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said, refused) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login/")
        page.fill("#id_username", role)
        page.fill("#id_password", data.DEMO_PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(said, refused):
    """A console error, unless the walk is `refused` a page on purpose and this says so."""
    return said.type == "error" and not (refused and "status of 403" in said.text)
