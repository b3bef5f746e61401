"""Screen orders: blacklist, and the live risk rules over typed facts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count

from core import clock
from core.domain.rules import evaluate
from core.selectors.rules import live_rules
from oms.domain.order import Order
from oms.domain.status import HoldReason
from oms.models import BlacklistEntry
from oms.models import Order as OrderRow

VELOCITY_WINDOW = timedelta(hours=24)

# What a risk rule may ask about; counts cover the last 24 hours and include the order itself.
FACTS: Mapping[str, type] = {
    "amount_minor": int,
    "currency": str,
    "platform": str,
    "units": int,
    "lines": int,
    "province": str,
    "city": str,
    "district_code": str,
    "cod": bool,
    "note": str,
    "orders_same_phone": int,
    "orders_same_buyer": int,
    "orders_same_receiver": int,
}


def causes(orders: Sequence[Order]) -> dict[int, dict[HoldReason, str]]:
    """Why each order should be held, by order id: blacklist hits, and for the first matching rule its `hold` action."""
    version, rules = live_rules("risk")
    listed = _blacklisted(orders)
    counts = {field: _recent(field, orders) for field in ("phone_key", "buyer_key", "receiver_key")}
    result: dict[int, dict[HoldReason, str]] = {}
    for order in orders:
        found: dict[HoldReason, str] = {}
        hits = [listed[tag] for tag in _tags(order) if tag in listed]
        if hits:
            found[HoldReason.BLACKLIST] = hits[0]
        matched, _trace = evaluate(rules, _facts(order, counts))
        for rule in matched:
            reason = HoldReason(rule.action.get("hold", HoldReason.RULE))
            found.setdefault(reason, f"{rule.name} (v{version})")
        result[order.id] = found
    return result


def past_facts(orders: Sequence[Order]) -> Iterator[tuple[Order, dict[str, Any]]]:
    """The facts of stored orders as a rule sees them now, for a dry run."""
    counts = {field: _recent(field, orders) for field in ("phone_key", "buyer_key", "receiver_key")}
    return ((order, _facts(order, counts)) for order in orders)


def _tags(order: Order) -> list[str]:
    header = order.header
    return [tag for tag in (header["phone_key"], header["buyer_key"], header["receiver_key"]) if tag]


def _blacklisted(orders: Iterable[Order]) -> dict[str, str]:
    tags = {tag for order in orders for tag in _tags(order)}
    rows = BlacklistEntry.objects.filter(tag__in=tags, is_active=True)
    return dict(rows.values_list("tag", "reason"))


def _recent(field: str, orders: Sequence[Order]) -> Counter[str]:
    """Orders per tag of `field` in the window: those stored, plus the new ones of this batch."""
    tags = {order.header[field] for order in orders if order.header[field]}
    rows = (
        OrderRow.objects.filter(**{f"{field}__in": tags}, captured_at__gte=clock.now() - VELOCITY_WINDOW)
        .exclude(id__in=[order.id for order in orders])
        .values_list(field)
        .annotate(count=Count("id"))
        .order_by()
    )
    counts = Counter(dict(rows))
    counts.update(order.header[field] for order in orders if order.header[field])
    return counts


def _facts(order: Order, counts: Mapping[str, Counter[str]]) -> dict[str, Any]:
    header = order.header
    lines = [line for line in order.lines.values() if line["qty"]]
    return {
        "amount_minor": header["paid_minor"] or sum(line["net_minor"] for line in lines) + header["freight_minor"],
        "currency": header["currency"],
        "platform": header["platform"],
        "units": sum(line["qty"] for line in lines),
        "lines": len(lines),
        "province": header["province"],
        "city": header["city"],
        "district_code": header["district_code"],
        "cod": header["cod"],
        "note": f"{header['buyer_note']} {header['seller_note']}",
        "orders_same_phone": counts["phone_key"][header["phone_key"]],
        "orders_same_buyer": counts["buyer_key"][header["buyer_key"]],
        "orders_same_receiver": counts["receiver_key"][header["receiver_key"]],
    }
