"""Shopify bodies: states, edits and refunds, discounts old and new, currencies, drafts, and what is no order."""

import json

import pytest

from core.errors import Unreadable
from integrations.channels.shopify.mapper import read
from oms.domain.canonical import (
    CanonicalHint,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    HoldCode,
    OrderState,
    RefundKind,
    RefundStatus,
)

ADDRESS = {
    "name": "Li Lei",
    "address1": "1 Main St",
    "address2": "Apt 5",
    "city": "Louisville",
    "province": "Kentucky",
    "country": "United States",
    "country_code": "US",
    "zip": "40202",
    "phone": "555-0100",
}


def line(**changes):
    made = {
        "id": 11,
        "variant_id": 111,
        "product_id": 1111,
        "sku": "CUP-RED",
        "title": "Cup",
        "variant_title": "Red",
        "quantity": 2,
        "current_quantity": 2,
        "price": "50.00",
        "total_discount": "0.00",
        "discount_allocations": [],
        "requires_shipping": True,
        "gift_card": False,
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def order(*lines, **changes):
    made = {
        "id": 450789469,
        "name": "#1001",
        "order_number": 1001,
        "created_at": "2026-11-01T10:00:00-05:00",
        "updated_at": "2026-11-01T10:01:00-05:00",
        "processed_at": "2026-11-01T10:00:00-05:00",
        "cancelled_at": None,
        "currency": "USD",
        "presentment_currency": "USD",
        "financial_status": "paid",
        "fulfillment_status": None,
        "taxes_included": False,
        "subtotal_price": "100.00",
        "total_tax": "6.00",
        "total_discounts": "0.00",
        "total_price": "111.00",
        "test": False,
        "shipping_lines": [{"title": "Post", "price": "5.00", "discounted_price": "5.00"}],
        "shipping_address": ADDRESS,
        "customer": {"id": 7},
        "line_items": list(lines) or [line()],
        "refunds": [],
    }
    return made | changes


def one(value, **context):
    messages = read(json.dumps(value).encode(), context)
    assert len(messages) == 1
    return messages[0]


def codes(message):
    return {warning.split(":")[0] for warning in message.warnings}


def test_a_paid_order_may_start():
    found = one(order())

    assert isinstance(found, CanonicalOrder)
    assert (found.order_no, found.display_no, found.buyer_id) == ("450789469", "#1001", "7")
    assert (found.state, found.paid_minor, found.freight_minor, found.shippable) == (OrderState.PAID, 11100, 500, True)
    assert (found.receiver.country, found.receiver.province, found.receiver.city) == ("US", "Kentucky", "Louisville")
    assert found.receiver.detail == "1 Main St Apt 5"
    [item] = found.lines
    assert (item.sku, item.listing_id, item.title, item.qty, item.net_minor) == (
        "CUP-RED",
        "111",
        "Cup - Red",
        2,
        10000,
    )
    assert found.warnings == ()


@pytest.mark.parametrize("wrap", [lambda made: {"order": made}, lambda made: {"orders": [made]}, lambda made: [made]])
def test_every_envelope_holds_the_same_order(wrap):
    assert one(wrap(order())) == one(order())


def test_money_as_numbers_reads_the_same():
    numbers = order(line(price=50.0), subtotal_price=100, total_price=111.00, total_tax=6)

    assert one(numbers) == one(order())


@pytest.mark.parametrize(
    ("changes", "state", "hold", "paid"),
    [
        ({"financial_status": "pending"}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"financial_status": "authorized"}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"financial_status": "voided"}, OrderState.CANCELLED, HoldCode.CANCELLED, 0),
        ({"financial_status": "refunded"}, OrderState.REFUNDED, HoldCode.REFUNDED, 11100),
        ({"cancelled_at": "2026-11-02T00:00:00Z"}, OrderState.CANCELLED, HoldCode.CANCELLED, 11100),
        (
            {"cancelled_at": "2026-11-02T00:00:00Z", "financial_status": "refunded"},
            OrderState.REFUNDED,
            HoldCode.REFUNDED,
            11100,
        ),
        ({"financial_status": None}, OrderState.PENDING, HoldCode.UNKNOWN_STATE, 0),
        ({"fulfillment_status": "fulfilled"}, OrderState.PAID, HoldCode.ALREADY_SHIPPED, 11100),
        ({"fulfillment_status": "partial"}, OrderState.PAID, HoldCode.PARTLY_SHIPPED, 11100),
        ({"fulfillment_status": "elsewhere"}, OrderState.PAID, HoldCode.UNKNOWN_STATE, 11100),
        ({"test": True}, OrderState.PAID, HoldCode.TEST_ORDER, 11100),
        ({"shipping_address": None}, OrderState.PAID, HoldCode.NO_RECEIVER, 11100),
        ({"line_items": []}, OrderState.PAID, HoldCode.NO_LINES, 11100),
    ],
)
def test_what_keeps_an_order_from_starting(changes, state, hold, paid):
    found = one(order(**changes))

    assert (found.state, found.hold_code, found.shippable, found.paid_minor) == (state, hold, False, paid)


