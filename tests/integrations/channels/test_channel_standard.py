"""Our own event schema."""

import json

import pytest

from core.errors import Unreadable
from integrations.channels.standard.mapper import read
from oms.domain.canonical import CanonicalNothing, CanonicalOrder, CanonicalRefund, HoldCode, OrderState, RefundKind

RECEIVER = {
    "name": "王小明",
    "phone": "19900000000",
    "province": "上海",
    "city": "上海市",
    "district": "浦东新区",
    "detail": "某路1号",
}


def data(**changes):
    made = {
        "order_no": "SO-1",
        "currency": "CNY",
        "paid_minor": 10500,
        "freight_minor": 500,
        "lines": [{"line_id": "1", "sku": "CUP", "qty": 2, "unit_price_minor": 5000, "net_minor": 10000}],
        "receiver": RECEIVER,
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def one(made, kind="order.paid", **event):
    body = {"type": kind, "timestamp": "2026-11-23T08:00:00Z", "data": made} | event
    messages = read(json.dumps(body).encode(), {})
    assert len(messages) == 1
    return messages[0]


def test_a_paid_order_may_start():
    found = one(data())

    assert isinstance(found, CanonicalOrder)
    assert (found.order_no, found.state, found.paid_minor, found.shippable) == ("SO-1", OrderState.PAID, 10500, True)
    assert found.modified_at is not None and found.modified_at.hour == 8
    assert [(item.sku, item.qty, item.net_minor) for item in found.lines] == [("CUP", 2, 10000)]
    assert found.receiver.country == "CN"
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("kind", "changes", "state", "hold"),
    [
        ("order.created", {"paid_minor": None}, OrderState.PENDING, HoldCode.UNPAID),
        ("order.created", {}, OrderState.PAID, ""),
        ("order.cancelled", {}, OrderState.CANCELLED, HoldCode.CANCELLED),
        ("order.updated", {"state": "refunded"}, OrderState.REFUNDED, HoldCode.REFUNDED),
        ("order.paid", {"test": True}, OrderState.PAID, HoldCode.TEST_ORDER),
        ("order.paid", {"receiver": None}, OrderState.PAID, HoldCode.NO_RECEIVER),
        ("order.created", {"cod": True, "paid_minor": 0}, OrderState.PENDING, ""),
    ],
)
def test_states(kind, changes, state, hold):
    found = one(data(**changes), kind)

    assert (found.state, found.hold_code) == (state, hold)


def test_an_order_discount_is_shared_to_the_fen():
    lines = [{"line_id": str(n), "sku": "CUP", "qty": 1, "unit_price_minor": 3333} for n in (1, 2, 3)]
    found = one(data(lines=lines, discount_minor=1000, freight_minor=0, paid_minor=8999))

    assert [item.net_minor for item in found.lines] == [2999, 3000, 3000]
    assert found.warnings == ()


def test_figures_that_do_not_add_up_are_said():
    assert one(data(paid_minor=9)).warnings[0].startswith("money_inconsistent")


def test_a_bare_order_is_read_with_a_warning():
    [found] = read(json.dumps(data()).encode(), {})

    assert found.order_no == "SO-1"
    assert found.warnings[0].startswith("type_missing")


def test_a_refund_event():
    found = one(
        {"refund_no": "R1", "order_no": "SO-1", "kind": "return", "amount_minor": 5, "qty": 1}, "refund.created"
    )

    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.kind, found.amount_minor, found.currency) == ("R1", RefundKind.RETURN, 5, "CNY")


def test_another_type_asks_for_nothing():
    assert isinstance(one({"id": "1f81eb52"}, "contact.created"), CanonicalNothing)


@pytest.mark.parametrize(
    ("made", "kind", "code"),
    [
        (data(order_no=None), "order.paid", "order_no_missing"),
        (data(), "", "type_missing"),
        (data(state="gone"), "order.paid", "bad_state"),
        (data(paid_minor=1.5), "order.paid", "bad_amount"),
        (data(paid_minor=-1), "order.paid", "bad_amount"),
        (data(paid_minor=10**17), "order.paid", "bad_amount"),
        (data(lines="CUP"), "order.paid", "bad_lines"),
        (data(lines=[{"line_id": "1", "qty": 1}, {"line_id": "1", "qty": 1}]), "order.paid", "bad_lines"),
        (data(lines=[{"sku": "CUP", "qty": -1}]), "order.paid", "bad_quantity"),
        ({"order_no": "SO-1"}, "refund.created", "refund_no_missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, kind, code):
    with pytest.raises(Unreadable) as refused:
        one(made, kind)

    assert refused.value.code == code
