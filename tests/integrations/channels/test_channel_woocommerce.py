"""WooCommerce bodies: states, payment, fees, bundles, refunds, deletions and the tunnel's envelope."""

import json

import pytest

from core.errors import Unreadable
from integrations.channels.woocommerce.mapper import read
from oms.domain.canonical import (
    CanonicalHint,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    HoldCode,
    OrderState,
    RefundStatus,
)

ADDRESS = {
    "first_name": "雷",
    "last_name": "李",
    "company": "",
    "address_1": "某路 1 号",
    "address_2": "",
    "city": "广州市",
    "state": "CN20",
    "postcode": "510220",
    "country": "CN",
}
EMPTY = dict.fromkeys(ADDRESS, "")


def line(**changes):
    made = {
        "id": 315,
        "name": "Cup &ndash; Red",
        "product_id": 93,
        "variation_id": 0,
        "quantity": 2,
        "subtotal": "110.00",
        "total": "100.00",
        "total_tax": "6.00",
        "meta_data": [],
        "sku": "CUP-RED",
        "price": 50,
    }
    return made | changes


def order(*lines, **changes):
    made = {
        "id": 727,
        "number": "WC-0727",
        "status": "processing",
        "currency": "USD",
        "date_created": "2026-11-01T18:00:00",
        "date_created_gmt": "2026-11-01T10:00:00",
        "date_modified_gmt": "2026-11-01T10:01:00",
        "date_paid_gmt": "2026-11-01T10:01:00",
        "discount_total": "10.00",
        "shipping_total": "5.00",
        "total_tax": "6.00",
        "total": "111.00",
        "customer_id": 26,
        "billing": ADDRESS | {"phone": "19900000000"},
        "shipping": ADDRESS,
        "payment_method": "alipay",
        "line_items": list(lines) or [line()],
        "fee_lines": [],
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
    assert (found.order_no, found.display_no, found.buyer_id) == ("727", "WC-0727", "26")
    assert (found.state, found.paid_minor, found.freight_minor, found.shippable) == (OrderState.PAID, 11100, 500, True)
    assert found.created_at is not None and found.created_at.hour == 10
    assert (found.receiver.country, found.receiver.province, found.receiver.city) == ("CN", "广东", "广州市")
    assert found.receiver.phone == "19900000000"
    [item] = found.lines
    assert (item.sku, item.listing_id, item.title, item.qty, item.net_minor, item.unit_price_minor) == (
        "CUP-RED",
        "93",
        "Cup – Red",
        2,
        10000,
        5500,
    )
    assert found.warnings == ()


@pytest.mark.parametrize("wrap", [lambda made: {"data": made}, lambda made: [made], lambda made: {"data": [made]}])
def test_every_envelope_holds_the_same_order(wrap):
    assert one(wrap(order())) == one(order())


@pytest.mark.parametrize(
    ("changes", "state", "hold", "paid"),
    [
        ({"status": "pending", "date_paid_gmt": None}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"status": "on-hold", "date_paid_gmt": None}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"status": "failed", "date_paid_gmt": None}, OrderState.PENDING, HoldCode.UNPAID, 0),
        ({"status": "completed"}, OrderState.PAID, HoldCode.ALREADY_SHIPPED, 11100),
        ({"status": "wc-completed"}, OrderState.PAID, HoldCode.ALREADY_SHIPPED, 11100),
        ({"status": "cancelled", "date_paid_gmt": None}, OrderState.CANCELLED, HoldCode.CANCELLED, 0),
        ({"status": "cancelled"}, OrderState.CANCELLED, HoldCode.CANCELLED, 11100),
        ({"status": "trash"}, OrderState.CANCELLED, HoldCode.CANCELLED, 11100),
        ({"status": "refunded"}, OrderState.REFUNDED, HoldCode.REFUNDED, 11100),
        ({"refunds": [{"id": 1, "total": "-111.00"}]}, OrderState.REFUNDED, HoldCode.REFUNDED, 11100),
        ({"refunds": [{"id": 1, "total": "-5.00"}]}, OrderState.PARTIALLY_REFUNDED, HoldCode.REFUND_UNCLEAR, 11100),
        ({"status": "picked"}, OrderState.PAID, HoldCode.UNKNOWN_STATE, 11100),
        ({"needs_processing": False}, OrderState.PAID, HoldCode.NOTHING_TO_SHIP, 11100),
        ({"shipping": EMPTY}, OrderState.PAID, HoldCode.NO_RECEIVER, 11100),
        ({"line_items": []}, OrderState.PAID, HoldCode.NO_LINES, 11100),
    ],
)
def test_what_keeps_an_order_from_starting(changes, state, hold, paid):
    found = one(order(**changes))

    assert (found.state, found.hold_code, found.shippable, found.paid_minor) == (state, hold, False, paid)


