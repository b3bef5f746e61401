"""What a JD order was paid and what each of its lines really cost.

`orderTotalPrice` = Σ jdPrice × itemTotal; `orderSellerPrice` = that − `sellerDiscount`; `orderPayment` = what the buyer
pays, freight in, coupons and beans out. `balanceUsed` may or may not be inside `orderPayment`: arithmetic decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.channels.fields import Notes, Row, amount, apportion, owed, rows, text
from integrations.channels.jd.envelope import snake

CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Sum:
    """One order's money: `payable` with freight (None: not in the body) and each line's net."""

    payable: int | None
    freight: int
    nets: list[int]


def reckon(order: Row, gross: Sequence[int], sku_ids: Sequence[str], notes: Notes) -> Sum:
    """Payable, freight and nets of the lines whose list amounts are `gross`, in their order.

    Coupons that name a SKU come off that line; what is left of the discount is shared by list amount. When no reading
    of the figures agrees, only the seller's discount is taken off and `money_inconsistent` is noted.
    """
    freight = owed(order, "freight_price", CURRENCY)
    payable = _payable(order, freight, notes)
    if not gross:
        return Sum(payable, freight, [])
    total, seller = sum(gross), owed(order, "seller_discount", CURRENCY)
    coupons = _coupons(order)
    if payable is None:
        discount = min(seller, total)
    else:
        discount = total - (payable - freight)
        if not 0 <= discount <= total:
            notes.add("money_inconsistent", f"goods come to {total}, paid less freight is {payable - freight}")
            discount = min(seller, total)
        elif discount not in _explained(order, coupons, seller):
            notes.add("discount_unexplained", f"{discount} off, of which the seller gave {seller}")
    return Sum(payable, freight, _take_off(gross, sku_ids, discount, coupons))


def _payable(order: Row, freight: int, notes: Notes) -> int | None:
    payment = amount(order, "order_payment", CURRENCY)
    balance = owed(order, "balance_used", CURRENCY)
    if payment is None or not balance:
        return payment
    goods = amount(order, "order_seller_price", CURRENCY)
    if goods is not None and goods + freight == payment + balance:
        return payment + balance
    if goods is None or goods + freight != payment:
        notes.add("balance_used", f"{balance} was paid from the buyer's balance; it may not be in the payment")
    return payment


def _coupons(order: Row) -> list[tuple[str, int]]:
    """(SKU id or '', fen) of each coupon row; rows are dicts, lists of dicts, or blanks."""
    found: list[tuple[str, int]] = []
    listed = order.get("coupon_detail_list")
    for entry in listed if isinstance(listed, list) else [listed]:
        for row in map(snake, rows(entry)):
            price = amount(row, "coupon_price", CURRENCY)
            if price:
                found.append((text(row.get("sku_id")), price))
    return found


def _explained(order: Row, coupons: Sequence[tuple[str, int]], seller: int) -> set[int]:
    listed = sum(price for _, price in coupons)
    total, goods = amount(order, "order_total_price", CURRENCY), amount(order, "order_seller_price", CURRENCY)
    stated = {total - goods} if total is not None and goods is not None else set()
    return {0, seller, listed, seller + listed} | stated


def _take_off(
    gross: Sequence[int], sku_ids: Sequence[str], discount: int, coupons: Sequence[tuple[str, int]]
) -> list[int]:
    nets = list(gross)
    named = {
        sku: sum(price for other, price in coupons if other == sku) for sku, _ in coupons if sku in sku_ids and sku
    }
    if sum(named.values()) <= discount and all(gross[sku_ids.index(sku)] >= off for sku, off in named.items()):
        for sku, off in named.items():
            nets[sku_ids.index(sku)] -= off
            discount -= off
    shares = apportion(discount, nets, sku_ids)
    return [net - share for net, share in zip(nets, shares, strict=True)]
