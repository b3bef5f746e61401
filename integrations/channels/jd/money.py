"""What a JD order was paid and what each of its lines really cost.

`orderTotalPrice` = Σ jdPrice × itemTotal; `orderSellerPrice` = that − `sellerDiscount`; `orderPayment` = what the buyer
pays, freight in, coupons and beans out. `balanceUsed` may or may not be inside `orderPayment`: arithmetic decides.
Coupon types 39 (beans) and 41 (JD coupons) are JD's own money and stand only there; type 52 is a gift card, which pays
for goods and makes none of them cheaper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.channels.fields import Notes, Row, adjusted, amount, apportion, owed, rows, text
from integrations.channels.jd.envelope import snake
from oms.domain.canonical import AdjustmentKind, CanonicalAdjustment

CURRENCY = "CNY"
_GIFT_CARD, _PLATFORMS_OWN = "52", ("39", "41")


@dataclass(frozen=True, slots=True)
class Sum:
    """One order's money: `payable` with freight (None: not in the body) and each line's net."""

    payable: int | None
    freight: int
    nets: list[int]
    adjustments: tuple[CanonicalAdjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Coupon:
    """One row of the coupon list: the SKU it names ('' for none), its type's number and what it took off in fen."""

    sku_id: str
    kind: str
    minor: int


def reckon(order: Row, gross: Sequence[int], sku_ids: Sequence[str], notes: Notes) -> Sum:
    """Payable, freight and nets of the lines whose list amounts are `gross`, in their order.

    Coupons that name a SKU come off that line; what is left of the discount is shared by list amount. When no reading
    of the figures agrees, only the seller's discount is taken off and `money_inconsistent` is noted.
    """
    freight = owed(order, "freight_price", CURRENCY) or owed(order, "order_delivery_price", CURRENCY)
    listed = _coupons(order)
    payable = _payable(order, freight, listed, notes)
    gift = sum(coupon.minor for coupon in listed if coupon.kind == _GIFT_CARD)
    if gift:
        notes.add("gift_card", f"{gift} was paid with gift cards and is not in the payment")
    adjustments = adjusted((AdjustmentKind.GIFT_CARD, -gift))
    if not gross:
        return Sum(payable, freight, [], adjustments)
    total, seller = sum(gross), owed(order, "seller_discount", CURRENCY)
    coupons = [coupon for coupon in listed if coupon.kind != _GIFT_CARD]
    if payable is None:
        discount = min(seller, total)
    else:
        discount = total - (payable + gift - freight)
        if not 0 <= discount <= total:
            notes.add("money_inconsistent", f"goods come to {total}, paid less freight is {payable + gift - freight}")
            discount = min(seller, total)
        elif discount not in _explained(order, coupons, seller):
            notes.add("discount_unexplained", f"{discount} off, of which the seller gave {seller}")
    return Sum(payable, freight, _take_off(gross, sku_ids, discount, coupons), adjustments)


def _payable(order: Row, freight: int, coupons: Sequence[Coupon], notes: Notes) -> int | None:
    """What the buyer pays. The seller's price of the goods counts before JD's own coupons, so it tells whether the
    buyer's balance is inside the payment."""
    payment = amount(order, "order_payment", CURRENCY)
    balance = owed(order, "balance_used", CURRENCY)
    goods = amount(order, "order_seller_price", CURRENCY)
    if payment is None or not balance:
        return payment
    own = sum(coupon.minor for coupon in coupons if coupon.kind in (*_PLATFORMS_OWN, _GIFT_CARD))
    asked = {goods + freight, goods + freight - own} if goods is not None else set()
    if payment + balance in asked:
        return payment + balance
    if payment not in asked:
        notes.add("balance_used", f"{balance} was paid from the buyer's balance; it may not be in the payment")
    return payment


def _coupons(order: Row) -> list[Coupon]:
    """Every coupon row that took something off; rows are dicts, lists of dicts, or blanks."""
    found: list[Coupon] = []
    listed = order.get("coupon_detail_list")
    for entry in listed if isinstance(listed, list) else [listed]:
        for row in map(snake, rows(entry)):
            price = amount(row, "coupon_price", CURRENCY)
            if price:
                found.append(Coupon(text(row.get("sku_id")), text(row.get("coupon_type")).partition("-")[0], price))
    return found


def _explained(order: Row, coupons: Sequence[Coupon], seller: int) -> set[int]:
    """Discounts the body accounts for. The coupon list may or may not repeat what the seller gave."""
    listed = sum(coupon.minor for coupon in coupons)
    own = sum(coupon.minor for coupon in coupons if coupon.kind in _PLATFORMS_OWN)
    total, goods = amount(order, "order_total_price", CURRENCY), amount(order, "order_seller_price", CURRENCY)
    stated = {total - goods, total - goods + own} if total is not None and goods is not None else set()
    return {0, seller, listed, seller + listed, seller + own} | stated


def _take_off(gross: Sequence[int], sku_ids: Sequence[str], discount: int, coupons: Sequence[Coupon]) -> list[int]:
    nets = list(gross)
    named: dict[str, int] = {}
    for coupon in coupons:
        if coupon.sku_id and coupon.sku_id in sku_ids:
            named[coupon.sku_id] = named.get(coupon.sku_id, 0) + coupon.minor
    if sum(named.values()) <= discount and all(gross[sku_ids.index(sku)] >= off for sku, off in named.items()):
        for sku, off in named.items():
            nets[sku_ids.index(sku)] -= off
            discount -= off
    shares = apportion(discount, nets, sku_ids)
    return [net - share for net, share in zip(nets, shares, strict=True)]
