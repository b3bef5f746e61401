"""One demo from the first order to the settled bill, told step by step."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connection

from core import clock, invariants
from core.models import Delivery, InboxMessage
from core.services import replay
from finance.services.statements import import_statement
from fulfillment.models import Parcel
from integrations.demo import bills
from integrations.demo.crew import Crew
from integrations.demo.outside import Outside
from integrations.demo.platforms import Platforms
from oms.domain.canonical import RefundKind, RefundStatus
from oms.models import Order

PATIENCE_SECONDS = 120.0
# Orders in these states have nothing more to wait for from the warehouse.
SETTLED = ("completed", "cancelled", "held", "backordered", "nothing_to_ship", "waiting", "unpaid")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: orders (or parcels, messages, lines) in, out and held, and the stage's p50/p95 in s."""

    step: str
    into: int
    out: int
    held: int
    p50: float | None = None
    p95: float | None = None


class Story:
    def __init__(self, base_url: str, orders: int, seed: int, say: Callable[[str], None]) -> None:
        self._rng = Random(seed)
        self._outside = Outside()
        self.platforms = Platforms(base_url, self._rng, self._outside.know_orders)
        self.crew = Crew(self._rng)
        self._orders, self._say = orders, say
        self.statements: list[Any] = []

    def tell(self) -> None:
        """Run the whole story; returns when everything has settled or patience is over."""
        self._outside.prepare()
        per_shop = -(-self._orders // len(self.platforms.shops))
        self._say(f"{per_shop} orders from each of {len(self.platforms.shops)} platforms …")
        self.platforms.order(per_shop)
        self._wait(self._inbox_empty)
        self._refund_some_early()
        self._say("the floor is at work …")
        self._wait(self._warehouse_empty)
        self._return_some()
        self._wait(self._all_quiet)
        self._say("bills come in …")
        self._settle()
        self._wait(self._all_quiet)

    def _wait(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            shift = self.crew.work(most=200)
            if done():
                return
            if not (shift.picked or shift.packed or shift.shipped):
                time.sleep(0.3)

    def _inbox_empty(self) -> bool:
        return not InboxMessage.objects.filter(state__in=["new", "doing"]).exists()

    def _warehouse_empty(self) -> bool:
        return self._inbox_empty() and not Order.objects.exclude(status__in=[*SETTLED, "shipped"]).exists()

    def _all_quiet(self) -> bool:
        owed = Delivery.objects.filter(state__in=["pending", "doing"]).exists()
        moving = Parcel.objects.filter(state="shipped", delivered_at=None).exists()
        return self._warehouse_empty() and not owed and not moving

    def _refund_some_early(self) -> None:
        """Some buyers want their money back before anything left; the platform pays and tells us."""
        chosen = self._choose(["ready", "allocated", "fulfilling"], 0.03)
        self.platforms.refund(chosen, RefundKind.REFUND_ONLY, RefundStatus.REQUESTED, RefundStatus.SUCCEEDED)

    def _return_some(self) -> None:
        """Some send it back after delivery."""
        chosen = self._choose(["completed", "shipped"], 0.03)
        self.platforms.refund(chosen, RefundKind.RETURN, RefundStatus.REQUESTED, RefundStatus.SUCCEEDED)

    def _choose(self, statuses: list[str], share: float) -> list[tuple[str, str]]:
        rows = Order.objects.filter(status__in=statuses).order_by("id").values_list("platform", "order_no")
        known = [row for row in rows if row in self.platforms.trade.orders and row not in self.platforms.trade.refunds]
        return self._rng.sample(known, k=min(len(known), max(1, int(len(known) * share)))) if known else []

    def _settle(self) -> None:
        """The payment side's bills, made from what the platforms know, are read and matched."""
        trade = self.platforms.trade
        for shop in self.platforms.shops:
            paid = [o for (platform, _no), o in trade.orders.items() if platform == shop.platform and o.paid_at]
            back = [o for (platform, _no), o in trade.refunds.items() if platform == shop.platform]
            if shop.platform == "taobao":
                data, source = bills.alipay(paid, back, clock.now()), "alipay"
            else:
                data, source = bills.generic(paid, back), "generic"
            imported = import_statement(data, source, name=f"{shop.code}.csv", shop_id=shop.pk)
            self.statements.append(imported.statement)

    def lost(self) -> list[tuple[str, str]]:
        """Orders that the platforms know and we do not."""
        ours = set(Order.objects.values_list("platform", "order_no"))
        return sorted(set(self.platforms.trade.orders) - ours)

    def doubled(self) -> int:
        """Orders beyond those the platforms know of, replacements of our own aside."""
        return Order.objects.exclude(order_no__contains="-R").count() - len(self.platforms.trade.orders)

    def report(self) -> list[Row]:
        return [_row(*step) for step in _STEPS]

    def audit(self) -> tuple[list[str], replay.Verdict]:
        """Names of broken invariants, and the replay's verdict."""
        broken = [f"{finding.name} ({finding.violations})" for finding in invariants.run() if finding.violations]
        return broken, replay.verify()


# name, SQL giving (in, out, held), SQL giving seconds
_STEPS: list[tuple[str, str, str]] = [
    ("1 capture", "SELECT (SELECT count(*) FROM core_inboxmessage WHERE source LIKE 'channel:%'), (SELECT count(*) FROM"
     " oms_order), (SELECT count(*) FROM core_inboxmessage WHERE state = 'dead')",
     "SELECT extract(epoch FROM done_at - received_at) FROM core_inboxmessage WHERE outcome = 'created'"),
    ("2 split and route", "SELECT count(*), count(*) FILTER (WHERE status NOT IN ('held', 'backordered', 'waiting')),"
     " count(*) FILTER (WHERE status IN ('held', 'backordered', 'waiting')) FROM oms_order",
     "SELECT extract(epoch FROM d.decided_at - o.captured_at) FROM oms_routingdecision d JOIN oms_order o"
     " ON o.id = d.order_id WHERE d.outcome = 'routed'"),
    ("3 lock stock", "SELECT count(*), count(*) FILTER (WHERE state = 'posted'), count(*) FILTER (WHERE state = 'pending')"
     " FROM inventory_reservation",
     "SELECT extract(epoch FROM s.reserved_at - o.captured_at) FROM oms_suborder s JOIN oms_order o ON o.id = s.order_id"),
    ("4 wave and pick", "SELECT count(DISTINCT suborder_id), count(DISTINCT suborder_id) FILTER (WHERE state = 'picked'),"
     " count(DISTINCT suborder_id) FILTER (WHERE state = 'open') FROM fulfillment_pickline",
     "SELECT extract(epoch FROM t.finished_at - t.started_at) FROM fulfillment_picktask t WHERE finished_at IS NOT NULL"),
    ("5 pack and check", "SELECT count(*), count(packed_at), count(*) FILTER (WHERE state = 'open') FROM"
     " fulfillment_parcel", "SELECT extract(epoch FROM packed_at - opened_at) FROM fulfillment_parcel WHERE packed_at"
     " IS NOT NULL"),
    ("6 label and ship", "SELECT count(packed_at), count(shipped_at), count(*) FILTER (WHERE state = 'packed') FROM"
     " fulfillment_parcel", "SELECT extract(epoch FROM shipped_at - packed_at) FROM fulfillment_parcel WHERE shipped_at"
     " IS NOT NULL"),
    ("7 track", "SELECT count(shipped_at), count(delivered_at), count(*) FILTER (WHERE shipped_at IS NOT NULL AND"
     " first_scan_at IS NULL) FROM fulfillment_parcel",
     "SELECT extract(epoch FROM received_at - shipped_at) FROM (SELECT p.shipped_at, min(s.received_at) AS received_at"
     " FROM fulfillment_parcel p JOIN fulfillment_trackingscan s ON s.parcel_id = p.id GROUP BY p.id) t"),
    ("8 after-sales", "SELECT count(*), count(resolved_at), count(*) FILTER (WHERE resolved_at IS NULL) FROM"
     " aftersales_ticket", "SELECT extract(epoch FROM first_response_at - opened_at) FROM aftersales_ticket WHERE"
     " first_response_at IS NOT NULL"),
    ("9 settle", "SELECT coalesce(sum(rows), 0), coalesce(sum(matched_rows + explained_rows), 0), coalesce(sum(unexplained_rows), 0) FROM"
     " finance_statement", "SELECT extract(epoch FROM imported_at - imported_at) FROM finance_statement"),
]  # fmt: skip


def _row(step: str, counts_sql: str, seconds_sql: str) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(counts_sql)
        into, out, held = cursor.fetchone()
        cursor.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s), percentile_cont(0.95) WITHIN GROUP (ORDER BY s)"
            f" FROM ({seconds_sql}) AS t (s)"
        )
        p50, p95 = cursor.fetchone()
    return Row(step, int(into), int(out), int(held), _rounded(p50), _rounded(p95))


def _rounded(seconds: float | None) -> float | None:
    return round(float(seconds), 2) if seconds is not None else None