def test_a_part_payment_is_the_total_less_what_is_outstanding():
    assert one(order(financial_status="partially_paid", total_outstanding="11.00")).paid_minor == 10000
    assert one(order(financial_status="partially_paid")).paid_minor is None


def test_cash_on_delivery_starts_unpaid():
    found = one(order(financial_status="pending", payment_gateway_names=["Cash on Delivery (COD)"]))

    assert (found.state, found.paid_minor, found.cod, found.shippable) == (OrderState.PENDING, 0, True, True)
    mixed = one(order(financial_status="pending", payment_gateway_names=["visa", "Cash on Delivery (COD)"]))
    assert not mixed.shippable


def test_discount_allocations_come_off_their_lines():
    items = (
        line(
            id=1,
            quantity=1,
            current_quantity=1,
            price="99.00",
            discount_allocations=[{"amount": "3.20"}, {"amount": "5.00"}],
        ),
        line(id=2, quantity=1, current_quantity=1, price="100.00", discount_allocations=[{"amount": "3.40"}]),
        line(id=3, quantity=1, current_quantity=1, price="100.00", discount_allocations=[{"amount": "3.40"}]),
    )
    found = one(order(*items, subtotal_price="284.00", total_discounts="15.00", total_tax="0.00", total_price="289.00"))

    assert [item.net_minor for item in found.lines] == [9080, 9660, 9660]
    assert found.warnings == ()


def test_before_allocations_a_line_discount_and_a_shared_order_discount():
    old = [
        line(id=number, quantity=1, current_quantity=None, price="33.33", discount_allocations=None)
        for number in (1, 2, 3)
    ]
    found = one(order(*old, subtotal_price="89.99", total_discounts="10.00", total_tax="0.00", total_price="94.99"))

    assert [item.net_minor for item in found.lines] == [2999, 3000, 3000]
    assert found.warnings == ()
    alone = line(price="5.00", quantity=1, current_quantity=None, total_discount="5.00", discount_allocations=None)
    assert one(order(alone, subtotal_price="0.00", total_discounts="5.00")).lines[0].net_minor == 0


def test_an_edited_order_wants_only_its_current_quantity():
    found = one(order(line(quantity=3, current_quantity=2, price="33.34", discount_allocations=[{"amount": "0.02"}])))

    [item] = found.lines
    assert (item.qty, item.net_minor) == (2, 6667)
    assert "line_reduced" in codes(found)


def test_a_line_edited_away_is_no_line():
    found = one(
        order(
            line(),
            line(id=12, current_quantity=0),
            subtotal_price="200.00",
            total_price="211.00",
            financial_status="partially_refunded",
        )
    )

    assert [item.line_id for item in found.lines] == ["11"]
    assert (found.state, found.shippable, found.paid_minor) == (OrderState.PARTIALLY_REFUNDED, True, 21100)


def test_before_current_quantity_refunds_tell_what_is_left():
    refunds = [{"refund_line_items": [{"line_item_id": 11, "quantity": 1}]}]
    found = one(order(line(current_quantity=None), refunds=refunds, financial_status="partially_refunded"))

    assert [(item.qty, item.net_minor) for item in found.lines] == [(1, 5000)]
    assert found.shippable


def test_a_part_refund_that_names_no_units_is_a_question():
    bare = order(line(current_quantity=None), financial_status="partially_refunded")
    del bare["refunds"]

    assert one(bare).hold_code == HoldCode.REFUND_UNCLEAR


def test_an_order_that_is_off_still_says_what_it_was_about():
    found = one(
        order(
            line(current_quantity=0),
            cancelled_at="2026-11-02T00:00:00Z",
            financial_status="refunded",
            current_total_price="0.00",
        )
    )

    assert [(item.qty, item.net_minor) for item in found.lines] == [(2, 10000)]
    assert found.paid_minor == 11100


def test_an_order_that_grew_after_payment_was_paid_in_full():
    found = one(order(current_total_price="161.00"))

    assert found.paid_minor == 16100
    assert "edited_total" in codes(found)


def test_a_transaction_that_contradicts_the_status_leaves_the_money_open():
    sale = {"kind": "sale", "status": "success", "amount": "79.60", "currency": "AUD"}
    found = one(order(financial_status="voided", transactions=[sale]))

    assert found.paid_minor is None
    assert "payment_contradicts" in codes(found)


