"""JD bodies: both vocabularies, every envelope, states, payment, coupons, ciphertext receivers, refunds."""

import json
import re

import pytest

from core.errors import Unreadable
from integrations.channels.jd.mapper import read
from oms.domain.canonical import (
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    HoldCode,
    OrderState,
    RefundKind,
    RefundStatus,
)

CIPHER = "AAS/" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w" + "="


def item(**changes):
    made = {
        "skuId": "10050000000001",
        "wareId": "10020000000001",
        "outerSkuId": "CUP-RED",
        "skuName": "马克杯 红",
        "jdPrice": "50.00",
        "itemTotal": "2",
        "giftPoint": "0",
    }
    return made | changes


def order(*items, **changes):
    made = {
        "orderId": "249000000001",
        "orderType": "22",
        "payType": "4-在线支付",
        "orderState": "WAIT_SELLER_STOCK_OUT",
        "orderTotalPrice": "100.00",
        "orderSellerPrice": "100.00",
        "orderPayment": "100.00",
        "freightPrice": "0.00",
        "sellerDiscount": "0.00",
        "balanceUsed": "0.00",
        "orderStartTime": "2026-11-01 10:00:00",
        "paymentConfirmTime": "2026-11-01 10:01:00",
        "modified": "2026-11-01 10:01:00",
        "outBoundDate": "0001-01-01 00:00:00",
        "vatInfo": [],
        "storeOrder": "",
        "couponDetailList": [],
        "consigneeInfo": {
            "province": "广东",
            "city": "广州市",
            "county": "海珠区",
            "town": "赤岗街道",
            "fullname": CIPHER,
            "fullAddress": CIPHER,
            "mobile": "136*******5",
        },
        "itemInfoList": list(items) or [item()],
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def snaked(value):
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower(): snaked(entry) for name, entry in value.items()}
    return [snaked(entry) for entry in value] if isinstance(value, list) else value


def one(value):
    messages = read(json.dumps(value).encode(), {})
    assert len(messages) == 1
    return messages[0]


def codes(message):
    return {warning.split(":")[0] for warning in message.warnings}


def test_a_paid_order_with_a_ciphertext_receiver_may_start():
    found = one({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": {"orderInfo": order()}}})

    assert isinstance(found, CanonicalOrder)
    assert (found.order_no, found.state, found.paid_minor, found.shippable) == (
        "249000000001",
        OrderState.PAID,
        10000,
        True,
    )
    assert found.receiver is not None and found.receiver.masked
    assert (found.receiver.province, found.receiver.city, found.receiver.district, found.receiver.town) == (
        "广东",
        "广州市",
        "海珠区",
        "赤岗街道",
    )
    [line] = found.lines
    assert (line.sku, line.listing_id, line.qty, line.net_minor) == ("CUP-RED", "10050000000001", 2, 10000)
    assert found.warnings == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda made: made,
        lambda made: snaked(made),
        lambda made: [made],
        lambda made: {"order_info": snaked(made)},
        lambda made: {"order": {"orderInfo": snaked(made)}, "code": "0"},
        lambda made: {"order_get_response": {"order": {"order_info": snaked(made)}}},
        lambda made: {"order_search_response": {"order_search": {"order_total": 1, "order_info_list": [snaked(made)]}}},
        lambda made: {
            "jingdong_pop_order_search_responce": {
                "searchorderinfo_result": {
                    "apiResult": {"success": "true", "numberCode": "10100000"},
                    "orderTotal": 1,
                    "orderInfoList": [made],
                }
            }
        },
        lambda made: {
            "jingdong_pop_order_get_response": {
                "orderDetailInfo": {"apiResult": {"success": True}, "orderInfo": made},
            }
        },
    ],
)
def test_every_envelope_and_both_vocabularies_hold_the_same_order(wrap):
    assert one(wrap(order())) == one(order())


@pytest.mark.parametrize(
    ("state", "expected", "hold"),
    [
        ("NOT_PAY", OrderState.PENDING, HoldCode.UNPAID),
        ("WAIT_SELLER_DELIVERY", OrderState.PAID, HoldCode.ALREADY_SHIPPED),
        ("WAIT_GOODS_RECEIVE_CONFIRM", OrderState.PAID, HoldCode.ALREADY_SHIPPED),
        ("FINISHED_L", OrderState.PAID, HoldCode.ALREADY_SHIPPED),
        ("LOCKED", OrderState.PAID, HoldCode.PLATFORM_HOLD),
        ("PAUSE", OrderState.PAID, HoldCode.PLATFORM_HOLD),
        ("POP_ORDER_PAUSE", OrderState.PAID, HoldCode.PLATFORM_HOLD),
        ("TRADE_CANCELED", OrderState.CANCELLED, HoldCode.CANCELLED),
        ("SOMETHING_NEW", OrderState.PAID, HoldCode.UNKNOWN_STATE),
    ],
)
def test_only_waiting_for_stock_out_lets_the_warehouse_start(state, expected, hold):
    found = one(order(orderState=state))

    assert (found.state, found.hold_code, found.shippable) == (expected, hold, False)


