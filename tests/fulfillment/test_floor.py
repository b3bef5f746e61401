import threading
import uuid
from dataclasses import replace

import pytest
from django.db import connection

from core.errors import Conflict
from core.invariants import run as audit
from core.models import Job
from core.services import jobs, outbox, replay
from fulfillment.models import PackScan, Parcel, PickLine, PickTask, Wave, Waybill
from fulfillment.services import labels, packing, picking, shipping, waves, waybills
from inventory.models import BinStock, Stock
from oms.models import SubOrder
from oms.services import holds, orders
from tests.fulfillment.floor import Floor
from tests.oms.trade import RECEIVER


def clean():
    assert [f for f in audit() if f.violations] == []
    assert replay.verify().ok


def one_walk(floor, *items, near=9):
    """One order of one warehouse, waved; returns its walk."""
    for code, _qty, _net in items:
        floor.sku(code, near=near)
    floor.take(floor.order("T1", *items))
    floor.allocate()
    floor.wave()
    return PickTask.objects.get()


def test_waves_are_made_by_profile_and_walked_in_metres(floor):
    for code in "AB":
        floor.sku(code, near=20)
    floor.take(
        floor.order("single", ("A", 1, 100)),
        floor.order("same", ("A", 3, 300)),
        floor.order("mixed", ("A", 1, 100), ("B", 2, 200)),
    )
    floor.allocate()
    floor.wave()
    assert sorted(Wave.objects.values_list("kind", "state")) == [
        ("multi", "released"),
        ("same_sku", "released"),
        ("single", "released"),
    ]
    assert set(SubOrder.objects.values_list("status", flat=True)) == {"waved"}
    assert Parcel.objects.filter(state="open").count() == 3
    clean()


def test_a_held_order_stays_out_of_the_waves(floor):
    floor.sku("A", near=5)
    floor.take(floor.order("T1", ("A", 1, 100)))
    floor.allocate()
    holds.hold([floor.get("T1").pk], "wait")
    assert floor.wave() == []


def test_bin_first_then_the_item_and_wrong_scans_are_loud(floor):
    task = one_walk(floor, ("A", 1, 100), ("B", 1, 100))
    line = picking.next_line(task.pk)
    other = PickLine.objects.exclude(pk=line.pk).get()
    assert floor.scan(task, floor.barcode(line.sku_id)) == "bin_first"
    assert floor.scan(task, line.bin.code) == "bin"
    assert floor.scan(task, floor.barcode(other.sku_id)) == "wrong_item"
    assert floor.scan(task, "0000") == "unknown"
    assert floor.scan(task, floor.barcode(line.sku_id)) == "ok"


def test_a_scan_counts_once_however_often_it_is_sent(floor):
    task = one_walk(floor, ("A", 2, 200))
    line = picking.next_line(task.pk)
    floor.scan(task, line.bin.code)
    gun = uuid.uuid4()
    for _repeat in range(3):
        assert picking.scan(task.pk, floor.barcode(line.sku_id), gun, None).code == "ok"
    assert PickLine.objects.get().picked_qty == 1
    clean()


def test_undo_puts_the_last_item_back(floor):
    task = one_walk(floor, ("A", 2, 200))
    line = picking.next_line(task.pk)
    floor.scan(task, line.bin.code)
    floor.scan(task, floor.barcode(line.sku_id))
    click = uuid.uuid4()
    for _repeat in range(2):
        assert picking.undo(task.pk, click, None).code == "undone"
    assert PickLine.objects.get().picked_qty == 0
    assert BinStock.objects.get(bin=line.bin).promised == 2
    clean()


def test_a_short_bin_sends_the_picker_to_another(floor):
    sku = floor.sku("A", near=2)
    floor.second_bin(sku, 5)
    floor.take(floor.order("T1", ("A", 2, 200)))
    floor.allocate()
    floor.wave()
    task = PickTask.objects.get()
    first = picking.next_line(task.pk)
    picking.short(first.pk, uuid.uuid4(), None)
    second = picking.next_line(task.pk)
    assert second.bin_id != first.bin_id
    floor.pick(task)
    assert SubOrder.objects.get().status == "picked"
    clean()