@pytest.mark.parametrize("refunds", [[], [{"id": 0, "reason": "", "total": "-0.00"}]])
def test_no_refund_or_a_deleted_one_changes_nothing(refunds):
    assert one(order(refunds=refunds)).shippable


@pytest.mark.parametrize("status", ["draft", "auto-draft", "checkout-draft"])
def test_a_draft_is_not_yet_an_order(status):
    found = one(order(status=status, date_paid_gmt=None))

    assert (found.draft, found.state, found.shippable) == (True, OrderState.PENDING, False)
    assert "not_an_order" in codes(found)


def test_cash_on_delivery_starts_unpaid():
    found = one(order(payment_method="cod", date_paid_gmt=None))

    assert (found.state, found.paid_minor, found.cod, found.shippable) == (OrderState.PENDING, 0, True, True)
    assert one(order(payment_method="cod", date_paid_gmt=None, status="completed")).paid_minor == 11100


def test_a_completed_order_without_a_payment_date_counts_as_paid_and_says_so():
    found = one(order(status="completed", date_paid_gmt=None))

    assert found.paid_minor == 11100
    assert "paid_date_missing" in codes(found)


def test_a_negative_fee_is_a_discount_shared_by_the_lines():
    items = [line(id=number, subtotal="33.33", total="33.33", quantity=1) for number in (1, 2, 3)]
    fees = [{"total": "-10.00"}, {"total": "2.00"}]
    found = one(order(*items, fee_lines=fees, total_tax="0.00", total="96.99"))

    assert [item.net_minor for item in found.lines] == [2999, 3000, 3000]
    assert found.warnings == ()


def test_figures_that_do_not_add_up_are_said():
    assert "money_inconsistent" in codes(one(order(total="31.20")))


def test_a_gift_card_pays_part_of_the_total():
    found = one(order(gift_cards=[{"id": 2, "code": "SU9F", "amount": 20}], total="91.00"))

    assert (found.paid_minor, found.warnings) == (9100, ())


def test_a_variation_is_the_listing_and_a_missing_sku_is_said():
    found = one(order(line(variation_id=23, sku="")))

    assert (found.lines[0].sku, found.lines[0].listing_id) == ("", "23")
    assert codes(found) == {"sku_missing"}


def test_an_odd_quantity_is_a_question_and_none_is_no_line():
    assert one(order(line(quantity=1.5))).hold_code == HoldCode.ODD_QUANTITY
    found = one(order(line(), line(id=316, quantity=0, total="0.00")))
    assert [item.line_id for item in found.lines] == ["315"]
    assert codes(found) == {"zero_quantity"}


def bundle(**child_changes):
    parent = line(id=1, sku="", quantity=1, subtotal="59.00", total="59.00", bundled_by="", bundled_items=[2, 3])
    children = [
        line(id=2, sku="HAT", quantity=1, subtotal="0.00", total="0.00", bundled_by=1, **child_changes),
        line(id=3, sku="BAG", quantity=2, subtotal="0.00", total="0.00", bundled_by=1, **child_changes),
    ]
    return order(parent, *children, total="70.00")