def test_cash_on_delivery_starts_unpaid_and_is_paid_when_finished():
    waiting = one(order(payType="1-货到付款", paymentConfirmTime=None))
    done = one(order(payType="1-货到付款", paymentConfirmTime=None, orderState="FINISHED_L"))

    assert (waiting.state, waiting.paid_minor, waiting.cod, waiting.shippable) == (OrderState.PENDING, 0, True, True)
    assert (done.state, done.paid_minor) == (OrderState.PAID, 10000)


def test_goods_in_jds_own_warehouse_are_not_ours_to_ship():
    assert one(order(storeOrder="京仓订单")).hold_code == HoldCode.PLATFORM_FULFILS
    assert one(order(orderType="21")).hold_code == HoldCode.PLATFORM_FULFILS


def test_a_cancelled_order_that_names_no_payment_leaves_the_money_open():
    found = one(order(orderState="TRADE_CANCELED", paymentConfirmTime=None))

    assert found.paid_minor is None
    assert "payment_unknown" in codes(found)


def test_coupons_that_name_a_sku_come_off_that_line():
    items = item(), item(skuId="10050000000002", outerSkuId="POT", jdPrice="100.00", itemTotal="1")
    coupons = [{"skuId": "10050000000002", "couponType": "30-单品促销优惠", "couponPrice": "20.00"}]
    found = one(
        order(
            *items,
            couponDetailList=coupons,
            orderTotalPrice="200.00",
            sellerDiscount="20.00",
            orderSellerPrice="180.00",
            orderPayment="188.00",
            freightPrice="8.00",
        )
    )

    assert [line.net_minor for line in found.lines] == [10000, 8000]
    assert (found.paid_minor, found.freight_minor) == (18800, 800)
    assert found.warnings == ()


def test_a_sellers_discount_without_coupon_rows_is_shared_by_amount():
    items = [item(skuId=str(n), jdPrice="33.33", itemTotal="1") for n in (1, 2, 3)]
    found = one(
        order(*items, orderTotalPrice="99.99", sellerDiscount="10.00", orderSellerPrice="89.99", orderPayment="89.99")
    )

    assert [line.net_minor for line in found.lines] == [2999, 3000, 3000]
    assert found.warnings == ()


def test_platform_coupons_lower_what_was_paid_and_so_the_lines():
    coupons = [{"skuId": "", "couponType": "41-京东券优惠", "couponPrice": "15.00"}]
    found = one(order(couponDetailList=coupons, orderPayment="85.00"))

    assert (found.paid_minor, found.lines[0].net_minor) == (8500, 8500)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("payment", "paid", "warned"),
    [("100.00", 10000, False), ("70.00", 10000, False), ("90.00", 9000, True)],
)
def test_the_buyers_balance_is_added_when_it_stands_apart_from_the_payment(payment, paid, warned):
    found = one(order(orderPayment=payment, balanceUsed="30.00"))

    assert found.paid_minor == paid
    assert ("balance_used" in codes(found)) is warned


def test_figures_that_do_not_add_up_are_left_alone_and_said():
    found = one(order(orderPayment="15643.10", sellerDiscount="1.00"))

    assert found.paid_minor == 1564310
    assert found.lines[0].net_minor == 9900
    assert "money_inconsistent" in codes(found)


@pytest.mark.parametrize("rows", [None, {}, [[{"abc": "x"}]], [{"skuId": "", "couponType": "", "couponPrice": ""}]])
def test_blank_and_nested_coupon_rows_are_no_coupons(rows):
    assert one(order(couponDetailList=rows)).lines == one(order()).lines


def test_a_municipality_files_its_districts_as_cities():
    consignee = {
        "province": "北京",
        "city": "海淀区",
        "county": "三环以内",
        "fullname": "王某",
        "mobile": "               ",
        "telephone": "010-00000000",
        "full_address": "北京海淀区三环以内某路3号",
    }
    receiver = one(order(consigneeInfo=consignee)).receiver

    assert (receiver.province, receiver.city, receiver.district, receiver.town) == (
        "北京",
        "北京市",
        "海淀区",
        "三环以内",
    )
    assert (receiver.phone, receiver.detail, receiver.masked) == ("010-00000000", "某路3号", False)


