"""Taobao bodies: envelopes, states, money, receivers, refunds. Figures follow the shapes of real trades."""

import json
from datetime import UTC, datetime

import pytest

from core.errors import Unreadable
from integrations.channels.taobao.mapper import read
from oms.domain.canonical import (
    CanonicalHint,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    HoldCode,
    LineRefund,
    OrderState,
    RefundKind,
    RefundStatus,
)


def order(**changes):
    made = {
        "oid": 3000000000000000001,
        "num": 1,
        "price": "100.00",
        "total_fee": "100.00",
        "payment": "100.00",
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "num_iid": 600000000001,
        "sku_id": "4800000000001",
        "outer_sku_id": "CUP-RED",
        "outer_iid": "CUP",
        "title": "马克杯",
        "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
    }
    return made | changes


def trade(*orders, **changes):
    made = {
        "tid": 3000000000000000001,
        "status": "WAIT_SELLER_SEND_GOODS",
        "type": "fixed",
        "created": "2026-11-01 10:00:00",
        "modified": "2026-11-01 10:02:00",
        "pay_time": "2026-11-01 10:01:30",
        "payment": "100.00",
        "post_fee": "0.00",
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "buyer_nick": "买**",
        "receiver_name": "王**",
        "receiver_mobile": "*******1234",
        "receiver_address": "长**街道***",
        "receiver_state": "上海",
        "receiver_city": "上海市",
        "receiver_district": "普陀区",
        "receiver_town": "长寿路街道",
        "oaid": "1p4nZ8Ap4ZNn",
        "orders": {"order": list(orders) or [order()]},
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def one(value):
    messages = read(json.dumps(value).encode(), {})
    assert len(messages) == 1
    return messages[0]


def codes(message):
    return {warning.split(":")[0] for warning in message.warnings}


def test_a_paid_masked_trade_may_start_because_the_platform_gave_an_oaid():
    found = one({"trade_fullinfo_get_response": {"trade": trade()}})

    assert isinstance(found, CanonicalOrder)
    assert found.order_no == "3000000000000000001"
    assert (found.state, found.paid_minor, found.shippable, found.hold_code) == (OrderState.PAID, 10000, True, "")
    assert found.created_at == datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
    assert found.paid_at == datetime(2026, 11, 1, 2, 1, 30, tzinfo=UTC)
    assert found.receiver is not None and found.receiver.masked and found.receiver.oaid == "1p4nZ8Ap4ZNn"
    assert (found.receiver.province, found.receiver.city, found.receiver.district) == ("上海", "上海市", "普陀区")
    assert found.warnings == ()
    [line] = found.lines
    assert (line.line_id, line.sku, line.listing_id) == ("3000000000000000001", "CUP-RED", "4800000000001")
    assert (line.qty, line.unit_price_minor, line.net_minor) == (1, 10000, 10000)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda made: made,
        lambda made: {"trade": made},
        lambda made: [made],
        lambda made: {"trades_sold_get_response": {"total_results": 1, "trades": {"trade": [made]}, "request_id": "x"}},
        lambda made: {"trades_sold_increment_get_response": {"trades": {"trade": made}}},
        lambda made: {
            "tid": made["tid"],
            "status": made["status"],
            "jdp_hashcode": "1",
            "jdp_response": json.dumps({"trade_fullinfo_get_response": {"trade": made}}),
            "jdp_modified": "2026-11-01 10:02:01",
        },
        lambda made: {"jdp_response": {"trade_fullinfo_get_response": {"trade": made}}},
    ],
)
def test_every_envelope_holds_the_same_trade(wrap):
    assert one(wrap(trade())) == one(trade())


def test_ids_as_text_and_money_as_numbers_read_the_same():
    as_text = trade(order(oid="3000000000000000001", payment=100, total_fee=100.00, price=100, num="1"), payment=100.0)

    assert one(as_text | {"tid": "3000000000000000001", "post_fee": 0}) == one(trade())


def test_orders_as_a_plain_list_or_a_single_object_read_the_same():
    assert one(trade(orders=[order()])) == one(trade(orders={"order": order()})) == one(trade())


