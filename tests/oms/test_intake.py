from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection

from catalog.models import Shop
from catalog.selectors.matching import Named
from core.context import acting
from core.models import Event, Sealed
from core.services import replay, rules, vault
from inventory.models import Reservation, Stock
from oms.domain.canonical import (
    AdjustmentKind,
    CanonicalAdjustment,
    CanonicalOrder,
    CanonicalRefund,
    LineRefund,
    OrderState,
    RefundKind,
    RefundStatus,
)
from oms.models import ListEntry, Order, OrderLine, SubOrder
from oms.services import holds, matching, orders
from oms.services.intake import Incoming, OrderUnknown, capture
from tests.oms.trade import AT, RECEIVER


def held(sku):
    return sum(Stock.objects.filter(sku=sku).values_list("reserved", flat=True))


def reasons(order):
    return sorted(order.holds.filter(released_at=None).values_list("reason", flat=True))


def refund(no, status, amount, *, line="", minutes=0, kind=RefundKind.REFUND_ONLY):
    return CanonicalRefund("taobao", f"R-{no}", no, line, kind, status, amount, "CNY",
                           modified_at=AT + timedelta(minutes=minutes))  # fmt: skip


def test_a_new_order_is_captured_routed_and_reserved(trade):
    sku = trade.sku("A", near=5)
    assert trade.take(trade.order("T1", ("A", 2, 1000))) == ["created"]
    assert trade.get("T1").status == "ready"
    trade.allocate()
    order = trade.get("T1")
    assert order.status == "allocated"
    assert SubOrder.objects.get().warehouse == trade.near
    assert held(sku) == 2
    assert order.decisions.get().outcome == "routed"


def test_every_copy_after_the_first_changes_nothing(trade):
    trade.sku("A", near=5)
    message = trade.order("T1", ("A", 2, 1000))
    assert trade.take(message, message, message) == ["created", "same", "same"]
    assert trade.take(message) == ["same"]
    assert Event.objects.filter(stream__startswith="oms.order").count() == 1


def test_the_same_number_in_another_shop_is_another_order(trade):
    trade.sku("A", near=5)
    other = Shop.objects.create(platform="taobao", code="s2", name="s2")
    message = trade.order("T1", ("A", 1, 100))
    assert capture([Incoming(trade.shop.pk, message), Incoming(other.pk, message)]) == ["created", "created"]
    assert Order.objects.count() == 2


@pytest.mark.parametrize(("qty", "reserved"), [(1, 1), (4, 4), (0, 0)])
def test_an_amendment_adjusts_the_reservation_by_the_difference(trade, qty, reserved):
    sku = trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000)))
    trade.allocate()
    assert trade.take(trade.order("T1", ("A", qty, 500 * qty), minutes=1)) == ["amended"]
    trade.allocate()
    assert held(sku) == reserved
    assert OrderLine.objects.get().line_no == 1
    assert Order.objects.count() == 1


def test_an_older_version_is_recorded_and_ignored(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000), minutes=10))
    before = trade.get("T1")
    assert trade.take(trade.order("T1", ("A", 9, 9000), minutes=5)) == ["older"]
    after = trade.get("T1")
    assert (after.content_hash, after.status, after.version) == (before.content_hash, before.status, before.version + 1)
    assert Event.objects.order_by("-id").first().type == "oms.order_version_ignored"


def test_a_cancelled_order_gives_back_exactly_what_it_held(trade):
    a, b = trade.sku("A", near=5), trade.sku("B", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000), ("B", 1, 500)), trade.order("T2", ("A", 1, 500)))
    trade.allocate()
    trade.take(trade.order("T1", ("A", 2, 1000), ("B", 1, 500), minutes=1, state=OrderState.CANCELLED, shippable=False))
    assert (held(a), held(b)) == (1, 0)
    assert trade.get("T1").status == "cancelled"
    assert trade.get("T2").status == "allocated"


def test_a_refunded_line_leaves_and_the_rest_stays(trade):
    a, b = trade.sku("A", near=5), trade.sku("B", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000), ("B", 1, 500)))
    trade.allocate()
    outcome = trade.take(refund("T1", RefundStatus.SUCCEEDED, 500, line="2"))
    assert outcome == ["refund"]
    assert (held(a), held(b)) == (2, 0)
    order = trade.get("T1")
    assert (order.status, order.refunded_minor) == ("allocated", 500)


def test_a_refund_request_holds_and_its_refusal_releases(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500)))
    trade.take(refund("T1", RefundStatus.REQUESTED, 500, line="1"))
    assert reasons(trade.get("T1")) == ["refund_requested"]
    trade.allocate()
    assert not SubOrder.objects.exists()
    trade.take(refund("T1", RefundStatus.REJECTED, 500, line="1", minutes=5))
    assert trade.get("T1").status == "ready"


