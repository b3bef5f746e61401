"""Pictures of the main screens for docs/screenshots (a developer's tool: bin/screenshots)."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Max
from django.test import Client

from fulfillment.models import Wave
from integrations.demo.story import Story
from integrations.services.trial_orders import web_url
from oms.models import Order

DESK, PHONE = (1440, 900), (390, 844)
FOLDER = Path("docs/screenshots")


class Command(BaseCommand):
    help = "Take the pictures in docs/screenshots of this stack, after a demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=240)

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
        story = Story(web_url(), options["orders"], 11, self.stdout.write)
        story.tell()
        story.stop_halfway()
        self._take(web_url())

    def _shots(self) -> list[tuple[str, str, str, tuple[int, int]]]:
        """Name, role, path and size of each picture."""
        shown = Order.objects.filter(status__in=["completed", "shipped"]).aggregate(pk=Max("id"))["pk"]
        wave = Wave.objects.aggregate(pk=Max("id"))["pk"]
        return [
            ("dashboard", "ops", "/insights/", DESK),
            ("orders", "ops", "/orders/", DESK),
            ("order", "admin", f"/orders/{shown}/", DESK),
            ("exceptions", "ops", "/exceptions/", DESK),
            ("wave", "ops", f"/waves/{wave}/", DESK),
            ("waves", "ops", "/waves/", DESK),
            ("pick", "picker", "/pick/", PHONE),
            ("pack", "packer", "/pack/", PHONE),
            ("shipments", "ops", "/shipments/", DESK),
            ("tickets", "cs", "/tickets/", DESK),
            ("finance", "finance", "/finance/", DESK),
            ("calculator", "finance", "/insights/cost/", DESK),
            ("skus", "master", "/admin/catalog/sku/", DESK),
        ]

    def _take(self, base_url: str) -> None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=flags)
            for name, role, path, (width, height) in self._shots():
                context = browser.new_context(
                    base_url=base_url, locale="zh-CN", viewport={"width": width, "height": height}
                )
                name_of_session = settings.SESSION_COOKIE_NAME
                context.add_cookies([{"name": name_of_session, "value": _session(role), "url": base_url}])
                page = context.new_page()
                page.goto(path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=settings.BASE_DIR / FOLDER / f"{name}.png")
                self.stdout.write(f"{name}: {page.url}")
                context.close()
            browser.close()


def _session(role: str) -> str:
    """The session of a login as that demo user."""
    client = Client()
    client.force_login(User.objects.get(username=role))
    return client.cookies[settings.SESSION_COOKIE_NAME].value
