"""What each line of a Douyin order really cost. All amounts are whole fen.

`pay_amount` of the order is what the buyer pays, freight (`post_amount`) in; a sub-order's may hold its share of the
freight or not, and the platform's, the shop's and the host's discounts are off both. Arithmetic decides.
"""

from collections.abc import Sequence

from integrations.channels.fields import Notes, Row, absorb_cents, apportion, text
from integrations.channels.reading import refuse

CURRENCY = "CNY"


def fen(row: Row, name: str) -> int | None:
    """A whole, non-negative number of fen, None when absent; raises Unreadable `bad_amount` for anything else."""
    raw = text(row.get(name))
    if not raw:
        return None
    if not raw.isdecimal() or not raw.isascii() or len(raw) > 15:
        refuse("bad_amount", f"{name} is not a whole number of fen")
    return int(raw)


def line_nets(order: Row, items: Sequence[Row], counts: Sequence[int], ids: Sequence[str], notes: Notes) -> list[int]:
    """Net fen of each of `items`. The reading that adds up to what was paid for the goods wins; freight inside the
    sub-orders' payments goes back out by share; any other gap is left alone and noted (`money_inconsistent`)."""
    paid = [fen(item, "pay_amount") for item in items]
    listed = [_after_promotions(item, count) for item, count in zip(items, counts, strict=True)]
    payment, freight = fen(order, "pay_amount"), fen(order, "post_amount") or 0
    nets = listed if None in paid else [net or 0 for net in paid]
    if payment is None or not items:
        return nets
    goods = payment - freight
    for reading in (nets, listed):
        if sum(reading) == goods:
            return reading
    if sum(nets) == payment:
        shares = apportion(freight, nets, ids)
        return [net - share for net, share in zip(nets, shares, strict=True)]
    rounded = absorb_cents(nets, goods - sum(nets), ids)
    if rounded is None:
        notes.add("money_inconsistent", f"lines come to {sum(nets)}, paid less freight is {goods}")
    return nets if rounded is None else rounded


def _after_promotions(item: Row, count: int) -> int:
    total = fen(item, "order_amount")
    if total is None:
        total = (fen(item, "origin_amount") or 0) * count
    return max(0, total - (fen(item, "promotion_amount") or 0))