def test_a_refund_before_its_order_waits(trade):
    with pytest.raises(OrderUnknown):
        trade.take(refund("T9", RefundStatus.SUCCEEDED, 500))


@pytest.mark.parametrize("start", range(4))
def test_versions_in_any_order_end_the_same(trade, start):
    trade.sku("A", near=50)
    trade.sku("B", near=50)
    versions = [
        trade.order("X", ("A", 1, 500), minutes=0, state=OrderState.PENDING, shippable=False, paid_minor=0),
        trade.order("X", ("A", 1, 500), ("B", 1, 300), minutes=1),
        trade.order("X", ("A", 3, 1500), ("B", 1, 300), minutes=2),
        trade.order("X", ("A", 3, 1500), minutes=3, buyer_note="急"),
    ]
    ends = set()
    for index, order in enumerate(permutations(versions)):
        if index % 4 != start:
            continue
        no = f"X{index}"
        for version in order:
            message = replace(version, order_no=no)
            trade.take(message)
            trade.take(message)
            trade.allocate()
        row = trade.get(no)
        lines = sorted(row.lines.filter(qty__gt=0).values_list("line_id", "qty", "net_minor", "refund"))
        reserved = Reservation.objects.filter(state="pending", group__in=row.suborders.values("id"))
        ends.add((row.status, row.paid_minor, row.buyer_note, tuple(lines), sum(r.qty for r in reserved)))
    assert ends == {("allocated", 1500, "急", (("1", 3, 1500, "none"),), 3)}
    assert replay.verify().ok


def test_an_unknown_product_waits_in_the_queue_until_it_is_matched(trade):
    sku = trade.sku("A", near=5)
    trade.take(trade.order("T1", ("NEW-CODE", 1, 500)), trade.order("T2", ("NEW-CODE", 2, 900)))
    assert reasons(trade.get("T1")) == ["sku_unmatched"]
    assert matching.settle(Named(trade.shop.pk, "", "NEW-CODE"), sku.pk) == 2
    trade.allocate()
    assert {trade.get("T1").status, trade.get("T2").status} == {"allocated"}
    assert trade.take(trade.order("T3", ("NEW-CODE", 1, 500))) == ["created"]
    assert trade.get("T3").status == "ready"


def test_an_unreadable_address_is_held_and_correcting_it_releases(trade):
    trade.sku("A", near=5)
    nowhere = replace(RECEIVER, province="", city="", district="", detail="西湖区文三路 1 号")
    trade.take(trade.order("T1", ("A", 1, 500), receiver=nowhere))
    assert reasons(trade.get("T1")) == ["address"]
    orders.fix_address(trade.get("T1").pk, RECEIVER, "phoned the buyer")
    order = trade.get("T1")
    assert (order.status, order.province, order.address_status) == ("ready", "广东省", "fixed")


def test_a_blacklisted_phone_is_held_and_a_persons_release_stands(trade):
    trade.sku("A", near=5)
    ListEntry.objects.create(kind="phone", tag=vault.tag("phone", "13800138000"), shown="138****", reason="fraud")
    trade.take(trade.order("T1", ("A", 1, 500)))
    hold = trade.get("T1").holds.get()
    assert (hold.reason, hold.owner, hold.detail) == ("blacklist", "ops", "fraud")
    with acting("user:chen"):
        holds.release([hold.pk], "known buyer")
    trade.take(trade.order("T1", ("A", 2, 900), minutes=1))
    assert trade.get("T1").status == "ready"


def test_risk_rules_are_rows(trade):
    trade.sku("A", near=5)
    ceiling = {
        "name": "over 50",
        "conditions": [{"field": "amount_minor", "op": "gt", "value": 5000}],
        "action": {"hold": "amount"},
    }
    rules.publish(rules.draft("risk", [ceiling]).pk)
    trade.take(trade.order("T1", ("A", 1, 5001)), trade.order("T2", ("A", 1, 5000)))
    assert reasons(trade.get("T1")) == ["amount"]
    assert trade.get("T1").holds.get().detail == "over 50"
    assert trade.get("T2").status == "ready"


def test_no_receiver_data_outside_the_vault(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500), buyer_note="请打13911112222"))
    assert Sealed.objects.count() == 1
    with connection.cursor() as cursor:
        for table in ("core_event", "oms_order", "core_delivery", "core_auditentry", "core_sealed"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            text = cursor.fetchone()[0] or ""
            assert not any(secret in text for secret in ("13800138000", "王小明", "科技园路1号", "13911112222")), table


def test_an_unpaid_order_waits_and_a_paid_one_goes(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500), state=OrderState.PENDING, paid_minor=0, shippable=False))
    assert trade.get("T1").status == "unpaid"
    trade.take(trade.order("T1", ("A", 1, 500), minutes=1))
    assert trade.get("T1").status == "ready"


