"""What a version of the risk rules would have done to past orders, beside what the live one does. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from core import clock
from core.selectors.rules import Version, in_force
from oms.domain.order import Order
from oms.domain.risk import facts_of
from oms.models import Order as OrderRow
from oms.models import OrderLine
from oms.rows import read as told
from oms.selectors.risk_facts import Screen
from oms.services.risk import found

MOST = 10_000  # orders looked at: about two seconds
CHUNK = 2_000
SAMPLE = 10
_HEADER = (
    "id", "order_no", "shop_id", "platform", "pay_state", "currency", "paid_minor", "freight_minor", "adjustments",
    "captured_at", "province", "city", "district_code", "receiver_is_masked", "buyer_note", "seller_note",
    "seller_flag", "cod", "phone_key", "buyer_key", "receiver_key", "address_key", "ip_key", "device_key",
)  # fmt: skip
_LINE = ("line_no", "line_id", "parent_line_id", "platform_sku", "listing_id", "sku_id", "qty", "net_minor")


@dataclass(slots=True)
class Caught:
    """How many orders, their money in fen (orders in CNY), and the newest few as (id, order number, what was seen)."""

    orders: int = 0
    minor: int = 0
    sample: list[tuple[int, str, list[dict[str, Any]]]] = field(default_factory=list)

    def add(self, order: Order, facts: list[dict[str, Any]]) -> None:
        self.orders += 1
        if order.header["currency"] == "CNY":
            self.minor += order.header["paid_minor"] or 0
        if len(self.sample) < SAMPLE:
            self.sample.append((order.id, order.header["order_no"], facts))


@dataclass(slots=True)
class Tried:
    """What each rule of the version would have caught (by name, in their order), which orders only this version would
    hold (`more`) and which only the live one does (`less`). `cut` when there were more orders than were looked at."""

    orders: int
    days: int
    cut: bool
    rules: dict[str, Caught]
    held: Caught = field(default_factory=Caught)
    more: Caught = field(default_factory=Caught)
    less: Caught = field(default_factory=Caught)


def dry_run(version: Version, among: QuerySet[OrderRow], days: int = 7, most: int = MOST) -> Tried:
    """Run a version over the newest orders `among` those of the last `days`. Counts of same people are as they were
    when each order came."""
    live, _shadow = in_force("risk")
    recent = among.filter(captured_at__gte=clock.now() - timedelta(days=days))
    ids = list(recent.order_by("-id").values_list("id", flat=True)[: most + 1])
    tried = Tried(min(len(ids), most), days, len(ids) > most, {rule.name: Caught() for rule in version.rules})
    for start in range(0, tried.orders, CHUNK):
        orders = _orders(ids[start : min(start + CHUNK, most)])
        known = Screen(orders, (*version.rules, *live.rules))
        for order in orders:
            _compare(tried, order, version, live, known)
    return tried


def _compare(tried: Tried, order: Order, version: Version, live: Version, known: Screen) -> None:
    facts = facts_of(order, known.around(order), known.fields)
    hits, before = found(version, order, facts, known), found(live, order, facts, known)
    for rule, seen in hits:
        tried.rules[rule.name].add(order, seen)
    if hits:
        tried.held.add(order, hits[0][1])
    if hits and not before:
        tried.more.add(order, hits[0][1])
    if before and not hits:
        tried.less.add(order, before[0][1])


def _orders(ids: Sequence[int]) -> list[Order]:
    """As much of these orders as rules may ask about, newest first, in two queries."""
    rows = OrderRow.objects.filter(id__in=ids).order_by("-id").values(*_HEADER)
    orders = {row["id"]: Order(row["id"], header={name: told(value) for name, value in row.items()}) for row in rows}
    for order_id, line in _lines(ids):
        orders[order_id].lines[line["line_no"]] = line
    return list(orders.values())


def _lines(ids: Sequence[int]) -> Iterable[tuple[int, dict[str, Any]]]:
    for row in OrderLine.objects.filter(order_id__in=ids).values("order_id", *_LINE):
        yield row.pop("order_id"), row
