"""A bin with less in it than the books say: the wave goes on, the books come right, nobody is sent there again."""

import uuid

from fulfillment.models import PickLine, Shortfall
from fulfillment.services import picking, shorts, waves
from inventory.models import Stock
from oms.models import SubOrder
from tests.fulfillment.floor import clean, statuses


def report_short(floor, task):
    return shorts.short(picking.next_line(task.pk).pk, uuid.uuid4(), floor.picker.pk).code


def on_hand(sku, house):
    return Stock.objects.get(sku=sku, warehouse=house).on_hand


def test_the_rest_comes_from_another_bin(floor):
    a = floor.sku("A", near=3)
    floor.stock(a, near=5, at="B2")
    floor.sell("T1", ("A", 3, 300))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    floor.scan(task, floor.barcode(a))
    assert report_short(floor, task) == "short"
    line = picking.next_line(task.pk)
    assert (line.bin.code, line.qty) == ("NEAR-B2", 2)
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "B2")) == ((0, 0), (5, 2))
    assert on_hand(a, floor.near) == 6
    clean()
    floor.walk(task)
    assert statuses() == ["picked"]
    clean()


def test_without_another_bin_the_suborder_is_routed_anew_and_the_walk_goes_on(floor):
    a = floor.sku("A", near=2, far=5)
    floor.sku("B", near=5, far=5), floor.sku("C", near=5)
    floor.sell("T1", ("A", 2, 200), ("B", 1, 100))
    floor.sell("T2", ("B", 1, 100), ("C", 1, 100))
    waves.plan(floor.near.pk)
    task = picking.claim(floor.picker.pk, None)
    while picking.next_line(task.pk).sku != a:
        floor.pick_line(task)
    floor.scan(task, "NEAR-A1")
    floor.scan(task, floor.barcode(a))
    assert report_short(floor, task) == "short"
    assert floor.in_bin(a, "A1") == (1, 0)  # the one that was found is back
    assert on_hand(a, floor.near) == 1
    clean()
    floor.allocate()
    assert floor.sub("T1").warehouse == floor.far
    floor.pick_all()
    assert sorted(SubOrder.objects.exclude(status="cancelled").values_list("status", flat=True)) == ["picked", "picked"]
    clean()


def test_the_parcel_of_a_suborder_taken_back_is_void(floor):
    floor.sku("A", near=2, far=5)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    report_short(floor, task)
    clean()
    floor.allocate()
    floor.pick_all()
    assert floor.parcel("T1").warehouse == floor.far


def test_reporting_twice_is_reporting_once(floor):
    a = floor.sku("A", near=3)
    floor.stock(a, near=5, at="B2")
    floor.sell("T1", ("A", 3, 300))
    task = floor.wave()
    line, act = picking.next_line(task.pk), uuid.uuid4()
    for _ in range(2):
        shorts.short(line.pk, act, floor.picker.pk)
    shorts.short(line.pk, uuid.uuid4(), floor.picker.pk)
    assert PickLine.objects.filter(state="open").get().qty == 3
    clean()


def test_when_all_else_is_promised_the_least_urgent_order_gives_way(floor):
    a = floor.sku("A", near=2)
    floor.stock(a, near=2, at="B2")
    floor.sell("first", ("A", 2, 200))
    task = floor.wave()
    floor.sell("second", ("A", 2, 200))  # holds the units in B2
    assert report_short(floor, task) == "short"
    # The books cannot lose two units yet: both orders hold two of four. Meanwhile nobody is sent to the empty bin.
    assert floor.in_bin(a, "A1") == (2, 2)
    assert picking.next_line(task.pk).bin.code == "NEAR-B2"
    clean()
    assert waves.plan(floor.near.pk) == []
    assert shorts.settle() == 1
    assert (on_hand(a, floor.near), floor.in_bin(a, "A1")) == (2, (0, 0))
    assert [s.status for s in SubOrder.objects.order_by("id")] == ["waved", "cancelled"]
    assert Shortfall.objects.get().settled_at is not None
    floor.allocate()
    assert floor.get("second").status == "backordered"
    floor.walk(task)
    clean()
    assert shorts.settle() == 0
