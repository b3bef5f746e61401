"""Committed message → order, screened, addressed, routed, reserved: how fast a backlog drains through the product's own
worker processes, and how long a message takes while others keep coming. Floor: the same services, one at a time.

Times are PostgreSQL's: from the message's insert to the commit that reserved the last of its order's lines. A run in
which any message does not end as a reserved order ends without a figure and says what became of it.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from benchmarks import harness

BACKLOG, SINGLES = 3000, 60
LIVE_SECONDS, LIVE_RATE, LOAD = 10, 1000.0, 0.7
PATIENCE = 120.0  # seconds without any progress
RESERVED = ["allocated", "fulfilling"]  # waves are planned meanwhile
LAG_MS = 1000.0  # the last message of a live run is through within this, or the rate was too much


def main() -> None:
    harness.prepare(commit_times=True)
    from integrations.services.drain import drain_channels
    from oms.models import Order
    from oms.services.allocation import allocate_ready

    feed, before = _Feed(), os.getloadavg()[0]

    def drained() -> float:
        with harness.running("worker", "beat"):
            _through(feed.commit(1))  # the worker is up
            messages = feed.messages(BACKLOG)
            began, ends = feed.store(messages), _through([order for order, _key, _body in messages])
            return BACKLOG / (max(ends.values()) - began).total_seconds()

    def in_process(count: int, batch: int) -> float:
        orders = feed.commit(count, ring=False)

        def work() -> None:
            while drain_channels(batch) + allocate_ready(batch):
                pass

        rate = harness.rate(count, work)
        _through(orders)
        return rate

    in_process(SINGLES, SINGLES)  # caches
    rounds = [(drained(), in_process(SINGLES, 1), in_process(BACKLOG, 500)) for _round in range(harness.ROUNDS)]
    value, floor, alone = (median(column) for column in zip(*rounds, strict=True))
    live = [_live(feed, rate) for rate in (LIVE_RATE, round(value * LOAD))]
    detail = {
        "backlog": BACKLOG, "processes": "worker and beat as the product runs them", "not_through": 0,
        "one_process_in_batches": round(alone, 1), "live": live, "orders_stored": Order.objects.count(),
        "rounds": [[round(number) for number in numbers] for numbers in rounds],
        "machine_load_before": round(before, 2),
    }  # fmt: skip
    harness.report("pipeline", value, "orders/s drained", floor, "orders/s, one at a time", detail)


def _live(feed: "_Feed", rate: float) -> dict[str, Any]:
    """`rate` messages due a second for LIVE_SECONDS, whatever becomes of them; those that are due are committed
    together, as the hook does."""
    messages, received = feed.messages(int(rate * LIVE_SECONDS)), dict[str, datetime]()
    with harness.running("worker", "beat"):
        _through(feed.commit(1))
        started, sent = time.perf_counter(), 0
        while sent < len(messages):
            due = min(int((time.perf_counter() - started) * rate) + 1, len(messages))
            at = feed.store(messages[sent:due])
            received.update((order, at) for order, _key, _body in messages[sent:due])
            sent = due
            time.sleep(max(0.0, started + sent / rate - time.perf_counter()))
        offered = len(messages) / (time.perf_counter() - started)
        ends = _through(list(received))
    ms = sorted((ends[order] - at).total_seconds() * 1000 for order, at in received.items())
    lag = (max(ends.values()) - max(received.values())).total_seconds() * 1000
    return {
        "rate": rate, "offered_per_s": round(offered), "p50_ms": round(ms[len(ms) // 2], 1),
        "p99_ms": round(ms[int(len(ms) * 0.99)], 1), "max_ms": round(ms[-1], 1), "kept_up": lag < LAG_MS,
    }  # fmt: skip


Message = tuple[str, str, bytes]  # order number, delivery key, body


class _Feed:
    """Platform messages of new orders, and their way into the inbox."""

    def __init__(self) -> None:
        from catalog.models import Shop
        from integrations.registry import channel
        from integrations.services.trial_orders import sellables

        self.rng, self.shop = Random(2), Shop.objects.get(platform="taobao")
        self.adapter, self.items = channel(self.shop.platform), sellables(self.shop)

    def messages(self, count: int) -> list[Message]:
        from core import clock
        from integrations.services.trial_orders import bought

        made, now = dict[str, Message](), clock.now() - timedelta(hours=1)
        while len(made) < count:
            purchase = bought(self.shop, self.items, self.rng, now, timedelta(hours=1))
            message = self.adapter.render(purchase)
            made[purchase.order_no] = (purchase.order_no, message.delivery_id, message.body)
        return list(made.values())

    def commit(self, count: int, *, ring: bool = True) -> list[str]:
        """Order numbers of `count` new messages in the inbox."""
        messages = self.messages(count)
        self.store(messages, ring=ring)
        return [order for order, _key, _body in messages]

    def store(self, messages: Sequence[Message], *, ring: bool = True) -> datetime:
        """In one commit, and ring; returns when its statement began, by PostgreSQL's clock."""
        from core.doorbell import ring as ring_bell
        from core.models import InboxMessage
        from core.services import inbox

        source = f"channel:{self.shop.platform}:{self.shop.code}"
        inbox.store([inbox.Arrival(source, key, body, {}) for _order, key, body in messages])
        if ring:
            ring_bell("integrations.tasks.drain_inbox")
        return InboxMessage.objects.values_list("received_at", flat=True).get(
            source=source, delivery_key=messages[-1][1]
        )


def _through(orders: Sequence[str]) -> dict[str, datetime]:
    """Wait until every order is reserved; when each was, by PostgreSQL's clock. Ends the run if one is not."""
    from django.db import connection

    wanted, known, moved = set(orders), None, time.monotonic()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT (SELECT count(*) FROM oms_order WHERE allocatable),
                          (SELECT count(*) FROM core_inboxmessage WHERE state IN ('new', 'doing'))"""
            )
            now = cursor.fetchone()
        if now == (0, 0) or time.monotonic() - moved > PATIENCE:
            break
        if now != known:
            known, moved = now, time.monotonic()
        time.sleep(0.1)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT o.order_no, max(pg_xact_commit_timestamp(r.xmin))
                 FROM inventory_reservation r JOIN oms_suborder s ON s.id = r."group"
                 JOIN oms_order o ON o.id = s.order_id
                WHERE r.state = 'pending' AND o.order_no = ANY(%s) AND o.status = ANY(%s) GROUP BY 1""",
            [list(wanted), RESERVED],
        )
        ends = dict(cursor.fetchall())
    if missing := wanted - set(ends):
        sys.exit(f"{len(missing)} of {len(wanted)} orders did not get through: {_what_became_of(missing)}")
    return ends


def _what_became_of(orders: set[str]) -> dict[str, int]:
    from core.models import InboxMessage
    from oms.models import Hold, Order

    found = Counter(f"order {status}" for status in _column(Order, "status", order_no__in=orders))
    found.update(f"held: {reason}" for reason in _column(Hold, "reason", order__order_no__in=orders))
    found.update(f"message {state}" for state in _column(InboxMessage, "state", state__in=["new", "doing"]))
    found.update(f"message dead: {code}" for code in _column(InboxMessage, "error_code", state="dead"))
    return dict(found)


def _column(model: Any, name: str, **which: Any) -> Any:
    return model.objects.filter(**which).values_list(name, flat=True)


if __name__ == "__main__":
    main()
