"""Signed Shopify webhooks through the product's own server: its hook against a plain Django ORM view beside it.

1.5 kB bodies, 16 kept-alive connections of a client in its own process, one request in ten a copy of an earlier one. A
measurement counts only when every request was answered 200 and exactly the acknowledged rows are stored, to the byte.
"""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any

from benchmarks import ceiling, harness
from benchmarks.load import Result, load, request

MESSAGES, CONNECTIONS, COPIES, LOAD, BYTES = 4000, 16, 0.1, 0.7, 1500
CALM_SECONDS = 10  # at LOAD, for the latencies
NEIGHBOURHOOD = 64  # how many requests ago a copy's original may have been: close enough to meet it on its way


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests, and what must be stored of them: {delivery key: digest of the body}."""

    requests: Sequence[bytes]
    rows: dict[str, str]


def main() -> None:
    harness.prepare()
    from django.conf import settings

    from catalog.models import Shop
    from catalog.selectors import shops
    from integrations.channels.sender import hook_path
    from integrations.registry import channel

    shop = Shop.objects.get(platform="shopify")
    secret = shops.access(shop).push_secrets[0]
    hook, load_before = hook_path(channel("shopify"), shop.code), os.getloadavg()[0]
    make = _Maker(shop, secret)

    def measured(path: str, count: int = MESSAGES, rate: float = 0.0) -> Result:
        batch = make.batch(path, count, by_order=path != hook)
        _empty_inbox()
        result = load(port, batch.requests, CONNECTIONS, rate)
        _check(batch, result)
        return result

    def per_s(path: str) -> float:
        return MESSAGES / measured(path).seconds

    def bare() -> float:
        _empty_inbox()
        return ceiling.inserts_per_s(settings.DATABASES["default"], make.body(), CONNECTIONS, seconds=2)

    from benchmarks.plain_site import PATH

    environ = {"DJANGO_SETTINGS_MODULE": "benchmarks.site_settings", "PLAIN_SECRET": secret}
    with harness.running("web", **environ) as port:
        per_s(hook), per_s(PATH)  # connections and caches
        rounds = [(per_s(hook), per_s(PATH), bare()) for _round in range(harness.ROUNDS)]
        value, floor, top = (median(column) for column in zip(*rounds, strict=True))
        calm = {
            name: measured(path, int(rate * LOAD * CALM_SECONDS), rate * LOAD)
            for name, path, rate in (("hook", hook, value), ("plain", PATH, floor))
        }
    detail = {
        "bytes": BYTES, "connections": CONNECTIONS, "copies": COPIES, "acknowledged_is_stored": True,
        "of_ceiling": round(value / top, 3), "ceiling_per_s": round(top, 1), "ceiling_by": ceiling.tool(),
        "at_70_percent": {name: _latencies(result) for name, result in calm.items()},
        "rounds": [[round(number) for number in numbers] for numbers in rounds],
        "machine_load_before": round(load_before, 2),
    }  # fmt: skip
    harness.report("ingest", value, "messages/s", floor, "messages/s, plain ORM view on the same server", detail)


def _latencies(result: Result) -> dict[str, float]:
    told = {f"p{share}_ms": round(result.percentile(share / 100), 1) for share in (50, 99)}
    return {"per_s": round(len(result.ms) / result.seconds), **told}


class _Maker:
    """Orders nobody has sent yet, signed for `shop`."""

    def __init__(self, shop: Any, secret: str) -> None:
        from core import clock
        from integrations.registry import channel
        from integrations.services.trial_orders import sellables

        self.shop, self.secret, self.rng, self.adapter = shop, secret, Random(3), channel(shop.platform)
        self.items, self.now = sellables(shop), clock.now()

    def body(self) -> bytes:
        """A Shopify order of one line without what is empty; the note fills it up to BYTES."""
        from integrations.services.trial_orders import bought

        purchase = bought(self.shop, self.items, self.rng, self.now, timedelta(hours=1))
        order = json.loads(self.adapter.render(purchase).body)
        order["line_items"] = order["line_items"][:1]
        for name in ("total_shipping_price_set", "discount_applications", "shipping_lines", "admin_graphql_api_id"):
            del order[name]
        short = {name: value for name, value in order.items() if value not in (None, "", [])} | {"note": ""}
        missing = BYTES - len(_packed(short))
        assert missing >= 0, f"an order is {-missing} bytes too long"
        return _packed(short | {"note": "x" * missing})

    def batch(self, path: str, count: int, *, by_order: bool) -> Batch:
        """`by_order`: the receiver's key is the order's number, else the delivery's."""
        from integrations.channels.purchases import Message, MessageKind

        requests: list[bytes] = []
        rows = {}
        while len(requests) < count:
            if requests and self.rng.random() < COPIES:
                requests.append(self.rng.choice(requests[-NEIGHBOURHOOD:]))
                continue
            body = self.body()
            delivery = hashlib.sha256(body).hexdigest()[:36]
            message = Message(MessageKind.ORDER, "orders/create", delivery, delivery, body)
            push = self.adapter.sign(message, self.secret, self.now)
            requests.append(request(path, push.headers, body))
            key = str(json.loads(body)["id"]) if by_order else self.adapter.delivery_key(push)
            rows[key] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        return Batch(requests, rows)


def _packed(order: dict[str, Any]) -> bytes:
    return json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()


def _empty_inbox() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE core_inboxmessage")


def _check(batch: Batch, result: Result) -> None:
    from django.db import connection

    refused = sum(status != 200 for status in result.statuses)
    if refused:
        sys.exit(f"{refused} of {len(result.statuses)} requests were not acknowledged")
    with connection.cursor() as cursor:
        cursor.execute("SELECT delivery_key, md5(body) FROM core_inboxmessage")
        stored = cursor.fetchall()
    if len(stored) != len(batch.rows) or dict(stored) != batch.rows:
        sys.exit(f"{len(batch.rows)} messages were acknowledged, {len(stored)} are stored, or not as they came")


if __name__ == "__main__":
    main()