def test_a_partial_order_concludes_nothing():
    found = one({"jingdong_pop_order_get_responce": {"orderDetailInfo": {"orderInfo": {"orderId": "1", "pin": "p"}}}})

    assert (found.partial, found.paid_minor, found.shippable, found.lines) == (True, None, False, ())
    assert {"unknown_status", "payment_unknown"} <= codes(found)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (order(orderId=None), "order_no_missing"),
        (order(item(itemTotal="-1")), "bad_quantity"),
        (order(item(itemTotal=None)), "bad_quantity"),
        (order(orderPayment="x"), "bad_amount"),
        ({"error_response": {"code": "19", "zh_desc": "无效access_token", "en_desc": "Invalid"}}, "platform_error"),
        (
            {"jingdong_pop_order_get_responce": {"orderDetailInfo": {"apiResult": {"success": "false"}}}},
            "platform_error",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, code):
    with pytest.raises(Unreadable) as refused:
        one(made)

    assert refused.value.code == code


REFUND = {
    "id": 1000000001,
    "orderId": "249000000001",
    "buyerName": "张**",
    "applyTime": "2026-11-02 10:00:00",
    "applyRefundSum": 1999,
    "status": 0,
}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: {"result": rows, "success": True, "totalCount": 1},
        lambda rows: {
            "jingdong_pop_afs_soa_refundapply_queryPageList_responce": {
                "code": "0",
                "queryResult": {"result": rows, "success": True, "totalCount": 1},
            }
        },
    ],
)
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, RefundStatus.REQUESTED),
        ("1", RefundStatus.APPROVED),
        (2, RefundStatus.REJECTED),
        (3, RefundStatus.SUCCEEDED),
        (9, RefundStatus.SUCCEEDED),
    ],
)
def test_a_refund_application_is_in_fen(wrap, status, expected):
    found = one(wrap([REFUND | {"status": status}]))

    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.order_no, found.amount_minor) == ("1000000001", "249000000001", 1999)
    assert (found.kind, found.status) == (RefundKind.REFUND_ONLY, expected)


def test_an_after_sales_form_says_what_the_buyer_expects():
    found = one({"result": [{"afsServiceId": 7, "orderId": 249, "skuId": 10050000000001, "customerExpect": 20}]})

    assert (found.refund_no, found.line_id, found.kind) == ("7", "10050000000001", RefundKind.EXCHANGE)
    assert "unknown_status" in codes(found)


@pytest.mark.parametrize("value", [{}, [], {"result": []}, {"unrelated": 1}])
def test_what_is_about_no_order_asks_for_nothing(value):
    assert isinstance(one(value), CanonicalNothing)


def test_balance_and_beans_together_are_told_apart_by_the_sellers_price():
    beans = {"skuId": "", "couponType": "39-京豆优惠", "couponPrice": "10.00"}
    found = one(
        order(item(jdPrice="100.00", itemTotal="1"), orderTotalPrice="100.00", orderSellerPrice="100.00",
              sellerDiscount="0.00", freightPrice="0.00", orderPayment="70.00", balanceUsed="20.00",
              couponDetailList=[beans])
    )  # fmt: skip
    assert (found.paid_minor, found.lines[0].net_minor, found.warnings) == (9000, 9000, ())


def test_a_gift_card_pays_and_makes_nothing_cheaper():
    card = {"skuId": "", "couponType": "52-礼品卡优惠", "couponPrice": "20.00"}
    found = one(
        order(item(jdPrice="100.00", itemTotal="1"), orderTotalPrice="100.00", orderSellerPrice="100.00",
              sellerDiscount="0.00", freightPrice="0.00", orderPayment="80.00", balanceUsed="0.00",
              couponDetailList=[card])
    )  # fmt: skip
    assert (found.paid_minor, found.lines[0].net_minor) == (8000, 10000)
    assert [(part.kind.value, part.amount_minor) for part in found.adjustments] == [("gift_card", -2000)]
    assert codes(found) == {"gift_card"}


def test_a_refund_sum_with_a_decimal_point_cannot_be_in_fen():
    row = {"id": 1, "orderId": "2", "applyTime": "2026-11-01 10:00:00", "status": 0}
    assert one(row | {"applyRefundSum": 8900}).amount_minor == 8900
    in_yuan = one(row | {"applyRefundSum": "89.00"})
    assert (in_yuan.amount_minor, codes(in_yuan)) == (8900, {"refund_in_yuan"})


def test_a_cancelled_cash_on_delivery_order_brought_nothing():
    found = one(order(payType="1-货到付款", orderState="TRADE_CANCELED", paymentConfirmTime=None))
    assert (found.state, found.paid_minor, found.warnings) == (OrderState.CANCELLED, 0, ())