@pytest.mark.parametrize(
    ("currency", "price", "subtotal", "total", "net", "paid"),
    [("JPY", "500", "1000", "1005", 1000, 1005), ("KWD", "1.125", "2.250", "7.250", 2250, 7250)],
)
def test_currencies_without_cents_and_with_mils(currency, price, subtotal, total, net, paid):
    shipping = [{"price": "5"}]
    found = one(
        order(
            line(price=price),
            currency=currency,
            subtotal_price=subtotal,
            total_tax=None,
            total_price=total,
            shipping_lines=shipping,
        )
    )

    assert (found.lines[0].net_minor, found.paid_minor) == (net, paid)
    assert found.warnings == ()


def test_the_shops_currency_counts_not_the_buyers():
    sets = {
        "shop_money": {"amount": "111.00", "currency_code": "USD"},
        "presentment_money": {"amount": "99", "currency_code": "EUR"},
    }
    found = one(order(presentment_currency="EUR", total_price=None, total_price_set=sets))

    assert (found.currency, found.paid_minor) == ("USD", 11100)
    assert found.warnings == ()
    sets["shop_money"]["currency_code"] = "CAD"
    assert "currency_contradicts" in codes(one(order(total_price_set=sets)))


def test_totals_that_do_not_add_up_are_said():
    assert "total_differs" in codes(one(order(total_price="200.00")))
    assert "money_inconsistent" in codes(one(order(subtotal_price="398.00")))


def test_taxes_inside_the_price_are_not_counted_twice():
    assert one(order(taxes_included=True, total_price="105.00")).warnings == ()


def test_gift_cards_and_tips_need_no_parcel():
    card = line(id=12, sku="", variant_id=None, product_id=None, gift_card=True, quantity=1, current_quantity=1)
    found = one(order(line(), card, subtotal_price="150.00", total_price="161.00"))

    assert [item.requires_shipping for item in found.lines] == [True, False]
    assert found.shippable
    assert one(order(card, subtotal_price="50.00", total_price="61.00")).hold_code == HoldCode.NOTHING_TO_SHIP


def test_a_custom_line_without_any_code_is_said():
    found = one(order(line(sku=None, variant_id=None, product_id=None)))

    assert found.lines[0].sku == "" and found.lines[0].listing_id == ""
    assert codes(found) == {"sku_missing"}


@pytest.mark.parametrize("kind", ["checkouts", "draft_orders"])
def test_a_cart_is_a_draft_and_never_starts(kind):
    cart = order(financial_status=None)
    found = one({kind: [cart]})

    assert (found.draft, found.state, found.hold_code, found.paid_minor) == (True, OrderState.PENDING, "draft", 0)
    assert "not_an_order" in codes(found)


def test_a_draft_orders_line_discount():
    cart = order(line(applied_discount={"amount": "10.00"}), subtotal_price="90.00", total_price="101.00")

    assert one({"draft_order": cart}).lines[0].net_minor == 9000


REFUND = {
    "id": 509562969,
    "order_id": 450789469,
    "created_at": "2026-11-03T13:35:06-05:00",
    "note": "broke",
    "refund_line_items": [
        {"line_item_id": 11, "quantity": 1, "restock_type": "return", "subtotal": 50.00, "total_tax": 3.00}
    ],
    "transactions": [{"kind": "refund", "status": "success", "amount": "53.00", "currency": "USD"}],
}


@pytest.mark.parametrize("wrap", [lambda made: made, lambda made: {"refund": made}, lambda made: {"refunds": [made]}])
def test_a_refund_names_its_order_line_and_money(wrap):
    found = one(wrap(REFUND))

    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.order_no, found.line_id, found.qty) == ("509562969", "450789469", "11", 1)
    assert (found.amount_minor, found.currency, found.kind, found.status) == (
        5300,
        "USD",
        RefundKind.RETURN,
        RefundStatus.SUCCEEDED,
    )


def test_a_refund_over_several_lines_covers_the_order_and_lists_them():
    rows = [
        {"line_item_id": 11, "quantity": 1, "subtotal": "50.00"},
        {"line_item_id": 12, "quantity": 2, "subtotal": "9.00"},
    ]
    found = one(REFUND | {"refund_line_items": rows, "transactions": []}, currency="USD")

    assert (found.line_id, found.amount_minor, found.currency) == ("", 5900, "USD")
    assert found.warnings == ("refunded_line: 11 x 1", "refunded_line: 12 x 2")


@pytest.mark.parametrize(
    "value",
    [
        {"fulfillment": {"id": 1, "order_id": 450789469, "tracking_number": "1Z", "line_items": [line()]}},
        {"id": 1, "order_id": 450789469, "tracking_number": "1Z", "line_items": [line()], "status": "success"},
        {"fulfillment_event": {"id": 1, "order_id": 450789469, "fulfillment_id": 2}},
    ],
)
def test_a_fulfilment_is_not_an_order_but_names_one(value):
    found = one(value)

    assert isinstance(found, CanonicalNothing)
    assert found.order_no == "450789469"