def test_a_short_shelf_without_another_takes_the_order_back_and_counts_it_off(floor):
    task = one_walk(floor, ("A", 2, 200), near=2)
    picking.short(picking.next_line(task.pk).pk, uuid.uuid4(), None)
    assert SubOrder.objects.get().status == "cancelled"
    assert Stock.objects.get(warehouse=floor.near).on_hand == 0
    assert Wave.objects.get().state == "done"
    floor.allocate()
    assert floor.get("T1").status == "backordered"
    clean()


def test_a_cancelled_order_is_struck_on_the_walk_and_its_goods_go_back(floor):
    task = one_walk(floor, ("A", 2, 200), ("B", 1, 100))
    line = picking.next_line(task.pk)
    floor.scan(task, line.bin.code)
    floor.scan(task, floor.barcode(line.sku_id))
    orders.cancel([floor.get("T1").pk], "buyer")
    outbox.relay_all()
    assert set(PickLine.objects.values_list("state", flat=True)) == {"struck"}
    assert Parcel.objects.get().state == "voided"
    assert Stock.objects.filter(reserved__gt=0).count() == 0
    assert BinStock.objects.filter(bin__zone__kind="staging", qty__gt=0).count() == 0
    clean()


def test_an_amendment_trims_the_walk(floor):
    task = one_walk(floor, ("A", 3, 300))
    floor.take(floor.order("T1", ("A", 1, 100), minutes=1))
    outbox.relay_all()
    line = PickLine.objects.get()
    assert (line.qty, line.state) == (1, "open")
    floor.pick(task)
    assert SubOrder.objects.get().status == "picked"
    clean()


def packed(floor, *items):
    task = one_walk(floor, *items)
    waybills.fetch(waybills.needing_number())
    floor.pick(task)
    floor.pack_all()
    return Parcel.objects.get()


def test_every_unit_is_verified_and_what_does_not_belong_is_refused(floor):
    task = one_walk(floor, ("A", 2, 200))
    stranger = floor.sku("X", near=1)
    floor.pick(task)
    parcel = Parcel.objects.get()
    a = floor.barcode(PickLine.objects.get().sku_id)
    verdicts = [
        packing.scan(parcel.pk, code, uuid.uuid4(), None).code for code in (a, floor.barcode(stranger.pk), "?", a, a)
    ]
    assert verdicts == ["ok", "wrong", "unknown", "ok", "extra"]
    assert PackScan.objects.count() == 5


def test_a_parcel_closes_only_complete_and_at_the_right_weight(floor):
    task = one_walk(floor, ("A", 3, 300))
    floor.pick(task)
    parcel = Parcel.objects.get()
    with pytest.raises(Conflict) as missing:
        packing.complete(parcel.pk, parcel.expected_g, fragile_checked=True)
    assert missing.value.code == "units_missing"
    code = floor.barcode(PickLine.objects.get().sku_id)
    for _unit in range(3):
        packing.scan(parcel.pk, code, uuid.uuid4(), None)
    with pytest.raises(Conflict) as light:
        packing.complete(parcel.pk, parcel.expected_g - 100, fragile_checked=True)
    assert (light.value.code, light.value.fields["culprit"]) == ("weight_mismatch", "-A")
    packing.complete(parcel.pk, parcel.expected_g + 20, fragile_checked=True)
    assert SubOrder.objects.get().status == "packed"


def test_fragile_goods_need_the_packers_word(floor):
    floor.sku("GLASS", near=5, is_fragile=True)
    floor.take(floor.order("T1", ("GLASS", 1, 100)))
    floor.allocate()
    floor.wave()
    floor.pick_all()
    parcel = Parcel.objects.get()
    packing.scan(parcel.pk, floor.barcode(PickLine.objects.get().sku_id), uuid.uuid4(), None)
    with pytest.raises(Conflict) as caught:
        packing.complete(parcel.pk, parcel.expected_g, fragile_checked=False)
    assert caught.value.code == "fragile_unchecked"


