"""Douyin bodies: envelopes, hints, states, money, after-sales, ciphertext. Shapes follow the platform's documents."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unreadable
from core.money import split
from integrations.channels.adapter import Credentials, Shipment
from integrations.channels.douyin.mapper import read
from integrations.channels.douyin.shipback import ship_request, ship_result
from oms.domain.canonical import (
    CanonicalHint,
    CanonicalNothing,
    CanonicalRefund,
    HoldCode,
    LineRefund,
    OrderState,
    RefundKind,
    RefundStatus,
)

NAME = "##qIOpbLPevlQwA6f+yNJ7HgOqMdCc*CgYIASAHKAES#1##"
PHONE = "$$KlqdO3S6/9vQsJesewp8R2oBlX+I2/UABg*CgYIASAH$1$$"


def item(**changes):
    made = {
        "order_id": "4781320682406083641",
        "parent_order_id": "4781320682406083640",
        "main_status": 2,
        "item_num": 2,
        "origin_amount": 5000,
        "order_amount": 10000,
        "promotion_amount": 0,
        "pay_amount": 10000,
        "code": "CUP-RED",
        "sku_id": 1591200000000001,
        "product_id": 3473196049974326153,
        "product_name": "马克杯",
        "goods_type": 0,
        "after_sale_info": {"after_sale_status": 0},
    }
    return made | changes


def order(*items, **changes):
    made = {
        "order_id": "4781320682406083640",
        "order_status": 2,
        "main_status": 2,
        "order_type": 0,
        "pay_type": 2,
        "create_time": 1793584800,
        "update_time": 1793584900,
        "pay_time": 1793584860,
        "order_amount": 10000,
        "pay_amount": 10800,
        "post_amount": 800,
        "doudian_open_id": "1@#abc",
        "open_address_id": "#addr1",
        "buyer_words": "快点",
        "seller_remark_stars": 3,
        "encrypt_post_receiver": NAME,
        "encrypt_post_tel": PHONE,
        "mask_post_receiver": "王**",
        "post_addr": {
            "province": {"name": "福建省", "id": "35"},
            "city": {"name": "厦门市", "id": "350200"},
            "town": {"name": "思明区", "id": "350203"},
            "street": {"name": "莲前街道", "id": ""},
            "encrypt_detail": "~~AbCdEfGhIjKlMnOp~1~~",
        },
        "sku_order_list": list(items) or [item()],
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def one(value):
    messages = read(json.dumps(value).encode(), {})
    assert len(messages) == 1
    return messages[0]


def codes(message):
    return {warning.split(":")[0] for warning in message.warnings}


def test_a_paid_order_with_a_ciphertext_receiver_may_start():
    found = one(order())
    assert (found.state, found.paid_minor, found.freight_minor) == (OrderState.PAID, 10800, 800)
    assert (found.shippable, found.warnings, found.buyer_id, found.seller_flag) == (True, (), "1@#abc", 3)
    assert found.paid_at == datetime.fromtimestamp(1793584860, UTC)
    assert found.receiver.masked and found.receiver.oaid == "#addr1"
    assert (found.receiver.name, found.receiver.phone) == (NAME, PHONE)
    assert (found.receiver.city, found.receiver.district, found.receiver.town) == ("厦门市", "思明区", "莲前街道")
    [line] = found.lines
    assert (line.line_id, line.sku, line.listing_id) == ("4781320682406083641", "CUP-RED", "1591200000000001")
    assert (line.qty, line.unit_price_minor, line.net_minor) == (2, 5000, 10000)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda made: {"code": 10000, "msg": "success", "data": {"shop_order_detail": made}},
        lambda made: {"data": {"shop_order_list": [made], "total": 1}},
        lambda made: {"order_id": "x", "ddp_response": json.dumps({"data": {"shop_order_detail": made}})},
        lambda made: [made],
    ],
)
def test_every_envelope_holds_the_same_order(wrap):
    assert one(wrap(order())) == one(order())


@pytest.mark.parametrize(
    ("changes", "state", "hold", "paid"),
    [
        ({"main_status": 1, "pay_time": 0}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"main_status": 103}, OrderState.PENDING, HoldCode.PRESALE_BALANCE_UNPAID, None),
        ({"main_status": 105}, OrderState.PAID, HoldCode.PLATFORM_HOLD, 10800),
        ({"main_status": 101}, OrderState.PAID, HoldCode.PARTLY_SHIPPED, 10800),
        ({"main_status": 3}, OrderState.PAID, HoldCode.ALREADY_SHIPPED, 10800),
        ({"main_status": 4}, OrderState.CANCELLED, HoldCode.CANCELLED, 10800),
        ({"main_status": 4, "pay_time": 0}, OrderState.CANCELLED, HoldCode.CANCELLED, 0),
        ({"main_status": 21}, OrderState.REFUNDED, HoldCode.REFUNDED, 10800),
        ({"main_status": 77}, OrderState.PAID, HoldCode.UNKNOWN_STATE, 10800),
        ({"order_type": 4}, OrderState.PAID, HoldCode.NOTHING_TO_SHIP, 10800),
    ],
)
def test_only_a_paid_order_being_prepared_starts(changes, state, hold, paid):
    found = one(order(**changes))
    assert (found.state, found.hold_code, found.shippable, found.paid_minor) == (state, hold, False, paid)


def test_cash_on_delivery_starts_unpaid():
    found = one(order(pay_type=0, pay_time=0))
    assert (found.state, found.cod, found.shippable, found.paid_minor) == (OrderState.PENDING, True, True, 0)


@pytest.mark.parametrize(
    ("changes", "refund", "hold"),
    [
        ({"after_sale_info": {"after_sale_status": 6}}, LineRefund.REQUESTED, HoldCode.REFUND_REQUESTED),
        ({"after_sale_info": {"after_sale_status": 12}}, LineRefund.REFUNDED, HoldCode.REFUNDED),
        ({"after_sale_info": {"after_sale_status": 12}, "main_status": 3}, LineRefund.NONE, ""),
        ({"after_sale_info": {"after_sale_status": 28}}, LineRefund.NONE, ""),
    ],
)
def test_after_sales_of_a_line(changes, refund, hold):
    found = one(order(item(**changes)))
    assert (found.lines[0].refund, found.hold_code) == (refund, hold)


def test_a_municipality_has_no_city_of_its_own():
    areas = {"province": {"name": "北京市"}, "city": {"name": "市辖区"}, "town": {"name": "海淀区"}}
    found = one(order(post_addr=areas))
    assert (found.receiver.province, found.receiver.city, found.receiver.district) == ("北京市", "北京市", "海淀区")


@given(
    basket=st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 5), st.integers(0, 100)), min_size=1, max_size=5),
    freight=st.integers(0, 5000),
    inside=st.booleans(),
)
def test_the_parts_add_up_whether_freight_is_in_the_sub_orders_or_not(basket, freight, inside):
    gross = [price * units for price, units, _ in basket]
    nets = [whole - whole * share // 100 for whole, (_, _, share) in zip(gross, basket, strict=True)]
    freights = split(freight, nets) if inside else [0] * len(nets)
    lines = [
        item(order_id=str(number), item_num=units, origin_amount=price, order_amount=price * units,
             promotion_amount=price * units - net, pay_amount=net + extra)
        for number, ((price, units, _), net, extra) in enumerate(zip(basket, nets, freights, strict=True), start=1)
    ]  # fmt: skip
    found = one(order(*lines, pay_amount=sum(nets) + freight, post_amount=freight))
    assert sum(line.net_minor for line in found.lines) + found.freight_minor == found.paid_minor
    assert "money_inconsistent" not in codes(found)


def test_figures_that_do_not_add_up_are_left_alone_and_said():
    found = one(order(pay_amount=20000))
    assert (found.lines[0].net_minor, codes(found)) == (10000, {"money_inconsistent"})


def test_a_combination_is_one_line_the_catalogue_takes_apart():
    found = one(order(item(bundle_sku_info=[{"code": "A", "item_num": 1}, {"code": "B", "item_num": 1}])))
    assert (len(found.lines), codes(found)) == (1, {"bundle_whole"})


def test_a_message_is_only_a_hint_and_a_trial_asks_for_nothing():
    push = [
        {"tag": "101", "msg_id": "m1", "data": json.dumps({"p_id": 4781320682406083640, "shop_id": 1})},
        {"tag": "206", "msg_id": "m2", "data": {"p_id": 4781320682406083640, "aftersale_id": 7}},
    ]
    assert read(json.dumps(push).encode(), {}) == [
        CanonicalHint("douyin", "101", "4781320682406083640"),
        CanonicalHint("douyin", "206", "4781320682406083640", "7"),
    ]
    assert isinstance(one([{"tag": "0", "msg_id": "0", "data": "hello"}]), CanonicalNothing)


def test_a_form_of_after_sales_names_its_order_and_line():
    form = {
        "aftersale_info": {"aftersale_id": 70, "aftersale_type": 0, "aftersale_status": 7, "refund_amount": 990,
                           "update_time": 1793584900},
        "order_info": {"shop_order_id": 4781320682406083640,
                       "related_order_info": [{"sku_order_id": 4781320682406083641, "aftersale_item_num": 1}]},
    }  # fmt: skip
    found = one({"code": 10000, "data": {"items": [form]}})
    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.order_no, found.line_id) == ("70", "4781320682406083640", "4781320682406083641")
    assert (found.kind, found.status) == (RefundKind.RETURN, RefundStatus.APPROVED)
    assert (found.amount_minor, found.qty) == (990, 1)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ({"code": 20000, "msg": "系统错误", "data": None}, "platform_error"),
        (order(order_id=None), "order_no_missing"),
        (order(pay_amount="108.00元"), "bad_amount"),
        (order(pay_amount=-1), "bad_amount"),
        (order(item(item_num=None)), "bad_quantity"),
        ([{"tag": "101", "msg_id": "m", "data": "{}"}], "order_no_missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, code):
    with pytest.raises(Unreadable) as refused:
        one(made)
    assert refused.value.code == code


def test_a_part_of_an_order_ships_by_its_sub_orders():
    shipment = Shipment("4781", "ZT1", "ZTO", datetime(2026, 11, 23, 8, tzinfo=UTC), "ref-1", (("4782", 1),))
    request = ship_request(shipment, Credentials("7000", "secret", "token"), shipment.shipped_at)
    assert (request.path, request.query["access_token"]) == ("/order/logisticsAddMultiPack", "token")
    assert json.loads(request.body) == {
        "order_id": "4781",
        "request_id": "ref-1",
        "pack_list": [
            {
                "shipped_order_info": [{"shipped_order_id": "4782", "shipped_num": 1}],
                "company_code": "zhongtong",
                "logistics_code": "ZT1",
            }
        ],
    }


@pytest.mark.parametrize(
    ("said", "ok", "retry"),
    [
        ({"code": 10000, "msg": "success"}, True, False),
        ({"code": 50002, "sub_code": "isv.business-failed:10007", "sub_msg": "订单已发货，不能重复发货"}, True, False),
        ({"code": 40004, "sub_code": "isv.parameter-invalid:10002", "sub_msg": "运单号不符合规则"}, False, False),
        ({"code": 20000, "sub_code": "isp.service-error:10001", "msg": "系统错误"}, False, True),
    ],
)
def test_what_an_answer_means(said, ok, retry):
    found = ship_result(200, json.dumps(said).encode())
    assert (found.ok, found.retry) == (ok, retry)