@pytest.mark.parametrize(
    ("status", "state", "hold"),
    [
        ("TRADE_NO_CREATE_PAY", OrderState.PENDING, HoldCode.UNPAID),
        ("WAIT_BUYER_PAY", OrderState.PENDING, HoldCode.UNPAID),
        ("PAID_FORBID_CONSIGN", OrderState.PAID, HoldCode.PLATFORM_HOLD),
        ("SELLER_CONSIGNED_PART", OrderState.PAID, HoldCode.PARTLY_SHIPPED),
        ("WAIT_BUYER_CONFIRM_GOODS", OrderState.PAID, HoldCode.ALREADY_SHIPPED),
        ("TRADE_FINISHED", OrderState.PAID, HoldCode.ALREADY_SHIPPED),
        ("TRADE_CLOSED", OrderState.REFUNDED, HoldCode.REFUNDED),
        ("TRADE_CLOSED_BY_TAOBAO", OrderState.CANCELLED, HoldCode.CANCELLED),
        ("SOMETHING_NEW", OrderState.PAID, HoldCode.UNKNOWN_STATE),
    ],
)
def test_only_one_status_lets_the_warehouse_start(status, state, hold):
    unpaid = state is OrderState.PENDING or status == "TRADE_CLOSED_BY_TAOBAO"
    found = one(trade(status=status, pay_time=None if unpaid else "2026-11-01 10:01:30"))

    assert (found.state, found.hold_code, found.shippable) == (state, hold, False)
    assert found.paid_minor == (0 if unpaid else 10000)


@pytest.mark.parametrize(
    ("field", "value", "hold"),
    [
        ("is_sh_ship", True, HoldCode.PLATFORM_HOLD),
        ("forbid_consign", 1, HoldCode.PLATFORM_HOLD),
        ("top_hold", "1", HoldCode.PLATFORM_HOLD),
        ("trade_attr", '{"erpHold": "1"}', HoldCode.PLATFORM_HOLD),
        ("is_force_wlb", True, HoldCode.PLATFORM_FULFILS),
        ("shipping_type", "virtual", HoldCode.NOTHING_TO_SHIP),
        ("no_shipping", True, HoldCode.NOTHING_TO_SHIP),
    ],
)
def test_flags_beside_the_status_hold_a_paid_trade(field, value, hold):
    found = one(trade(**{field: value}))

    assert (found.state, found.hold_code, found.shippable) == (OrderState.PAID, hold, False)
    assert one(trade(**{field: False if value is True else "0"})).shippable


def test_a_presale_with_only_its_deposit_paid_waits_for_the_balance():
    found = one(trade(type="step", step_trade_status="FRONT_PAID_FINAL_NOPAID", step_paid_fee="20.00"))

    assert (found.state, found.paid_minor, found.hold_code) == (
        OrderState.PENDING,
        2000,
        HoldCode.PRESALE_BALANCE_UNPAID,
    )
    assert one(trade(type="step", step_trade_status="FRONT_PAID_FINAL_PAID")).shippable


def test_cash_on_delivery_starts_unpaid():
    found = one(trade(type="cod", pay_time=None))

    assert (found.state, found.paid_minor, found.cod, found.shippable) == (OrderState.PENDING, 0, True, True)
    assert one(trade(type="cod", status="TRADE_FINISHED")).paid_minor == 10000


@pytest.mark.parametrize("asked", ["WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS"])
def test_one_line_under_refund_holds_the_order(asked):
    lines = order(oid=31, payment="50.00", total_fee="50.00"), order(oid=32, payment="50.00", total_fee="50.00")
    found = one(trade(lines[0], lines[1] | {"refund_status": asked}))

    assert [line.refund for line in found.lines] == [LineRefund.NONE, LineRefund.REQUESTED]
    assert (found.hold_code, found.state) == (HoldCode.REFUND_REQUESTED, OrderState.PAID)


@pytest.mark.parametrize("asked", ["NO_REFUND", "CLOSED", "SELLER_REFUSE_BUYER"])
def test_no_open_refund_holds_nothing(asked):
    assert one(trade(order(refund_status=asked))).shippable


def test_a_refunded_line_is_gone_and_the_rest_may_start():
    gone = order(oid=32, payment="0.00", total_fee="50.00", divide_order_fee="50.00", refund_status="SUCCESS")
    kept = order(oid=31, payment="50.00", total_fee="50.00", divide_order_fee="50.00")
    found = one(trade(kept, gone | {"status": "TRADE_CLOSED"}))

    assert found.state is OrderState.PARTIALLY_REFUNDED
    assert found.shippable
    assert [(line.line_id, line.net_minor, line.refund) for line in found.lines] == [
        ("31", 5000, LineRefund.NONE),
        ("32", 5000, LineRefund.REFUNDED),
    ]


