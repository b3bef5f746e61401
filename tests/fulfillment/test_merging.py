"""Orders of one receiver leave in one parcel: each keeps its own number, money and story."""

import uuid
from dataclasses import replace

import pytest

from core.errors import Conflict
from core.models import Event
from core.services import outbox
from finance.domain.costs import DEFAULT_RATES
from finance.models import OrderCost
from fulfillment.models import Parcel, PickLine, Tote, Waybill
from fulfillment.services import packing, picking, shipping, shorts, waves, waybills
from fulfillment.services.tracking import apply_tracks
from inventory.models import Stock
from oms.services import holds, merging, orders
from tests.fulfillment.floor import clean, statuses
from tests.fulfillment.test_tracking import JOURNEY, push
from tests.oms.trade import RECEIVER


@pytest.fixture
def pair(floor):
    """Two orders of one receiver, their goods locked in one warehouse."""
    floor.sku("A", near=20)
    floor.sku("B", near=20)
    floor.sell("T1", ("A", 1, 500))
    floor.sell("T2", ("A", 1, 700), ("B", 2, 900))
    return floor


def merge(floor, *numbers, note="same buyer"):
    done = merging.merge([floor.get(no).pk for no in numbers], note)
    picking.finish_all()  # walks that nothing is left on
    return done


def inside(parcel):
    shares = parcel.shares.order_by("suborder_id")
    return list(shares.values_list("suborder__order__order_no", flat=True))


def shipped(kind="fulfillment.parcel_shipped"):
    return [event.payload for event in Event.objects.filter(type=kind).order_by("id")]


def test_they_are_picked_into_one_tote_packed_as_one_and_leave_with_one_number(pair):
    merge(pair, "T1", "T2")
    task = pair.wave()
    assert Tote.objects.filter(task=task).count() == 1
    assert {line.tote.suborder_id for line in PickLine.objects.filter(task=task)} == {pair.sub("T1").pk}
    pair.walk(task)
    [parcel] = Parcel.objects.filter(state="open")
    assert inside(parcel) == ["T1", "T2"]
    assert packing.open(f"T{task.pk}-1") == packing.open(f"S{pair.sub('T2').pk}") == parcel
    assert [(item.code, item.qty) for item, _scanned in packing.contents(parcel)] == [("A", 2), ("B", 2)]
    pair.pack("T1")
    waybills.fetch([parcel.pk])
    assert [request.order_nos for request in pair.carrier_office.asked] == [("T1", "T2")]
    assert shipping.handover([parcel.pk]) == {parcel.pk: None}
    assert statuses() == ["shipped", "shipped"]
    number = Waybill.objects.get().number
    told = shipped()
    assert [(one["order_id"], one["waybill_no"]) for one in told] == [(pair.get(no).pk, number) for no in ("T1", "T2")]
    assert [[line["qty"] for line in one["lines"]] for one in told] == [[1], [1, 2]]
    clean()


def test_freight_packing_and_labour_are_paid_once_and_shared(pair):
    merge(pair, "T1", "T2")
    [parcel] = pair.ship("T1")
    outbox.relay_all()
    costs = [OrderCost.objects.get(order_id=pair.get(no).pk) for no in ("T1", "T2")]
    assert sum(cost.freight_estimated_fen for cost in costs) == parcel.freight_fen
    assert [cost.freight_estimated_fen for cost in costs] == [125, 375]  # 100 g and 300 g of one first weight of 5 yuan
    assert sum(cost.packing_fen for cost in costs) == DEFAULT_RATES.packing_fen
    assert sum(cost.labour_fen for cost in costs) == DEFAULT_RATES.labour_fen()
    assert sum(cost.parcels for cost in costs) == 1
    clean()


def test_tracking_reaches_every_order_in_the_parcel(pair):
    merge(pair, "T1", "T2")
    [parcel] = pair.ship("T1")
    apply_tracks([push(parcel.waybill_no, *JOURNEY)])
    assert statuses() == ["delivered", "delivered"]
    nodes = [(one["node"], one["order_id"]) for one in shipped("fulfillment.parcel_node")]
    assert sorted(nodes) == sorted(
        (node, pair.get(no).pk) for node in ("picked_up", "delivered") for no in ("T1", "T2")
    )
    clean()


