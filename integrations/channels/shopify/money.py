"""What a Shopify order was paid and what each line really cost, in the shop's currency.

Plain fields (`price`, `total_price`) are in the shop's currency; `*_set.shop_money` repeats them and is read only when
they are missing. A line's net is price × quantity − Σ `discount_allocations`; bodies from before that field carry
`total_discount` per line and the order's own discount only in `total_discounts`.
"""

import re
from collections.abc import Sequence

from core.money import split
from integrations.channels.fields import (
    Notes,
    Row,
    absorb_cents,
    adjusted,
    amount,
    apportion,
    mapping,
    owed,
    rows,
    text,
)
from oms.domain.canonical import AdjustmentKind, CanonicalAdjustment

_TIP = re.compile(r"\btip\b|gratuity|小费", re.IGNORECASE)
RECEIVED = ("paid", "partially_refunded", "refunded")


def shop_amount(row: Row, name: str, currency: str, *, signed: bool = False) -> int | None:
    """The plain field, or the shop money of its `_set`."""
    plain = amount(row, name, currency, signed=signed)
    if plain is not None:
        return plain
    return amount(mapping(mapping(row.get(f"{name}_set")).get("shop_money")), "amount", currency, signed=signed)


def bought_nets(
    order: Row, items: Sequence[Row], counts: Sequence[int], ids: Sequence[str], currency: str, notes: Notes
) -> list[int]:
    """Net of each line for the quantity first bought, before any refund."""
    gross = [(shop_amount(item, "price", currency) or 0) * count for item, count in zip(items, counts, strict=True)]
    nets = [whole - _line_discount(item, currency) for whole, item in zip(gross, items, strict=True)]
    for index, net in enumerate(nets):
        if net < 0:
            notes.add("negative_line", f"line {ids[index]} comes to {net}")
            nets[index] = 0
    subtotal = shop_amount(order, "subtotal_price", currency)
    # an edited order's lines may already hold what was added, its first subtotal not
    if not nets or subtotal is None or sum(nets) in (subtotal, shop_amount(order, "current_subtotal_price", currency)):
        return nets
    spare = sum(gross) - sum(nets)
    unshared = owed(order, "total_discounts", currency) - spare - _shipping_discount(order, currency)
    if not _has_allocations(items) and 0 < unshared <= sum(nets) and sum(nets) - unshared == subtotal:
        shares = apportion(unshared, nets, ids)
        return [net - share for net, share in zip(nets, shares, strict=True)]
    if (rounded := absorb_cents(nets, subtotal - sum(nets), ids)) is not None:
        return rounded
    notes.add("money_inconsistent", f"lines come to {sum(nets)}, the subtotal says {subtotal}")
    return nets


def wanted_net(net: int, bought: int, wanted: int) -> int:
    """The part of a line's net that belongs to the units still wanted."""
    return split(net, [wanted, bought - wanted])[0] if bought and wanted < bought else net


def freight(order: Row, currency: str) -> int:
    """Shipping after its discounts."""
    total = 0
    for line in rows(order.get("shipping_lines")):
        if line.get("is_removed") is True:
            continue
        discounted = shop_amount(line, "discounted_price", currency)
        if discounted is None:
            off = sum(shop_amount(row, "amount", currency) or 0 for row in rows(line.get("discount_allocations")))
            discounted = max(0, (shop_amount(line, "price", currency) or 0) - off)
        total += discounted
    return total


def received(order: Row, status: str, currency: str, notes: Notes) -> int | None:
    """Money taken before refunds, None when the body contradicts itself or does not say."""
    taken = _transactions(order, currency)
    if taken is not None and (status not in RECEIVED or taken[1]):
        if taken[1] or (taken[0] and status == "voided"):
            notes.add("payment_contradicts", f"{status or 'no status'}, but a transaction says otherwise")
            return None
        return taken[0]
    total = shop_amount(order, "total_price", currency)
    if status in RECEIVED:
        current = shop_amount(order, "current_total_price", currency)
        if total is not None and current is not None and current > total:
            notes.add("edited_total", f"the order grew from {total} to {current}")
            return current
        return total
    if status == "partially_paid":
        outstanding = shop_amount(order, "total_outstanding", currency)
        return total - outstanding if total is not None and outstanding is not None else None
    return 0


def adjustments(order: Row, currency: str) -> tuple[CanonicalAdjustment, ...]:
    """Tax kept apart from the prices, tips that are no line of their own, duties and surcharges."""
    tax = 0 if order.get("taxes_included") is True else shop_amount(order, "total_tax", currency) or 0
    tip = owed(order, "total_tip_received", currency)
    if any(_is_tip(item) and shop_amount(item, "price", currency) == tip for item in rows(order.get("line_items"))):
        tip = 0
    inside = order.get("duties_included") is True
    duty = 0 if inside else shop_amount(order, "original_total_duties", currency) or 0
    fees = shop_amount(order, "original_total_additional_fees", currency) or 0
    return adjusted(
        (AdjustmentKind.TAX, tax), (AdjustmentKind.TIP, tip), (AdjustmentKind.DUTY, duty), (AdjustmentKind.FEE, fees)
    )


def _is_tip(item: Row) -> bool:
    return (
        not text(item.get("product_id"))
        and item.get("requires_shipping") is False
        and bool(_TIP.search(text(item.get("title"))))
    )


def note_totals(order: Row, goods: int, shipping: int, apart: int, currency: str, notes: Notes) -> None:
    """Warn when the total is not lines + shipping + adjustments, or when currencies disagree."""
    sets = [mapping(mapping(value).get("shop_money")) for name, value in order.items() if name.endswith("_set")]
    if any(text(money.get("currency_code")) not in ("", currency) for money in sets):
        notes.add("currency_contradicts", f"the order is in {currency}, some of its shop money is not")
    total = shop_amount(order, "total_price", currency)
    if total is None or not rows(order.get("line_items")):
        return
    parts = goods + shipping + apart
    if parts not in (total, shop_amount(order, "current_total_price", currency)):
        notes.add("total_differs", f"the parts come to {parts}, the order says {total}")


def _line_discount(item: Row, currency: str) -> int:
    allocations = rows(item.get("discount_allocations"))
    applied = mapping(item.get("applied_discount"))  # draft orders
    if allocations:
        return sum(shop_amount(entry, "amount", currency) or 0 for entry in allocations)
    if applied:
        return owed(applied, "amount", currency)
    return shop_amount(item, "total_discount", currency) or 0


def _has_allocations(items: Sequence[Row]) -> bool:
    return any("discount_allocations" in item for item in items)


def _shipping_discount(order: Row, currency: str) -> int:
    codes = [code for code in rows(order.get("discount_codes")) if text(code.get("type")) == "shipping"]
    return sum(owed(code, "amount", currency) for code in codes)


def _transactions(order: Row, currency: str) -> tuple[int, bool] | None:
    """(captured, whether some of it is in another currency) of the transactions in the body, None without any."""
    listed = rows(order.get("transactions"))
    if not listed:
        return None
    good = [
        row for row in listed if text(row.get("status")) == "success" and text(row.get("kind")) in ("sale", "capture")
    ]
    paid_in = [text(row.get("currency")) for row in good]
    if any(paid_in) and all(given == text(order.get("presentment_currency")) != currency for given in paid_in):
        return None  # the buyer paid in a currency of their own: the shop's totals say what that came to
    foreign = any(given not in ("", currency) for given in paid_in)
    return sum(owed(row, "amount", currency) for row in good), foreign