@pytest.mark.parametrize(
    "value", [{}, [], {"payouts": [{"id": 1}]}, {"transactions": [{"id": 1}]}, {"product": {"id": 1}}]
)
def test_what_is_about_no_order_asks_for_nothing(value):
    found = one(value)

    assert isinstance(found, CanonicalNothing)
    assert found.order_no == ""


def test_a_deleted_order_is_a_hint():
    assert one({"id": 5}, topic="orders/delete") == CanonicalHint("shopify", "orders/delete", "5")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (order(id=None), "order_no_missing"),
        (order(line(quantity=-1)), "bad_quantity"),
        (order(line(price="-1.00")), "bad_amount"),
        (order(total_price="lots"), "bad_amount"),
        (REFUND | {"order_id": None}, "order_no_missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, code):
    with pytest.raises(Unreadable) as refused:
        one(made)

    assert refused.value.code == code


def test_an_edit_is_only_a_hint():
    edit = {"id": 5, "order_id": 450789469, "line_items": {"additions": [{"id": 12, "delta": 1}], "removals": []}}
    hint = CanonicalHint("shopify", "orders/edited", "450789469")
    assert one({"order_edit": edit}, topic="orders/edited") == one({"order_edit": edit}) == hint
    with pytest.raises(Unreadable, match="names no order"):
        one({"order_edit": {"id": 5}})


def test_through_amazons_event_bridge_it_is_the_same_order():
    envelope = {"detail": {"payload": order(), "metadata": {"X-Shopify-Topic": "orders/create"}}}
    assert one(envelope) == one(order())


def test_tax_tips_duties_and_surcharges_stand_apart():
    found = one(
        order(
            line(discount_allocations=[{"amount": "10.00"}]),
            subtotal_price="90.00",
            total_tip_received="3.00",
            original_total_duties_set={"shop_money": {"amount": "2.00", "currency_code": "USD"}},
            original_total_additional_fees_set={"shop_money": {"amount": "1.50", "currency_code": "USD"}},
            shipping_lines=[{"price": "10.00", "discount_allocations": [{"amount": "4.00"}]}],
            total_price="108.50",
        )
    )
    apart = {part.kind.value: part.amount_minor for part in found.adjustments}
    assert apart == {"tax": 600, "tip": 300, "duty": 200, "fee": 150}
    assert found.lines[0].net_minor + found.freight_minor + sum(apart.values()) == found.paid_minor == 10850
    assert (found.freight_minor, found.warnings) == (600, ())


def test_a_tip_that_is_a_line_is_not_counted_twice():
    tip = line(id=12, title="Tip", sku="", variant_id=None, product_id=None, quantity=1, price="5.00",
               requires_shipping=False, current_quantity=1)  # fmt: skip
    found = one(order(line(), tip, subtotal_price="105.00", total_tip_received="5.00", total_price="116.00"))
    assert [line.net_minor for line in found.lines] == [10000, 500]
    assert [part.kind.value for part in found.adjustments] == ["tax"]
    assert (found.shippable, found.warnings) == (True, ())


def test_duties_inside_the_prices_are_not_counted_again():
    duties = {"shop_money": {"amount": "2.00", "currency_code": "USD"}}
    assert one(order(duties_included=True, original_total_duties_set=duties)).warnings == ()


def test_a_buyer_who_paid_in_another_currency_paid_the_shops_total():
    paid = {"kind": "sale", "status": "success", "amount": "99.00", "currency": "EUR"}
    found = one(order(presentment_currency="EUR", transactions=[paid]))
    assert (found.paid_minor, found.warnings) == (11100, ())


def test_what_an_edit_added_is_in_the_current_totals():
    added = line(id=12, quantity=1, current_quantity=1, price="20.00")
    found = one(
        order(line(), added, financial_status="partially_paid", total_outstanding="20.00",
              current_subtotal_price="120.00", current_total_price="131.00")
    )  # fmt: skip
    assert [line.net_minor for line in found.lines] == [10000, 2000]
    assert (found.warnings, found.hold_code) == ((), HoldCode.UNPAID)


@pytest.mark.parametrize("way", [{"title": "Pickup in store"}, {"title": "x", "delivery_category": "pick_up"}])
def test_what_the_buyer_fetches_needs_no_parcel(way):
    found = one(order(shipping_address=None, shipping_lines=[way | {"price": "5.00"}]))
    assert (found.shippable, found.hold_code) == (False, HoldCode.NOTHING_TO_SHIP)


def test_a_parcel_to_a_pick_up_point_has_an_address_and_travels():
    assert one(order(shipping_lines=[{"title": "Pickup point", "price": "5.00"}])).shippable
