"""What each Taobao line really cost, freight and order promotions taken out.

Facts (TOP Order documentation, confirmed on real bodies): `total_fee = price*num + adjust_fee - discount_fee`;
`payment` of a single-line trade repeats the trade's payment *with freight*, and drops to 0.00 once refunded;
`part_mjz_discount` is the line's share of order promotions; `divide_order_fee` is what is left, without freight.
The trade's own `discount_fee` holds order promotions only. Installation work (`service_orders`) and import tax
(`order_tax_fee`) may be in the trade's payment; arithmetic decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from integrations.channels.fields import Notes, Row, absorb_cents, adjusted, amount, apportion, owed, rows
from oms.domain.canonical import AdjustmentKind, CanonicalAdjustment

CURRENCY = "CNY"
_Part = tuple[AdjustmentKind, int]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Net fen of each sub-order that was paid for, in their order, and what else the payment covers."""

    nets: list[int]
    adjustments: tuple[CanonicalAdjustment, ...] = ()


def reckon(trade: Row, orders: Sequence[Row], oids: Sequence[str], notes: Notes) -> Reckoning:
    """The reading of `orders` that adds up to the goods the buyer paid for.

    If none does and the gap is exactly a discount the trade names as a whole, that is apportioned; rounding of less
    than a fen a line is absorbed; any other gap is left alone and noted (`money_inconsistent`).
    """
    cod = (AdjustmentKind.FEE, owed(trade, "buyer_cod_fee", CURRENCY))
    payment = amount(trade, "payment", CURRENCY)
    if not orders:
        return Reckoning([], adjusted(cod))
    readings = _readings(trade, orders)
    if payment is None:
        return Reckoning(readings[0], adjusted(cod))
    goods = payment - owed(trade, "post_fee", CURRENCY) - cod[1]
    for extra in _extras(trade):
        left = goods - sum(minor for _, minor in extra)
        for nets in readings:
            if sum(nets) == left:
                return Reckoning(nets, adjusted(cod, *extra))
    mended = _less_a_discount(trade, orders, readings, goods, oids)
    if mended is None:
        mended = absorb_cents(readings[0], goods - sum(readings[0]), oids)
    if mended is None:
        notes.add("money_inconsistent", f"lines come to {sum(readings[0])}, paid less freight is {goods}")
    return Reckoning(readings[0] if mended is None else mended, adjusted(cod))


def _extras(trade: Row) -> Iterator[tuple[_Part, ...]]:
    """Every choice of what the payment may cover besides goods, nothing first."""
    work = sum(
        owed(row, "payment" if row.get("payment") is not None else "price", CURRENCY)
        for row in rows(trade.get("service_orders"), "service_order")
    )
    tax = owed(trade, "order_tax_fee", CURRENCY)
    found = [part for part in ((AdjustmentKind.SERVICE, work), (AdjustmentKind.TAX, tax)) if part[1]]
    for count in range(len(found) + 1):
        yield from combinations(found, count)


def _less_a_discount(
    trade: Row, orders: Sequence[Row], readings: Sequence[list[int]], goods: int, oids: Sequence[str]
) -> list[int] | None:
    """The first reading that is too high by exactly a discount of the whole trade, with that taken off by share."""
    discounts = _discounts(trade, orders)
    for nets in readings:
        gap = sum(nets) - goods
        if gap > 0 and gap in discounts:
            shares = apportion(gap, [max(0, net) for net in nets], oids)
            return [net - share for net, share in zip(nets, shares, strict=True)]
    return None


def _discounts(trade: Row, orders: Sequence[Row]) -> set[int]:
    """What may have come off the trade as a whole: its promotion, the platform's subsidy, both, or whatever its list of
    promotions gives beyond the lines' own discounts."""
    promotion = owed(trade, "discount_fee", CURRENCY) - owed(trade, "adjust_fee", CURRENCY, signed=True)
    subsidy = owed(trade, "platform_subsidy_fee", CURRENCY)
    listed = sum(
        owed(row, "discount_fee", CURRENCY) for row in rows(trade.get("promotion_details"), "promotion_detail")
    )
    inside = sum(owed(order, "discount_fee", CURRENCY) for order in orders)
    return {promotion, subsidy, promotion + subsidy, listed - inside}


def _readings(trade: Row, orders: Sequence[Row]) -> list[list[int]]:
    """Every way the lines can be read, the most trustworthy first."""
    divided = [amount(order, "divide_order_fee", CURRENCY) for order in orders]
    payments = [amount(order, "payment", CURRENCY) for order in orders]
    allocated = [owed(order, "part_mjz_discount", CURRENCY) for order in orders]
    fees = [_total_fee(order) for order in orders]
    found = [[fee - share for fee, share in zip(fees, allocated, strict=True)]]
    if len(orders) > 1 and all(value is not None for value in payments):
        found.append([(value or 0) - share for value, share in zip(payments, allocated, strict=True)])
        found.append([value or 0 for value in payments])
    if all(net is not None for net in divided):
        # relays fill the field with zeros where they do not know it
        place = 0 if any(divided) or not any(payments) else len(found)
        found.insert(place, [net or 0 for net in divided])
    return found


def _total_fee(order: Row) -> int:
    given = amount(order, "total_fee", CURRENCY)
    if given is not None:
        return given
    paid = amount(order, "payment", CURRENCY)
    if paid is not None:
        return paid
    gross = owed(order, "price", CURRENCY) * int(str(order.get("num") or 0).split(".")[0] or 0)
    return gross + owed(order, "adjust_fee", CURRENCY, signed=True) - owed(order, "discount_fee", CURRENCY)
