import threading
from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import Bin
from core.errors import Conflict
from core.invariants import run as audit
from core.services import outbox, replay
from inventory.models import Stock
from oms.domain.canonical import AdjustmentKind, CanonicalAdjustment
from oms.domain.status import SubOrderStatus
from oms.models import Order, SubOrder, SubOrderLine
from oms.services import holds, orders, suborders
from oms.services.suborders import Departure
from tests.oms.trade import AT, Trade


def reserved(sku):
    return sum(Stock.objects.filter(sku=sku).values_list("reserved", flat=True))


def clean():
    below = ("core:", "inventory:", "oms:")  # these tests have no floor that could make parcels
    assert [f for f in audit() if f.violations and f.name.startswith(below)] == []
    assert replay.verify().ok


def test_an_order_split_over_two_warehouses_carries_its_money_to_the_fen(trade):
    trade.sku("A", near=1, far=1)
    trade.sku("B", far=1)
    trade.take(trade.order("T1", ("A", 2, 1001), ("B", 1, 333), freight_minor=10))
    trade.allocate()
    subs = SubOrder.objects.all()
    assert len(subs) == 2
    assert sum(sub.goods_minor for sub in subs) == 1334
    assert sum(sub.freight_minor for sub in subs) == 10
    clean()


def test_a_bundle_is_picked_as_its_components_and_priced_by_their_cost(trade):
    a, b = trade.sku("A", near=5), trade.sku("B", near=5)
    b.cost_fen = 300
    b.save()
    trade.bundle("KIT", [(a, 2), (b, 1)])
    trade.take(trade.order("T1", ("KIT", 2, 999)))
    trade.allocate()
    lines = SubOrderLine.objects.order_by("sku__code").values_list("sku__code", "qty", "line_units", "net_minor")
    assert list(lines) == [("A", 4, 2, 400), ("B", 2, 2, 599)]
    assert (reserved(a), reserved(b)) == (4, 2)
    clean()


def test_a_trimmed_bundle_gives_back_its_components(trade):
    a, b = trade.sku("A", near=9), trade.sku("B", near=9)
    trade.bundle("KIT", [(a, 2), (b, 1)])
    trade.take(trade.order("T1", ("KIT", 3, 900)))
    trade.allocate()
    trade.take(trade.order("T1", ("KIT", 1, 300), minutes=1))
    assert (reserved(a), reserved(b)) == (2, 1)
    assert sum(SubOrderLine.objects.values_list("net_minor", flat=True)) == 300
    clean()


def test_a_backorder_holds_nothing_and_wakes_when_stock_arrives(trade):
    a, b = trade.sku("A", near=5), trade.sku("B")
    trade.take(trade.order("T1", ("A", 1, 500), ("B", 2, 500)))
    trade.allocate()
    order = trade.get("T1")
    assert order.status == "backordered"
    assert order.shortages.get().qty == 2
    assert reserved(a) == 0
    trade.stock(b, near=1, key="first")
    outbox.relay_all()
    trade.allocate()
    assert trade.get("T1").status == "backordered"
    trade.stock(b, far=1, key="second")
    outbox.relay_all()
    trade.allocate()
    assert trade.get("T1").status == "allocated"
    assert trade.get("T1").shortages.count() == 0
    clean()


def test_who_paid_first_is_served_first(trade):
    trade.sku("A", near=1)
    late = trade.order("late", ("A", 1, 100), paid_at=AT + timedelta(minutes=5))
    trade.take(late, trade.order("early", ("A", 1, 100)))
    trade.allocate()
    assert (trade.get("early").status, trade.get("late").status) == ("allocated", "backordered")


def test_nothing_can_take_it_is_held_with_the_first_reason(trade):
    trade.sku("ICE", near=5, temperature="frozen")
    trade.take(trade.order("T1", ("ICE", 1, 100)))
    trade.allocate()
    hold = trade.get("T1").holds.get()
    assert (hold.reason, hold.detail) == ("unroutable", "temperature:frozen")


