"""What each Taobao line really cost, freight and order promotions taken out.

Facts (TOP Order documentation, confirmed on real bodies): `total_fee = price*num + adjust_fee - discount_fee`;
`payment` of a single-line trade repeats the trade's payment *with freight*, and drops to 0.00 once refunded;
`part_mjz_discount` is the line's share of order promotions; `divide_order_fee` is what is left, without freight.
The trade's own `discount_fee` holds order promotions only.
"""

from collections.abc import Sequence

from integrations.channels.fields import Notes, Row, amount, apportion, owed

CURRENCY = "CNY"


def line_nets(trade: Row, orders: Sequence[Row], oids: Sequence[str], notes: Notes) -> list[int]:
    """Net fen of each of `orders` (the sub-orders that were paid for), in their order.

    The reading that adds up to the goods the buyer paid for wins. If none does and the gap is exactly the trade's
    unallocated promotion, that is apportioned; any other gap is left alone and noted (`money_inconsistent`).
    """
    if not orders:
        return []
    readings = _readings(trade, orders)
    payment = amount(trade, "payment", CURRENCY)
    if payment is None:
        return readings[0]
    goods = payment - owed(trade, "post_fee", CURRENCY) - owed(trade, "buyer_cod_fee", CURRENCY)
    for nets in readings:
        if sum(nets) == goods:
            return nets
    promotion = owed(trade, "discount_fee", CURRENCY) - owed(trade, "adjust_fee", CURRENCY, signed=True)
    for nets in readings:
        if promotion and sum(nets) - goods == promotion:
            shares = apportion(promotion, [max(0, net) for net in nets], oids)
            return [net - share for net, share in zip(nets, shares, strict=True)]
    notes.add("money_inconsistent", f"lines come to {sum(readings[0])}, paid less freight is {goods}")
    return readings[0]


def _readings(trade: Row, orders: Sequence[Row]) -> list[list[int]]:
    """Every way the lines can be read, the most trustworthy first."""
    divided = [amount(order, "divide_order_fee", CURRENCY) for order in orders]
    payments = [amount(order, "payment", CURRENCY) for order in orders]
    allocated = [owed(order, "part_mjz_discount", CURRENCY) for order in orders]
    fees = [_total_fee(order) for order in orders]
    found: list[list[int]] = []
    if all(net is not None for net in divided) and (any(divided) or not any(payments)):
        found.append([net or 0 for net in divided])
    found.append([fee - share for fee, share in zip(fees, allocated, strict=True)])
    if len(orders) > 1 and all(value is not None for value in payments):
        found.append([(value or 0) - share for value, share in zip(payments, allocated, strict=True)])
        found.append([value or 0 for value in payments])
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