def test_goods_in_two_warehouses_are_locked_anew_in_the_one_that_has_them_all(floor):
    floor.sku("A", near=1, far=5)
    floor.sku("B", far=5)
    floor.sell("T1", ("A", 1, 500))
    floor.sell("T2", ("B", 1, 700))
    assert [floor.sub(no).warehouse_id for no in ("T1", "T2")] == [floor.near.pk, floor.far.pk]
    merge(floor, "T1", "T2")
    assert {floor.sub(no).warehouse_id for no in ("T1", "T2")} == {floor.far.pk}
    assert sorted(statuses()) == ["cancelled", "cancelled", "reserved", "reserved"]
    assert Stock.objects.get(sku__code="A", warehouse=floor.near).reserved == 0
    clean()


def test_without_a_warehouse_that_has_everything_nothing_changes(floor):
    floor.sku("A", near=1)
    floor.sku("B", far=1)
    floor.sell("T1", ("A", 1, 500))
    floor.sell("T2", ("B", 1, 700))
    with pytest.raises(Conflict) as refusal:
        merge(floor, "T1", "T2")
    assert refusal.value.code == "no_common_warehouse"
    assert statuses() == ["reserved", "reserved"]
    clean()


def test_an_order_on_a_walk_that_nobody_has_begun_is_called_back(pair):
    waves.plan(pair.near.pk)  # both, apart
    assert Parcel.objects.filter(state="open").count() == 2
    merge(pair, "T1", "T2")
    assert statuses() == ["reserved", "reserved"]
    assert Parcel.objects.filter(state="open").count() == 0
    assert not PickLine.objects.filter(state="open").exists()
    assert [inside(parcel) for parcel in pair.ship("T1")] == [["T1", "T2"]]
    clean()


