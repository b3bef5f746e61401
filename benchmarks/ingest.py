"""Signed webhook → committed row, through Django's own handler stack in process: the product's hook against a plain ORM
view with HMAC, JSON parse and one insert. Both skip the network, so the ratio is about what each does per message."""

import hashlib
import hmac
import json
from datetime import timedelta
from random import Random

from benchmarks import harness

MESSAGES = 400


def main() -> None:
    harness.prepare()
    from django.conf import settings
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.test import Client, RequestFactory

    settings.ALLOWED_HOSTS = ["testserver"]
    from catalog.models import Shop
    from catalog.selectors import shops
    from core import clock
    from core.models import InboxMessage
    from integrations.channels.sender import hook_path
    from integrations.registry import channel
    from integrations.services.trial_orders import purchases

    rng = Random(3)
    shop = Shop.objects.get(platform="shopify")
    adapter, secret = channel(shop.platform), shops.access(shop).push_secrets[0]
    client, path = Client(), hook_path(adapter, shop.code)
    acknowledged = 0

    def pushes() -> list:
        made = purchases(shop, MESSAGES, rng, clock.now() - timedelta(hours=1))
        return [adapter.sign(adapter.render(purchase), secret, clock.now()) for purchase in made]

    def product() -> float:
        signed = pushes()

        def work() -> None:
            nonlocal acknowledged
            for push in signed:
                answer = client.post(path, push.body, content_type="application/json", headers=dict(push.headers))
                acknowledged += answer.status_code == 200

        return harness.rate(MESSAGES, work)

    def plain(request: HttpRequest) -> HttpResponse:
        """What a first version of a webhook looks like: verify, parse, insert through the ORM."""
        told = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(told, request.headers["X-Plain-Signature"]):
            return HttpResponse(status=401)
        order = json.loads(request.body)
        InboxMessage.objects.create(source="plain", delivery_key=str(order["id"]), body=request.body, meta={})
        return HttpResponse("ok")

    def floor() -> float:
        signed = pushes()
        requests = [
            RequestFactory().post(
                "/plain/", push.body, content_type="application/json",
                headers={"X-Plain-Signature": hmac.new(secret.encode(), push.body, hashlib.sha256).hexdigest()},
            )
            for push in signed
        ]  # fmt: skip

        def work() -> None:
            for request in requests:
                assert plain(request).status_code == 200

        return harness.rate(MESSAGES, work)

    def bare_inserts() -> float:
        """Single committed inserts from one connection: the ceiling of any design that commits one by one."""

        def work() -> None:
            with connection.cursor() as cursor:
                for number in range(MESSAGES):
                    cursor.execute(
                        "INSERT INTO core_inboxmessage (source, delivery_key, body, meta, state, attempts, token,"
                        " error_code, error, outcome) VALUES ('bare', %s, %s, '{}', 'done', 0, 0, '', '', '')",
                        [f"{rng.random()}:{number}", b"x" * 1500],
                    )

        return harness.rate(MESSAGES, work)

    value, base = harness.interleaved(product, floor)
    stored = InboxMessage.objects.filter(source=f"channel:{shop.platform}:{shop.code}").count()
    detail = {"acknowledged": acknowledged, "stored": stored, "bare_inserts_per_s": round(bare_inserts(), 1)}
    harness.report("ingest", value, "messages/s", base, "messages/s, plain ORM view (no middleware)", detail)
    assert stored == acknowledged, "an acknowledged message is missing"


if __name__ == "__main__":
    main()