def test_a_closed_trade_keeps_what_its_line_cost_before_the_refund():
    # after the refund `payment` of the line is 0.00; the promotion share is in part_mjz_discount
    closed = order(
        price="4999.00",
        discount_fee="500.00",
        total_fee="4499.00",
        part_mjz_discount="2000.00",
        payment="0.00",
        refund_status="SUCCESS",
        status="TRADE_CLOSED",
    )
    found = one(trade(closed, status="TRADE_CLOSED", payment="2499.00", discount_fee="2000.00"))

    assert (found.state, found.paid_minor, found.lines[0].net_minor) == (OrderState.REFUNDED, 249900, 249900)
    assert "money_inconsistent" not in codes(found)


def test_the_freight_inside_a_single_lines_payment_is_taken_out():
    found = one(trade(order(num=5, payment="510.00", total_fee="500.00"), payment="510.00", post_fee="10.00"))

    assert (found.paid_minor, found.freight_minor, found.lines[0].net_minor) == (51000, 1000, 50000)
    assert found.warnings == ()


def test_an_order_promotion_that_no_line_carries_is_shared_to_the_fen():
    lines = [order(oid=oid, total_fee="33.33", payment="33.33", price="33.33") for oid in (41, 42, 43)]
    found = one(trade(*lines, payment="89.99", discount_fee="10.00"))

    assert [line.net_minor for line in found.lines] == [2999, 3000, 3000]
    assert sum(line.net_minor for line in found.lines) == 8999
    assert found.warnings == ()


def test_sharing_does_not_depend_on_the_order_of_the_lines():
    lines = [order(oid=oid, total_fee="33.33", payment="33.33", price="33.33") for oid in (41, 42, 43)]
    straight = one(trade(*lines, payment="89.99", discount_fee="10.00"))
    turned = one(trade(*reversed(lines), payment="89.99", discount_fee="10.00"))

    assert set(straight.lines) == set(turned.lines)


def test_figures_that_do_not_add_up_are_left_alone_and_said():
    lines = order(oid=51, divide_order_fee="86.20"), order(oid=52, divide_order_fee="117.77")
    found = one(trade(*lines, payment="323.58"))

    assert [line.net_minor for line in found.lines] == [8620, 11777]
    assert found.paid_minor == 32358
    assert found.shippable
    assert "money_inconsistent" in codes(found)


def test_a_line_taken_out_before_payment_is_no_line():
    dropped = order(oid=62, status="TRADE_CLOSED_BY_TAOBAO", payment="60.00", total_fee="60.00")
    found = one(trade(order(oid=61), dropped))

    assert [line.line_id for line in found.lines] == ["61"]
    assert found.shippable
    assert codes(found) == {"line_closed"}


@pytest.mark.parametrize(
    ("changes", "sku", "listing"),
    [
        ({}, "CUP-RED", "4800000000001"),
        ({"outer_sku_id": ""}, "CUP", "4800000000001"),
        ({"outer_sku_id": None, "outer_iid": "  ", "sku_id": "48"}, "", "48"),
        ({"outer_sku_id": None, "outer_iid": None, "sku_id": None}, "", "600000000001"),
    ],
)
def test_the_sku_is_the_merchants_code_and_else_left_to_the_listing(changes, sku, listing):
    [line] = one(trade(order(**changes))).lines

    assert (line.sku, line.listing_id) == (sku, listing)


def test_a_county_right_under_its_province_stands_for_the_city():
    receiver = one(trade(receiver_state="河南省", receiver_city=None, receiver_district="济源市")).receiver

    assert (receiver.province, receiver.city) == ("河南省", "济源市")


def test_a_masked_receiver_without_oaid_is_said():
    found = one(trade(oaid=None))

    assert found.shippable
    assert codes(found) == {"masked_without_oaid"}


def test_without_any_receiver_the_warehouse_waits():
    bare = {name: value for name, value in trade().items() if not name.startswith("receiver") and name != "oaid"}

    found = one(bare)

    assert found.receiver is None
    assert found.hold_code == HoldCode.NO_RECEIVER


def test_a_trade_without_its_lines_is_partial_and_concludes_nothing():
    found = one({"tid": 1, "status": "WAIT_SELLER_SEND_GOODS"})

    assert found.partial
    assert (found.lines, found.hold_code) == ((), HoldCode.NO_LINES)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (trade(tid=None), "order_no_missing"),
        (trade(order(num=-1)), "bad_quantity"),
        (trade(order(num="many")), "bad_quantity"),
        (trade(order(num=None)), "bad_quantity"),
        (trade(order(num=10**9)), "bad_quantity"),
        (trade(payment="abc"), "bad_amount"),
        (trade(payment="-5.00"), "bad_amount"),
        (trade(order(total_fee="1e30")), "bad_amount"),
        ({"error_response": {"code": 27, "msg": "Invalid session"}}, "platform_error"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, code):
    with pytest.raises(Unreadable) as refused:
        one(made)

    assert refused.value.code == code


