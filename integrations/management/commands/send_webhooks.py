"""`manage.py send_webhooks`: sign and post generated orders to the running web process, as the platform would."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from random import Random
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from catalog.selectors import shops
from core import clock
from core.errors import NotFound
from integrations import registry
from integrations.channels.mischief import Fault
from integrations.channels.sender import Report, send
from integrations.services import trial_orders

if TYPE_CHECKING:
    from catalog.models import Shop


class Command(BaseCommand):
    help = "Sign and post generated orders to the running web process, as the platform would."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--platform", required=True, choices=sorted(registry.CHANNELS))
        parser.add_argument("--count", required=True, type=_positive, help="orders to send")
        parser.add_argument("--shop", default="", help="shop code (default: the platform's first shop)")
        parser.add_argument("--rate", type=float, default=0.0, help="messages a second (default: as fast as it goes)")
        parser.add_argument("--faults", type=_faults, default=frozenset(), help="duplicate,reorder,tamper,poison")
        parser.add_argument("--seed", type=int, help="the same seed sends the same orders (default: new ones)")
        parser.add_argument("--concurrency", type=_positive, default=4, help="connections (default 4)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = _shop(options["platform"], options["shop"])
        secrets = shops.access(shop).push_secrets
        if not secrets:
            raise CommandError(f"shop {shop.code} has no push secret: set one in the admin", returncode=2)
        seed = options["seed"] if options["seed"] is not None else time.time_ns()
        try:
            made = trial_orders.parcels(shop, options["count"], options["faults"], Random(seed), clock.now())
        except NotFound as exc:
            raise CommandError(str(exc.message), returncode=2) from exc
        url = trial_orders.web_url()
        report = send(
            registry.channel(shop.platform),
            shop.code,
            secrets[0],
            made,
            base_url=url,
            now=clock.now,
            rate=options["rate"],
            concurrency=options["concurrency"],
        )
        if report.failed == report.sent:
            raise CommandError(f"nothing answers at {url}: start it with `make run`, or set WEB_URL")
        self.stdout.write(json.dumps(report.as_dict()) if options["json"] else _sentence(report, url))


def _shop(platform: str, code: str) -> "Shop":
    found = shops.by_code(platform, code) if code else next(iter(shops.of_platform(platform)), None)
    if found is None:
        raise CommandError(f"no active {platform} shop {code}: run `manage.py seed_demo` or add one", returncode=2)
    return found


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise ArgumentTypeError(f"{value!r} is no positive number")
    return int(value)


def _faults(value: str) -> frozenset[Fault]:
    words = [word for word in value.split(",") if word]
    unknown = [word for word in words if word not in list(Fault)]
    if unknown:
        raise ArgumentTypeError(f"unknown fault {unknown[0]!r}; known: {', '.join(Fault)}")
    return frozenset(Fault(word) for word in words)


def _sentence(report: Report, url: str) -> str:
    said = report.as_dict()
    return (
        f"{said['sent']} sent to {url}: {said['accepted']} accepted, {said['refused']} refused; "
        f"p50 {said['p50_ms']} ms, p99 {said['p99_ms']} ms, {said['per_s']}/s"
    )