def test_the_decision_names_every_candidate_and_the_costs(trade):
    trade.sku("A", near=5, far=5)
    trade.take(trade.order("T1", ("A", 1, 100)))
    trade.allocate()
    decision = trade.get("T1").decisions.get()
    assert [c["warehouse_id"] for c in decision.candidates] == [trade.near.pk, trade.far.pk]
    assert [plan["cost_fen"] for plan in decision.plans] == [600, 650]
    assert decision.optimal


def pack(trade, no):
    [sub] = trade.get(no).suborders.all()
    for step in (SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED):
        suborders.move([sub.pk], step)
    return sub


def depart(sub):
    shelf = Bin.objects.get(zone__warehouse=sub.warehouse)
    bins = {line.pk: shelf.pk for line in sub.lines.all()}
    suborders.depart([Departure(sub.pk, [("SF", "SF1")], bins)])


def test_departure_posts_the_reservation_once(trade):
    sku = trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000)))
    trade.allocate()
    sub = pack(trade, "T1")
    for _again in range(3):
        depart(sub)
    row = Stock.objects.get(sku=sku)
    assert (row.on_hand, row.reserved) == (3, 0)
    assert trade.get("T1").status == "shipped"
    suborders.move([sub.pk], SubOrderStatus.DELIVERED)
    assert trade.get("T1").status == "completed"
    clean()


def test_a_held_order_does_not_leave(trade):
    sku = trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 2, 1000)))
    trade.allocate()
    sub = pack(trade, "T1")
    holds.hold([trade.get("T1").pk], "wait")
    with pytest.raises(Conflict) as caught:
        depart(sub)
    assert caught.value.code == "order_held"
    assert reserved(sku) == 2


def test_a_sub_order_cannot_jump(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 100)))
    trade.allocate()
    [sub] = trade.get("T1").suborders.all()
    with pytest.raises(Conflict) as caught:
        suborders.move([sub.pk], SubOrderStatus.PACKED)
    assert caught.value.code == "illegal_move"


def test_a_change_after_packing_takes_the_parcel_back_and_routes_anew(trade):
    sku = trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 3, 900)))
    trade.allocate()
    pack(trade, "T1")
    trade.take(trade.order("T1", ("A", 1, 300), minutes=1))
    assert trade.get("T1").status == "ready"
    assert reserved(sku) == 0
    trade.allocate()
    assert reserved(sku) == 1
    assert sorted(SubOrder.objects.values_list("status", flat=True)) == ["cancelled", "reserved"]
    clean()


def test_a_replacement_is_one_new_order_to_the_same_receiver(trade):
    trade.sku("A", near=5)
    tax = CanonicalAdjustment(AdjustmentKind.TAX, 130)
    trade.take(trade.order("T1", ("A", 2, 1000), adjustments=(tax,)))
    source = trade.get("T1")
    made = {orders.create_replacement(source.pk, [(1, 1)], "broken", "R1") for _again in range(3)}
    replacement = Order.objects.get(pk=made.pop())
    assert made == set()
    assert (replacement.order_no, replacement.paid_minor, replacement.receiver_id) == ("T1-RR1", 0, source.receiver_id)
    assert (source.adjustments, replacement.adjustments) == ({"tax": 130}, None), "there is nothing to pay"
    trade.allocate()
    assert Order.objects.get(pk=replacement.pk).status == "allocated"
    clean()


@pytest.mark.django_db(transaction=True)
def test_parallel_allocators_oversell_nothing():
    trade = Trade()
    sku = trade.sku("HOT", near=20, far=10)
    trade.take(*[trade.order(f"T{n}", ("HOT", 1, 100)) for n in range(60)])
    errors = []

    def work():
        try:
            while trade.allocate():
                pass
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert reserved(sku) == 30
    assert Order.objects.filter(status="allocated").count() == 30
    assert Order.objects.filter(status="backordered").count() == 30
    clean()