def test_a_bad_trade_in_a_list_leaves_its_neighbours_unharmed():
    body = {"trades_sold_get_response": {"trades": {"trade": [trade(), trade(order(num=-1)), trade(tid=7)]}}}

    first, bad, last = read(json.dumps(body).encode(), {})

    assert isinstance(first, CanonicalOrder) and isinstance(last, CanonicalOrder)
    assert isinstance(bad, CanonicalNothing) and bad.topic == "unreadable"
    assert bad.warnings[0].startswith("bad_quantity")


def test_a_fraction_of_a_unit_is_a_question_for_a_person():
    found = one(trade(order(num="1.5")))

    assert found.hold_code == HoldCode.ODD_QUANTITY
    assert found.lines[0].qty == 2
    assert "fractional_quantity" in codes(found)


REFUND = {
    "refund_id": "150231974221958632",
    "tid": 3000000000000000001,
    "oid": 3000000000000000002,
    "status": "WAIT_SELLER_AGREE",
    "has_good_return": False,
    "refund_fee": "24.99",
    "num": 1,
    "reason": "不想要了",
    "modified": "2026-11-02 09:00:00",
}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda made: made,
        lambda made: {"refund_get_response": {"refund": made}},
        lambda made: {"refunds_receive_get_response": {"refunds": {"refund": [made]}}},
        lambda made: {"refund_id": "1", "jdp_response": json.dumps({"refund_get_response": {"refund": made}})},
    ],
)
def test_a_refund_application_names_its_order_and_line(wrap):
    found = one(wrap(REFUND))

    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.order_no, found.line_id) == (
        "150231974221958632",
        "3000000000000000001",
        "3000000000000000002",
    )
    assert (found.kind, found.status, found.amount_minor, found.qty) == (
        RefundKind.REFUND_ONLY,
        RefundStatus.REQUESTED,
        2499,
        1,
    )


def test_a_return_carries_its_waybill():
    found = one(
        REFUND | {"has_good_return": True, "status": "WAIT_SELLER_CONFIRM_GOODS", "sid": "SF1", "company_name": "顺丰"}
    )

    assert (found.kind, found.status) == (RefundKind.RETURN, RefundStatus.APPROVED)
    assert (found.return_waybill_no, found.return_carrier) == ("SF1", "顺丰")


def test_a_tmc_message_is_only_a_hint():
    found = one({"id": 1, "topic": "taobao_trade_TradeBuyerPay", "content": '{"tid": 42, "payment": "1.00"}'})

    assert found == CanonicalHint("taobao", "taobao_trade_TradeBuyerPay", "42", "")


def test_polled_messages_are_hints_each():
    rows = [
        {"id": n, "topic": "taobao_refund_RefundCreated", "content": f'{{"tid":{n},"refund_id":9}}'} for n in (1, 2)
    ]
    found = read(json.dumps({"tmc_messages_consume_response": {"messages": {"tmc_message": rows}}}).encode(), {})

    assert [(hint.order_no, hint.refund_no) for hint in found] == [("1", "9"), ("2", "9")]


@pytest.mark.parametrize("value", [{}, [], {"unrelated": {"a": 1}}])
def test_what_is_about_no_order_asks_for_nothing(value):
    assert isinstance(one(value), CanonicalNothing)


def test_an_empty_error_beside_the_answer_is_no_error():
    assert one({"trade_fullinfo_get_response": {"trade": trade()}, "error_response": None}) == one(trade())


def test_the_textual_number_is_the_trades_because_javascript_rounds_the_other():
    found = one(trade(tid=3000000000000000000, tid_str="3000000000000000001"))
    assert found.order_no == "3000000000000000001"
    assert codes(found) == {"order_no_contradicts"}