def test_hand_over_posts_the_stock_once_and_tells_the_world_once(floor):
    parcel = packed(floor, ("A", 2, 200))
    assert [shipping.handover([parcel.pk]) for _click in range(3)] == [{parcel.pk: None}] * 3
    stock = Stock.objects.get(warehouse=floor.near)
    assert (stock.on_hand, stock.reserved) == (7, 0)
    assert floor.get("T1").status == "shipped"
    clean()


def test_one_refused_parcel_keeps_no_other_from_its_number(floor, gateway):
    floor.sku("A", near=50)
    floor.take(*[floor.order(f"T{n}", ("A", 1, 100)) for n in range(20)])
    floor.allocate()
    floor.wave()
    parcels = list(Parcel.objects.order_by("id"))
    gateway.refuse.add(f"OR{parcels[7].pk}-1")
    results = waybills.fetch([parcel.pk for parcel in parcels])
    assert [results[parcel.pk] for parcel in parcels] == ["refused" if n == 7 else "bound" for n in range(20)]
    assert Waybill.objects.get(state="refused").error == "no such street"


def test_no_answer_is_asked_after_never_repeated(floor, gateway):
    one_walk(floor, ("A", 1, 100))
    parcel = Parcel.objects.get()
    gateway.silent.add(f"OR{parcel.pk}-1")
    assert waybills.fetch([parcel.pk]) == {parcel.pk: "unknown"}
    assert waybills.fetch([parcel.pk]) == {}
    assert waybills.needing_number() == []
    assert waybills.ask_again() == {parcel.pk: "bound"}
    assert gateway.calls == [[f"OR{parcel.pk}-1"]]


def test_a_stale_label_neither_prints_nor_ships(floor):
    parcel = packed(floor, ("A", 1, 100))
    orders.fix_address(floor.get("T1").pk, replace(RECEIVER, detail="科技园路99号"))
    printed = labels.render([parcel.pk])
    assert (printed.pdf, printed.refused[parcel.pk][0]) == (b"", "stale_label")
    assert shipping.handover([parcel.pk])[parcel.pk].code == "stale_label"
    assert waybills.renew(parcel.pk) == {parcel.pk: "bound"}
    printed = labels.render([parcel.pk])
    assert printed.pdf.startswith(b"%PDF")
    assert (printed.refused, printed.unreadable) == ({}, {})
    assert shipping.handover([parcel.pk]) == {parcel.pk: None}
    clean()


def test_a_label_run_prints_what_it_can_and_names_the_rest(floor, gateway):
    floor.sku("A", near=9)
    rare = replace(RECEIVER, name="𠮷田")
    floor.take(floor.order("T1", ("A", 1, 100)), floor.order("T2", ("A", 1, 100), receiver=rare))
    floor.allocate()
    floor.wave()
    first, second = Parcel.objects.order_by("id")
    gateway.refuse.add(f"OR{first.pk}-1")
    labels.enqueue([first.pk, second.pk], None)
    jobs.run_next()
    job = Job.objects.get()
    assert (job.state, job.done, job.failed) == ("done", 1, 1)
    assert bytes(job.artifact).startswith(b"%PDF")
    assert [(row["ref"], row["ok"], row["code"]) for row in job.results] == [
        (f"P{first.pk}", False, "bad_address"),
        (f"P{second.pk}", True, "missing_glyph"),
    ]
    clean()


@pytest.mark.django_db(transaction=True)
def test_planners_and_clerks_at_once_promise_no_unit_and_take_no_number_twice(gateway):
    floor = Floor()
    floor.sku("A", near=30)
    floor.take(*[floor.order(f"T{n}", ("A", 1, 100)) for n in range(30)])
    floor.allocate()
    errors = []

    def run(work):
        try:
            work()
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    def together(work):
        threads = [threading.Thread(target=run, args=(work,)) for _worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    together(lambda: waves.plan(floor.near.pk))
    assert PickLine.objects.count() == 30
    together(lambda: waybills.fetch(waybills.needing_number()))
    assert errors == []
    assert Waybill.objects.filter(state="bound").count() == 30
    clean()
