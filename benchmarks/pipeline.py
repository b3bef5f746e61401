"""Committed message → stock reserved: how fast a backlog drains. Floor: one at a time, same services."""

import sys
from datetime import timedelta
from random import Random

from benchmarks import harness

BACKLOG, SINGLES = 2000, 40


def main() -> None:
    harness.prepare()
    from catalog.models import Shop
    from core import clock
    from core.models import InboxMessage
    from core.services import inbox
    from integrations.registry import channel
    from integrations.services.drain import drain_channels
    from integrations.services.trial_orders import purchases
    from oms.models import Order
    from oms.services.allocation import allocate_ready

    rng = Random(2)
    shop = Shop.objects.get(platform="taobao")
    adapter = channel(shop.platform)

    def commit(count: int) -> None:
        for purchase in purchases(shop, count, rng, clock.now() - timedelta(hours=1)):
            message = adapter.render(purchase)
            inbox.store(f"channel:{shop.platform}:{shop.code}", message.delivery_id, message.body, {})

    def drain() -> None:
        while InboxMessage.objects.filter(state__in=["new", "doing"]).exists():
            drain_channels()
        while allocate_ready():
            pass

    def backlog() -> float:
        commit(BACKLOG)
        return harness.rate(BACKLOG, drain)

    def singles() -> float:
        commit(SINGLES)

        def work() -> None:
            for _message in range(SINGLES):
                drain_channels(1)
                allocate_ready(1)

        return harness.rate(SINGLES, work)

    value, floor = harness.interleaved(backlog, singles)
    stuck = Order.objects.filter(allocatable=True).count() + InboxMessage.objects.exclude(state="done").count()
    if stuck:
        sys.exit(f"{stuck} orders or messages did not get through")
    detail = {"backlog": BACKLOG, "one_worker": True, "not_through": stuck, "orders_stored": Order.objects.count()}
    harness.report("pipeline", value, "orders/s drained", floor, "orders/s, one at a time", detail)


if __name__ == "__main__":
    main()