@pytest.mark.parametrize(
    ("changes", "kind", "minor"),
    [
        ({"payment": "130.00", "service_orders": {"service_order": [{"payment": "30.00"}]}}, "service", 3000),
        ({"payment": "130.00", "service_orders": {"service_order": {"price": "30.00"}}}, "service", 3000),
        ({"payment": "109.10", "order_tax_fee": "9.10"}, "tax", 910),
        ({"payment": "105.00", "buyer_cod_fee": "5.00"}, "fee", 500),
    ],
)
def test_what_is_paid_beside_goods_and_freight_stands_apart(changes, kind, minor):
    found = one(trade(**changes))
    assert [line.net_minor for line in found.lines] == [10000]
    assert [(part.kind.value, part.amount_minor) for part in found.adjustments] == [(kind, minor)]
    assert found.warnings == ()


def test_a_service_or_tax_that_is_not_in_the_payment_is_left_out():
    found = one(trade(order_tax_fee="9.10", service_orders={"service_order": [{"payment": "30.00"}]}))
    assert (found.adjustments, found.warnings) == ((), ())


def test_the_platforms_subsidy_comes_off_what_the_buyer_paid_for_the_lines():
    lines = [order(oid=1, divide_order_fee="60.00"), order(oid=2, divide_order_fee="40.00")]
    found = one(trade(*lines, payment="95.00", platform_subsidy_fee="5.00"))
    assert ([line.net_minor for line in found.lines], found.warnings) == ([5700, 3800], ())


def test_rounding_of_less_than_a_fen_a_line_is_absorbed_and_more_is_said():
    lines = [order(oid=number, divide_order_fee="33.33") for number in (1, 2, 3)]
    assert [line.net_minor for line in one(trade(*lines)).lines] == [3334, 3333, 3333]
    assert codes(one(trade(*lines, payment="100.02"))) == {"money_inconsistent"}


@pytest.mark.parametrize(
    ("lines", "changes", "hold"),
    [
        ([order(status="PAID_FORBID_CONSIGN")], {}, HoldCode.PLATFORM_HOLD),
        ([order()], {"is_part_consign": True}, HoldCode.PARTLY_SHIPPED),
        ([order(oid=1), order(oid=2, status="WAIT_BUYER_CONFIRM_GOODS")], {"payment": "200"}, HoldCode.PARTLY_SHIPPED),
        ([order()], {"type": "eticket"}, HoldCode.NOTHING_TO_SHIP),
        ([order()], {"type": "eticket(电子凭证)"}, HoldCode.NOTHING_TO_SHIP),
        ([order()], {"shop_pick": "1"}, HoldCode.NOTHING_TO_SHIP),
        ([order()], {"o2o_delivery": "inshop"}, HoldCode.NOTHING_TO_SHIP),
    ],
)
def test_what_else_keeps_a_trade_that_waits_for_the_seller(lines, changes, hold):
    found = one(trade(*lines, **changes))
    assert (found.shippable, found.hold_code, found.state) == (False, hold, OrderState.PAID)


def test_a_sub_order_closed_in_a_trade_that_goes_on_was_refunded():
    found = one(trade(order(oid=1), order(oid=2, status="TRADE_CLOSED", payment="0.00"), payment="200.00"))
    assert (found.state, found.shippable) == (OrderState.PARTIALLY_REFUNDED, True)
    assert [line.refund for line in found.lines] == [LineRefund.NONE, LineRefund.REFUNDED]


def test_money_given_back_after_shipping_leaves_the_line_and_shows_in_the_state():
    shipped = order(status="WAIT_BUYER_CONFIRM_GOODS", refund_status="SUCCESS")
    found = one(trade(shipped, status="WAIT_BUYER_CONFIRM_GOODS"))
    assert (found.state, found.lines[0].refund) == (OrderState.PARTIALLY_REFUNDED, LineRefund.NONE)


@pytest.mark.parametrize("name", ["~Jx0aXo9sTn1kq2mZ~1~", "$iqk3OtW0sVbQ$", "##9pUZlYk2QF0JcW1Z##"])
def test_ciphertext_is_masked_too(name):
    assert one(trade(receiver_name=name, receiver_mobile="", receiver_address="某路 1 号")).receiver.masked


def test_a_push_row_that_has_no_answer_yet_is_a_hint():
    assert one({"tid": 5, "status": "WAIT_BUYER_PAY", "jdp_response": None}) == CanonicalHint("taobao", "jdp", "5")


def test_two_lines_with_one_number_are_told_apart():
    found = one(trade(order(oid=1), order(oid=1), payment="200.00"))
    assert [line.line_id for line in found.lines] == ["1", "1#2"]
    assert codes(found) == {"line_id_repeated"}


def test_what_a_relay_wraps_around_an_answer_is_looked_through():
    assert one({"code": 0, "data": {"trade_fullinfo_get_response": {"trade": trade()}}}) == one(trade())