def test_once_picking_has_begun_nothing_is_merged_or_taken_apart(pair):
    merge(pair, "T1", "T2")
    task = pair.wave()
    pair.pick_line(task)
    pair.sell("T3", ("B", 1, 300))
    for act in (
        lambda: merging.undo(pair.get("T2").pk, ""),
        lambda: merge(pair, "T2", "T3"),
        lambda: merging.seal(pair.get("T2").pk, "", no_merge=True),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert (refusal.value.code, refusal.value.fields["reason"]) == ("cannot_merge", "picking_begun")
    pair.walk(task)
    assert statuses()[:2] == ["picked", "picked"]
    clean()


def test_undone_they_leave_apart(pair):
    merge(pair, "T1", "T2")
    pair.wave()
    assert merging.undo(pair.get("T1").pk, "two gifts") == [pair.get("T1").pk, pair.get("T2").pk]
    picking.finish_all()
    parcels = pair.ship("T1", "T2")
    assert [inside(parcel) for parcel in parcels] == [["T1"], ["T2"]]
    assert parcels[0].waybill_no != parcels[1].waybill_no
    clean()


def test_one_is_taken_out_and_the_rest_goes_on(pair):
    pair.sell("T3", ("B", 1, 300))
    merge(pair, "T1", "T2", "T3")
    merging.seal(pair.get("T2").pk, "a gift of its own", no_merge=True)
    assert pair.get("T2").no_merge
    picking.finish_all()
    pair.pick_all()
    assert sorted(inside(parcel) for parcel in Parcel.objects.filter(state="open")) == [["T1", "T3"], ["T2"]]
    clean()


@pytest.mark.parametrize("moment", ["pool", "walk", "picked", "packed"])
def test_a_cancelled_order_leaves_the_merge_and_the_rest_goes_on(pair, moment):
    pair.sell("T3", ("B", 1, 300))
    merge(pair, "T1", "T2", "T3")
    if moment != "pool":
        task = pair.wave()
        if moment != "walk":
            pair.walk(task)
        if moment == "packed":
            waybills.fetch([pair.pack("T1").pk])
    orders.cancel([pair.get("T2").pk], "not wanted")
    outbox.relay_all()
    if moment in {"pool", "walk"}:
        picking.finish_all()
        pair.pick_all()
    if moment == "walk":
        pair.walk(task)
    [parcel] = Parcel.objects.filter(state="open")
    assert inside(parcel) == ["T1", "T3"]
    pair.pack("T1")
    waybills.fetch([parcel.pk])
    assert shipping.handover([parcel.pk]) == {parcel.pk: None}
    assert [pair.get(no).status for no in ("T1", "T2", "T3")] == ["shipped", "cancelled", "shipped"]
    clean()


@pytest.mark.parametrize("moment", ["pool", "walk", "picked", "packed"])
def test_an_order_whose_receiver_changes_leaves_at_once_whatever_has_been_done(pair, moment):
    merge(pair, "T1", "T2")
    if moment != "pool":
        task = pair.wave()
        if moment != "walk":
            pair.walk(task)
        if moment == "packed":
            old = pair.pack("T1")
            waybills.fetch([old.pk])
    elsewhere = replace(RECEIVER, detail="科技园路99号")
    pair.take(pair.order("T2", ("A", 1, 700), ("B", 2, 900), minutes=5, receiver=elsewhere))
    assert set(pair.get("T2").suborders.values_list("merge_id", flat=True)) == {None}
    if moment == "packed":  # before the relay has told the floor
        assert shipping.handover([old.pk])[old.pk].code == "box_changed"
    outbox.relay_all()
    if moment == "walk":
        pair.walk(task)
    picking.finish_all()
    pair.pick_all()
    parcels = [pair.pack(no) for no in ("T1", "T2")]
    waybills.fetch([parcel.pk for parcel in parcels])
    assert set(shipping.handover([parcel.pk for parcel in parcels]).values()) == {None}
    assert [inside(parcel) for parcel in parcels] == [["T1"], ["T2"]]
    assert [request.receiver.detail[-3:] for request in pair.carrier_office.asked[-2:]] == ["路1号", "99号"]
    clean()


def test_a_held_order_leaves_while_nothing_is_picked(pair):
    merge(pair, "T1", "T2")
    task = pair.wave()
    holds.hold([pair.get("T2").pk], "wait")
    outbox.relay_all()
    pair.walk(task)
    [parcel] = Parcel.objects.filter(state="open")
    assert inside(parcel) == ["T1"]
    pair.pack("T1")
    assert statuses() == ["packed", "reserved"]
    clean()


def test_held_after_picking_began_the_parcel_waits_with_it(pair):
    merge(pair, "T1", "T2")
    task = pair.wave()
    pair.pick_line(task)
    holds.hold([pair.get("T2").pk], "wait")
    outbox.relay_all()
    pair.walk(task)
    with pytest.raises(Conflict) as refusal:
        pair.pack("T1")
    assert refusal.value.code == "order_held"
    clean()


def test_a_short_pick_takes_only_its_own_order_out(floor):
    a, b = floor.sku("A", near=2), floor.sku("B", near=1)
    floor.sell("T1", ("A", 1, 500))
    floor.sell("T2", ("B", 1, 700))
    merge(floor, "T1", "T2")
    task = floor.wave()
    for _line in range(2):
        line = picking.next_line(task.pk)
        if line.sku_id == b.pk:
            shorts.short(line.pk, uuid.uuid4(), None)
        else:
            floor.pick_line(task)
    outbox.relay_all()
    assert floor.in_bin(a, "S1")[0] == 1
    floor.pack("T1")
    assert statuses() == ["packed", "cancelled"]
    clean()


def test_a_planner_waits_until_all_that_leaves_together_is_there(pair):
    merge(pair, "T1", "T2")
    holds.hold([pair.get("T2").pk], "wait")  # the floor has not heard of it yet
    assert waves.plan(pair.near.pk) == []
    outbox.relay_all()
    assert len(waves.plan(pair.near.pk)) == 1
    clean()


def test_a_refund_of_a_part_stays_in_the_parcel(pair):
    merge(pair, "T1", "T2")
    pair.wave()
    pair.take(pair.order("T2", ("A", 1, 700), ("B", 1, 450), minutes=5))
    outbox.relay_all()
    [parcel] = Parcel.objects.filter(state="open")
    assert inside(parcel) == ["T1", "T2"]
    assert [(item.code, item.qty) for item, _scanned in packing.contents(parcel)] == [("A", 2), ("B", 1)]
    clean()