def test_a_bundle_whose_parts_travel_is_its_parts_and_costs_what_it_cost():
    found = one(bundle())

    assert [(item.sku, item.qty, item.net_minor, item.parent_line_id) for item in found.lines] == [
        ("HAT", 1, 1967, "1"),
        ("BAG", 2, 3933, "1"),
    ]
    assert codes(found) == {"bundle_opened"}


def test_a_bundle_packed_as_one_is_one_line():
    kept = [{"key": "_bundled_item_needs_shipping", "value": "no"}]
    found = one(bundle(meta_data=kept))

    assert [(item.line_id, item.qty, item.net_minor) for item in found.lines] == [("1", 1, 5900)]
    assert "bundle_whole" in codes(found)


def test_a_bundle_told_only_by_cart_keys_is_a_bundle_too():
    parent = line(id=1, sku="KIT", meta_data=[{"key": "_bundle_cart_key", "value": "abc"}])
    child = line(id=2, sku="HAT", total="0.00", meta_data=[{"key": "_bundled_by", "value": "abc"}])

    assert [item.sku for item in one(order(parent, child)).lines] == ["HAT"]


def test_a_part_whose_container_is_not_in_the_order_is_an_ordinary_line():
    assert [item.sku for item in one(order(line(bundled_by=99))).lines] == ["CUP-RED"]


def test_a_subscription_is_not_an_order():
    assert isinstance(one(order(billing_period="month", billing_interval="1")), CanonicalNothing)


def test_a_deletion_cancels_and_concludes_nothing_else():
    found = one({"id": 727}, topic="order.deleted")

    assert (found.order_no, found.state, found.partial, found.lines) == ("727", OrderState.CANCELLED, True, ())


def test_an_action_webhook_is_a_hint():
    found = one({"action": "woocommerce_order_refunded", "arg": 727})

    assert found == CanonicalHint("woocommerce", "woocommerce_order_refunded", "727")


REFUND = {
    "id": 726,
    "date_created_gmt": "2026-11-03T10:00:00",
    "amount": "27.00",
    "reason": "broke",
    "refunded_by": 1,
    "refunded_payment": True,
    "line_items": [
        line(id=67, quantity=-1, subtotal="-27.00", total="-27.00")
        | {"meta_data": [{"key": "_refunded_item_id", "value": "65"}]}
    ],
    "_links": {"up": [{"href": "https://shop.example/wp-json/wc/v3/orders/723"}]},
}


@pytest.mark.parametrize(
    "links",
    [
        {},
        {"_links": {"self": [{"href": "https://shop.example/wp-json/wc/v3/orders/723/refunds/726"}]}},
        {"_links": {}, "parent_id": 723},
    ],
)
def test_a_refund_finds_its_order_in_its_links(links):
    found = one({"data": REFUND | links}, currency="USD")

    assert isinstance(found, CanonicalRefund)
    assert (found.refund_no, found.order_no, found.line_id, found.qty) == ("726", "723", "65", 1)
    assert (found.amount_minor, found.currency, found.status) == (2700, "USD", RefundStatus.SUCCEEDED)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (order(id=None), "order_no_missing"),
        (order(id=0), "order_no_missing"),
        (order(line(quantity=-2)), "bad_quantity"),
        (order(line(total="free")), "bad_amount"),
        (REFUND | {"_links": {}}, "order_no_missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(made, code):
    with pytest.raises(Unreadable) as refused:
        one(made)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"data": [{"tracking_id": "b1", "tracking_number": "1Z"}]},
        {"webhook_id": 7},
        {"id": 5, "status": "publish"},
    ],
)
def test_what_is_about_no_order_asks_for_nothing(value):
    assert isinstance(one(value), CanonicalNothing)


@pytest.mark.parametrize(
    "changes",
    [
        {"shipping_lines": [{"method_id": "local_pickup", "total": "5.00"}]},
        {"shipping_lines": [{"method_id": "pickup_location:0", "total": "5.00"}]},
        {"needs_processing": False, "shipping": EMPTY},
    ],
)
def test_what_is_fetched_or_downloaded_needs_no_parcel(changes):
    found = one(order(**changes))
    assert (found.shippable, found.hold_code) == (False, HoldCode.NOTHING_TO_SHIP)


