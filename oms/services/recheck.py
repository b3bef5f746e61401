"""Why orders are held, and making their holds say so: asked at intake and whenever a cause may have come or gone."""

from collections.abc import Iterable, Mapping

from catalog.models import Shop
from oms.domain.canonical import HoldCode
from oms.domain.order import Order, Row, wanted
from oms.domain.status import OPEN, HoldReason
from oms.services import holds, risk
from oms.services.holds import Cause
from oms.services.store import Changes

# What a platform's own state forbids, as `platform_hold` keeps it.
BLOCKING = frozenset({HoldCode.PLATFORM_HOLD, HoldCode.REFUND_REQUESTED})


def recheck(changes: Changes, orders: Iterable[Order], shops: Mapping[int, Shop] | None = None) -> None:
    """Make the machine's holds on these (locked) orders equal to what is wrong with them now."""
    orders = list(orders)
    known = {shop.pk: shop for shop in Shop.objects.all()} if shops is None else shops
    screened = screen(orders)
    for order in orders:
        holds.reconcile(changes, order, {**screened.get(order.id, {}), **_causes(order, known)})


def screen(orders: Iterable[Order]) -> dict[int, dict[HoldReason, Cause]]:
    """What risk says of those orders that something is wanted of and that are paid, or paid at the door."""
    return risk.screen([order for order in orders if _payable(order) and any(wanted(order).values())])


def _payable(order: Order) -> bool:
    """Nobody looks at the risk of an order that may never be paid."""
    return order.header["pay_state"] != "pending" or order.header["cod"]


def _causes(order: Order, shops: Mapping[int, Shop]) -> dict[HoldReason, Cause]:
    """Why this order needs a person, apart from risk. Nothing that is wanted no more is held."""
    header, want = order.header, wanted(order)
    if not any(want.values()) or (header["pay_state"] == "pending" and not header["shippable"]):
        return {}
    found = {reason: Cause(", ".join(labels)) for reason, labels in _unmatched(order, want).items()}
    if header["address_status"] == "review" or (header["receiver_id"] is None and header["shippable"]):
        found[HoldReason.ADDRESS] = Cause(",".join(header["address_reasons"]) or "no_receiver")
    requested = [line for no, line in order.lines.items() if want.get(no) and line["refund"] == "requested"]
    asked = [r["refund_no"] for r in order.refunds.values() if r["status"] in {"requested", "approved"}]
    if requested or asked or header["platform_hold"] == HoldCode.REFUND_REQUESTED:
        found[HoldReason.REFUND_REQUESTED] = Cause(", ".join(sorted(asked)))
    live = any(suborder["status"] in OPEN for suborder in order.suborders.values())
    if header["platform_hold"] == HoldCode.PLATFORM_HOLD and live:
        found[HoldReason.PLATFORM] = Cause(header["platform_hold"])
    if header["test"]:
        found[HoldReason.TEST_ORDER] = Cause()
    shop = shops.get(header["shop_id"])
    if shop is not None and shop.currency != header["currency"]:
        found[HoldReason.CURRENCY] = Cause(f"{header['currency']} ≠ {shop.currency}")
    return found


def _unmatched(order: Order, want: Mapping[int, int]) -> dict[HoldReason, list[str]]:
    found: dict[HoldReason, list[str]] = {}
    for no, line in order.lines.items():
        if want.get(no) and line["sku_id"] is None:
            reason = HoldReason.SKU_CHANGED if line["was_sku_id"] else HoldReason.SKU_UNMATCHED
            found.setdefault(reason, []).append(_label(line))
    return found


def _label(line: Row) -> str:
    return line["platform_sku"] or line["listing_id"] or line["title"]
