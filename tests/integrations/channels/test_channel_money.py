"""Whatever a platform charges for, the parts of a canonical order add up to what was paid, to the smallest unit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import split, to_major
from integrations.registry import channel
from oms.domain.canonical import CanonicalOrder

money = st.integers(min_value=0, max_value=200_000)
currencies = st.sampled_from(["USD", "CNY", "JPY", "KRW", "KWD", "BHD"])


@st.composite
def baskets(draw):
    """[(list amount of one unit, units, discount of the line)], at least one of them costing something."""
    return draw(
        st.lists(
            st.tuples(st.integers(1, 100_000), st.integers(1, 9)).flatmap(
                lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.integers(0, pair[0] * pair[1]))
            ),
            min_size=1,
            max_size=6,
        )
    )


def read(platform, body):
    [found] = channel(platform).read(json.dumps(body).encode(), {})
    assert isinstance(found, CanonicalOrder)
    return found


def check(found, total):
    apart = sum(part.amount_minor for part in found.adjustments)
    assert sum(line.net_minor for line in found.lines) + found.freight_minor + apart == found.paid_minor == total
    assert all(line.net_minor >= 0 for line in found.lines)
    assert not {warning.split(":")[0] for warning in found.warnings} & {
        "money_inconsistent", "total_differs", "discount_unexplained"
    }  # fmt: skip


def nets(basket):
    return [price * units - off for price, units, off in basket]


@given(basket=baskets(), freight=money, service=money, share=st.integers(0, 100), told=st.booleans())
def test_taobao(basket, freight, service, share, told):
    """An order promotion on top of the lines' own discounts, told line by line (`divide_order_fee`) or as a sum alone;
    with the lines told, installation may be in the payment too."""
    before, service = nets(basket), service if told else 0
    promotion = sum(before) * share // 100
    shares = split(promotion, before)
    payment = sum(before) - promotion + freight + service
    orders = []
    for number, ((price, units, off), net, part) in enumerate(zip(basket, before, shares, strict=True), start=1):
        row = {"oid": number, "num": units, "price": yuan(price), "discount_fee": yuan(off), "total_fee": yuan(net)}
        row |= {"payment": yuan(payment if len(basket) == 1 else net), "status": "WAIT_SELLER_SEND_GOODS"}
        orders.append(row | ({"divide_order_fee": yuan(net - part)} if told else {}))
    trade = {
        "tid": 1, "status": "WAIT_SELLER_SEND_GOODS", "pay_time": "2026-11-01 10:00:00", "payment": yuan(payment),
        "post_fee": yuan(freight), "discount_fee": yuan(promotion), "adjust_fee": "0.00", "orders": {"order": orders},
        "service_orders": {"service_order": [{"payment": yuan(service)}]},
    }  # fmt: skip
    check(read("taobao", {"trade": trade}), payment)


def yuan(minor):
    return str(to_major(minor))


@given(basket=baskets(), freight=money, share=st.integers(0, 100), beans=money, balance=money, gift=money)
def test_jd(basket, freight, share, beans, balance, gift):
    gross = [price * units for price, units, _ in basket]
    seller = sum(gross) * share // 100
    left = sum(gross) - seller
    beans = min(beans, left)
    gift = min(gift, left - beans)
    balance = min(balance, left - beans - gift)
    payable = left - beans - gift + freight
    coupons = [("39-京豆优惠", beans), ("52-礼品卡优惠", gift)]
    order = {
        "orderId": "1", "orderState": "WAIT_SELLER_STOCK_OUT", "payType": "4-在线支付", "freightPrice": yuan(freight),
        "orderTotalPrice": yuan(sum(gross)), "orderSellerPrice": yuan(left), "sellerDiscount": yuan(seller),
        "orderPayment": yuan(payable - balance), "balanceUsed": yuan(balance),
        "paymentConfirmTime": "2026-11-01 10:00:00",
        "itemInfoList": [
            {"skuId": str(number), "itemTotal": str(units), "jdPrice": yuan(price)}
            for number, (price, units, _) in enumerate(basket, start=1)
        ],
        "couponDetailList": [{"couponType": kind, "couponPrice": yuan(off)} for kind, off in coupons if off],
    }  # fmt: skip
    check(read("jd", order), payable)


@given(basket=baskets(), freight=money, tax=money, tip=money, duty=money, included=st.booleans(), currency=currencies)
def test_shopify(basket, freight, tax, tip, duty, included, currency):
    def said(minor):
        return str(to_major(minor, currency))

    goods = sum(nets(basket))
    total = goods + freight + tip + duty + (0 if included else tax)
    order = {
        "id": 1, "currency": currency, "financial_status": "paid", "fulfillment_status": None,
        "taxes_included": included, "total_tax": said(tax), "total_tip_received": said(tip),
        "subtotal_price": said(goods), "total_price": said(total),
        "original_total_duties_set": {"shop_money": {"amount": said(duty), "currency_code": currency}},
        "shipping_lines": [{"price": said(freight), "discounted_price": said(freight)}],
        "line_items": [
            {"id": number, "quantity": units, "price": said(price), "discount_allocations": [{"amount": said(off)}]}
            for number, (price, units, off) in enumerate(basket, start=1)
        ],
    }  # fmt: skip
    check(read("shopify", order), total)


@given(basket=baskets(), freight=money, tax=money, fee=money, off=st.integers(0, 100), gift=money, currency=currencies)
def test_woocommerce(basket, freight, tax, fee, off, gift, currency):
    def said(minor):
        return str(to_major(minor, currency))

    goods = sum(nets(basket))
    discount = goods * off // 100
    gift = min(gift, goods - discount)
    total = goods - discount + freight + tax + fee - gift
    order = {
        "id": 1, "status": "processing", "currency": currency, "date_paid_gmt": "2026-11-01T10:00:00",
        "total": said(total), "total_tax": said(tax), "shipping_total": said(freight),
        "gift_cards": [{"amount": said(gift)}],
        "fee_lines": [{"total": said(fee)}, {"total": said(-discount)}],
        "line_items": [
            {"id": number, "quantity": units, "subtotal": said(price * units), "total": said(net)}
            for number, ((price, units, _), net) in enumerate(zip(basket, nets(basket), strict=True), start=1)
        ],
    }  # fmt: skip
    check(read("woocommerce", order), total)


@pytest.mark.parametrize("taken", ["per line", "from the order"])
@given(basket=baskets(), freight=money, share=st.integers(0, 100), currency=currencies)
def test_own_sites(taken, basket, freight, share, currency):
    before = nets(basket)
    discount = sum(before) * share // 100 if taken == "from the order" else 0
    total = sum(before) - discount + freight
    data = {
        "order_no": "1", "currency": currency, "state": "paid", "paid_minor": total, "freight_minor": freight,
        "discount_minor": discount,
        "lines": [
            {"line_id": str(number), "sku": "A", "qty": units, "net_minor": net}
            for number, ((_, units, _), net) in enumerate(zip(basket, before, strict=True), start=1)
        ],
    }  # fmt: skip
    check(read("standard", {"type": "order.paid", "data": data}), total)
