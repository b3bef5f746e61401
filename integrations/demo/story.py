"""One demo from the first order to the settled bill, told step by step."""

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

from core import clock, invariants
from core.models import Delivery, InboxMessage
from core.services import replay
from finance.models import Statement
from finance.services.statements import import_statement
from fulfillment.models import Parcel
from integrations.demo import audit, bills
from integrations.demo.crew import Crew
from integrations.demo.outside import Outside
from integrations.demo.platforms import Platforms
from oms.domain.canonical import RefundKind, RefundStatus
from oms.models import Order
from oms.services import holds

PATIENCE_SECONDS = 120.0
# Orders in these states have nothing more to wait for from the warehouse.
SETTLED = ("completed", "cancelled", "held", "backordered", "nothing_to_ship", "waiting", "unpaid")


class Story:
    def __init__(self, base_url: str, orders: int, seed: int, say: Callable[[str], None]) -> None:
        self._rng = Random(seed)
        self._outside = Outside()
        self.platforms = Platforms(base_url, self._rng, self._outside.know_orders)
        self.crew = Crew(self._rng)
        self._orders, self._say = orders, say
        self.statements: list[Statement] = []
        self._collected: set[int] = set()

    def tell(self) -> None:
        """Run the whole story; returns when everything has settled or patience is over."""
        self._outside.prepare()
        per_shop = -(-self._orders // len(self.platforms.shops))
        self._say(f"{per_shop} orders from each of {len(self.platforms.shops)} platforms …")
        self.platforms.order(per_shop)
        self._say(f"{len(self.platforms.trade.never_pushed)} of them were never pushed: the lists must bring them …")
        self._wait(self._all_here)
        self._refund_some_early()
        self._say("the floor is at work …")
        self._wait(self._warehouse_empty)
        self._return_some()
        self._wait(self._all_quiet)
        self._say("bills come in …")
        self._settle()
        self._wait(self._all_quiet)

    def stop_halfway(self) -> None:
        """More orders, of which the floor gets through a part: every screen has something to do."""
        self.platforms.order(8)
        self._wait(self._inbox_empty)
        self.platforms.order(4)
        time.sleep(5)
        self.crew.work(most=12)
        self.crew.pick(25)
        ready = Order.objects.filter(status__in=["allocated", "fulfilling"]).order_by("id").values_list("id", flat=True)
        for order_id, note in zip(ready, ("买家来电要改地址", "大额订单,等主管确认", "赠品缺货,等通知"), strict=False):
            holds.hold([order_id], note)

    def _wait(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            shift = self.crew.work(most=200)
            self._collect()
            if done():
                return
            if not (shift.picked or shift.packed or shift.shipped):
                time.sleep(0.3)

    def _collect(self) -> None:
        """The carrier's van: a parcel whose platform took no ship confirmation for it (a second parcel of a JD order, a
        replacement) is picked up all the same."""
        waiting = Parcel.objects.filter(
            state="shipped", first_scan_at=None, shipped_at__lt=clock.now() - timedelta(seconds=6)
        ).exclude(id__in=self._collected)
        for parcel in waiting:
            self._outside.collect(parcel.waybill_no, parcel.carrier)
            self._collected.add(parcel.pk)

    def _inbox_empty(self) -> bool:
        return not InboxMessage.objects.filter(state__in=["new", "doing"]).exists()

    def _all_here(self) -> bool:
        return not audit.lost(self.platforms.trade) and self._inbox_empty()

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

    def audit(self) -> tuple[list[str], replay.Verdict]:
        """Names of broken invariants, and the replay's verdict."""
        broken = [f"{finding.name} ({finding.violations})" for finding in invariants.run() if finding.violations]
        return broken, replay.verify()