def test_neither_a_way_of_shipping_nor_an_address_is_a_question():
    found = one(order(shipping_lines=[], shipping=EMPTY))
    assert (found.hold_code, codes(found)) == (HoldCode.NO_RECEIVER, {"no_receiver", "no_shipping_address"})


def test_one_parcel_among_pick_ups_travels():
    ways = [{"method_id": "local_pickup", "total": "0.00"}, {"method_id": "flat_rate", "total": "5.00"}]
    assert one(order(shipping_lines=ways)).shippable


def test_a_refund_counts_whichever_sign_it_comes_with():
    assert one(order(refunds=[{"id": 9, "total": "10.00"}])).state is OrderState.PARTIALLY_REFUNDED


def test_tax_services_and_gift_cards_stand_apart():
    found = one(order(fee_lines=[{"total": "3.00"}], gift_cards=[{"amount": "14.00"}], total="100.00"))
    apart = {part.kind.value: part.amount_minor for part in found.adjustments}
    assert apart == {"tax": 600, "fee": 300, "gift_card": -1400}
    assert found.lines[0].net_minor + found.freight_minor + sum(apart.values()) == found.paid_minor == 10000


def test_amounts_finer_than_a_cent_are_rounded_so_that_they_add_up():
    lines = [line(id=number, quantity=1, total="33.333333") for number in (1, 2, 3)]
    assert [found.net_minor for found in one(order(*lines)).lines] == [3334, 3333, 3333]
    exact = [line(id=number, quantity=1, total="33.33") for number in (1, 2, 3)]
    assert codes(one(order(*exact))) == {"money_inconsistent"}


def part(number, container, **meta):
    told = [{"key": key, "value": value} for key, value in meta.items()]
    return line(id=number, sku=f"P{number}", quantity=1, bundled_by=container, total="0.00", meta_data=told)


def test_a_bundle_packed_beside_one_of_its_parts_is_two_lines():
    packed = part(2, 1, _bundled_item_needs_shipping="no")
    beside = part(3, 1, _bundled_item_needs_shipping="yes") | {"total": "20.00"}
    found = one(order(line(id=1, sku="BOX", quantity=1, total="80.00"), packed, beside))
    assert [(entry.sku, entry.net_minor) for entry in found.lines] == [("BOX", 8000), ("P3", 2000)]
    assert codes(found) == {"bundle_mixed"}


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ({"_mnm_cart_key": "k1"}, {"_mnm_container": "k1"}),
        ({"_woosb_ids": "5/1,6/1"}, {"_woosb_parent_id": "93"}),
    ],
)
def test_other_plugins_tell_their_bundles_by_meta_data(own, theirs):
    box = line(id=1, sku="BOX", quantity=1, meta_data=[{"key": key, "value": value} for key, value in own.items()])
    parts = [part(number, None, **theirs) | {"product_id": number + 3} for number in (2, 3)]
    found = one(order(box, *parts))
    assert [(entry.sku, entry.net_minor, entry.parent_line_id) for entry in found.lines] == [
        ("P2", 5000, "1"),
        ("P3", 5000, "1"),
    ]


def test_the_legacy_api_tells_the_same_order_in_other_words():
    names = {
        "number": "order_number",
        "date_created_gmt": "created_at",
        "date_modified_gmt": "updated_at",
        "shipping_total": "total_shipping",
        "shipping": "shipping_address",
        "billing": "billing_address",
    }
    old = {
        names.get(name, name): value
        for name, value in order().items()
        if name not in ("date_paid_gmt", "payment_method")
    }
    old["payment_details"] = {"method_id": "alipay", "paid": True}
    found, now = one({"order": old}), one(order())
    assert (found.order_no, found.lines, found.receiver, found.paid_minor) == (
        now.order_no, now.lines, now.receiver, now.paid_minor
    )  # fmt: skip
    assert codes(found) == {"paid_date_missing"}