def test_a_line_in_dispute_on_the_platform_is_not_shipped(trade):
    trade.sku("A", near=5)
    message = trade.order("T1", ("A", 1, 500))
    disputed = replace(message, lines=(replace(message.lines[0], refund=LineRefund.REQUESTED),))
    trade.take(disputed)
    assert reasons(trade.get("T1")) == ["refund_requested"]


def test_a_receiver_who_moves_there_and_back_within_one_batch_ends_where_he_was(trade):
    trade.sku("A", near=5)
    away = replace(RECEIVER, district="福田区", detail="深南大道 9 号")
    trade.take(trade.order("T1", ("A", 1, 500)))
    home = trade.get("T1").receiver_key
    outcomes = trade.take(
        trade.order("T1", ("A", 1, 500), minutes=1, receiver=away),
        trade.order("T1", ("A", 1, 500), minutes=2, seller_flag=1),
    )
    assert outcomes == ["amended", "amended"]
    assert (trade.get("T1").receiver_key, trade.get("T1").district) == (home, "南山区")


def test_a_version_told_again_later_leaves_what_came_between_behind(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500)))
    assert trade.take(trade.order("T1", ("A", 1, 500), minutes=2)) == ["same"]
    assert trade.take(trade.order("T1", ("A", 1, 500), minutes=1, seller_flag=3)) == ["older"]
    assert trade.get("T1").seller_flag == 0
    assert replay.verify().ok


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_words_on_a_refund_in_one_second_the_later_stage_counts(trade, turn):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500)))
    words = [refund("T1", status, 500, line="1") for status in (RefundStatus.REQUESTED, RefundStatus.SUCCEEDED)]
    trade.take(*words[::turn])
    assert trade.get("T1").refunds.get().status == "succeeded"
    assert trade.get("T1").refunded_minor == 500


def test_a_refund_in_the_same_batch_before_its_order_finds_it(trade):
    trade.sku("A", near=5)
    order = trade.order("T1", ("A", 1, 500))
    assert trade.take(refund("T1", RefundStatus.REQUESTED, 500, line="1"), order) == ["refund", "created"]


def test_a_hold_says_which_refund_it_is_for_now(trade):
    trade.sku("A", near=5)
    first, second = (
        replace(refund("T1", RefundStatus.REQUESTED, 500, line="1"), refund_no=number) for number in ("R1", "R2")
    )
    trade.take(trade.order("T1", ("A", 1, 500)), first)
    trade.take(replace(first, status=RefundStatus.CLOSED, modified_at=AT + timedelta(minutes=1)), second)
    assert list(trade.get("T1").holds.values_list("reason", "detail", "released_at")) == [
        ("refund_requested", "R2", None)
    ]
    assert replay.verify().ok


def deletion(no, minutes):
    return CanonicalOrder("taobao", no, OrderState.CANCELLED, "", (), None, None, AT + timedelta(minutes=minutes),
                          hold_code="cancelled", partial=True)  # fmt: skip


def test_a_deletion_before_its_order_waits_and_then_cancels_it(trade):
    sku = trade.sku("A", near=5)
    with pytest.raises(OrderUnknown) as waits:
        trade.take(deletion("T1", 5))
    assert waits.value.fields == {"order": f"taobao:{trade.shop.pk}:T1"}
    trade.take(trade.order("T1", ("A", 1, 500)))
    trade.allocate()
    assert trade.take(deletion("T1", 5)) == ["amended"]
    assert trade.take(deletion("T1", 5)) == ["same"]
    assert (trade.get("T1").status, held(sku)) == ("cancelled", 0)


def test_a_deletion_outlives_what_was_changed_before_it_and_not_what_came_after(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500)), deletion("T1", 5))
    assert trade.take(trade.order("T1", ("A", 2, 900), minutes=3)) == ["older"]
    assert trade.get("T1").status == "cancelled"
    assert trade.take(trade.order("T1", ("A", 2, 900), minutes=7)) == ["amended"]
    assert trade.get("T1").status == "ready"
    assert trade.take(deletion("T1", 5)) == ["older"]


def test_what_a_total_holds_besides_goods_and_freight_is_kept_apart(trade):
    trade.sku("A", near=5)
    apart = (CanonicalAdjustment(AdjustmentKind.TAX, 65), CanonicalAdjustment(AdjustmentKind.GIFT_CARD, -100))
    trade.take(trade.order("T1", ("A", 1, 500), adjustments=apart, paid_minor=465))
    order = trade.get("T1")
    assert order.adjustments == {"tax": 65, "gift_card": -100}
    assert 500 + order.freight_minor + sum(order.adjustments.values()) == order.paid_minor
    assert trade.take(trade.order("T1", ("A", 1, 500), minutes=1, adjustments=apart[:1], paid_minor=565)) == ["amended"]
    assert trade.get("T1").adjustments == {"tax": 65}
    assert trade.take(trade.order("T1", ("A", 1, 500), minutes=2)) == ["amended"]
    assert trade.get("T1").adjustments is None
    assert replay.verify().ok
