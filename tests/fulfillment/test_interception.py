"""What changes while people walk: cancelled, trimmed, held and amended orders."""

import uuid

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Delivery
from core.services import outbox
from fulfillment.models import Parcel, PickLine
from fulfillment.selectors import floor as select
from fulfillment.services import picking, shorts, waves, waybills
from oms.services import holds, orders
from tests.fulfillment.floor import Floor, clean, statuses
from tests.oms.trade import RECEIVER


def states():
    return list(PickLine.objects.order_by("sequence").values_list("state", "qty", "picked_qty"))


def test_a_cancelled_order_is_struck_from_the_walk_and_its_units_go_back(floor):
    a, b = floor.sku("A", near=5), floor.sku("B", near=5)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 100), ("B", 1, 100))
    task = floor.wave()
    floor.pick_line(task)
    floor.pick_line(task)
    assert floor.in_bin(a, "S1") == (2, 0)
    orders.cancel([floor.get("T1").pk], "refund")
    outbox.relay_all()
    assert states() == [("struck", 1, 0), ("picked", 1, 1), ("struck", 1, 0), ("open", 1, 0)]
    assert (floor.in_bin(a, "S1"), floor.in_bin(a, "A1"), floor.in_bin(b, "A1")) == ((1, 0), (4, 0), (5, 1))
    [back] = select.to_put_back(task)
    assert (back.sku.code, back.units, back.tote.number) == ("A", 1, 1)
    clean()
    floor.walk(task)
    assert statuses() == ["cancelled", "picked"]
    clean()


def test_striking_the_last_open_line_ends_the_walk(floor):
    floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    task = floor.wave()
    orders.cancel([floor.get("T1").pk], "refund")
    outbox.relay_all()
    assert picking.finish_all() == 1
    task.wave.refresh_from_db()
    assert task.wave.state == "done"
    assert picking.claim(floor.picker.pk, None) is None
    clean()


def test_a_trimmed_order_is_picked_for_less(floor):
    a = floor.sku("A", near=9)
    floor.take(floor.order("T1", ("A", 5, 500)))
    floor.allocate()
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    for _ in range(4):
        floor.scan(task, floor.barcode(a))
    floor.take(floor.order("T1", ("A", 3, 300), minutes=1))
    outbox.relay_all()
    assert states() == [("picked", 3, 3)]
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "S1")) == ((6, 0), (3, 0))
    assert picking.undo(task.pk, uuid.uuid4(), None).code == "nothing"
    picking.finish_all()
    floor.pack("T1")
    clean()


def test_a_held_order_nobody_has_begun_leaves_the_walk_and_comes_back_after(floor):
    a = floor.sku("A", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 2, 200))
    task = floor.wave()
    holds.hold([floor.get("T1").pk], "address")
    outbox.relay_all()
    assert statuses() == ["reserved", "waved"]
    assert floor.in_bin(a, "A1") == (9, 2)
    clean()
    floor.walk(task)
    holds.release([floor.get("T1").holds.get().pk], "fine")
    [again] = waves.plan(floor.near.pk)
    assert PickLine.objects.filter(task__wave_id=again).get().suborder == floor.sub("T1")
    assert Parcel.objects.filter(order_id=floor.get("T1").pk).count() == 1
    clean()


def test_what_is_begun_is_picked_to_the_end_and_waits_at_the_bench(floor):
    a = floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    floor.scan(task, floor.barcode(a))
    holds.hold([floor.get("T1").pk], "address")
    outbox.relay_all()
    assert statuses() == ["waved"]
    floor.walk(task)
    assert statuses() == ["picked"]
    clean()


def test_a_new_address_makes_the_label_anew_before_anybody_prints_it(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    floor.wave()
    waybills.fetch(waybills.needing_number())
    first = Parcel.objects.get().waybill_no
    moved = type(RECEIVER)(**{**{f: getattr(RECEIVER, f) for f in RECEIVER.__slots__}, "detail": "软件园路2号"})
    floor.take(floor.order("T1", ("A", 1, 100), minutes=5, receiver=moved))
    outbox.relay_all()
    assert Parcel.objects.get().waybill_no == ""
    waybills.fetch(waybills.needing_number())
    assert Parcel.objects.get().waybill_no not in {"", first}
    assert waybills.give_back() == 1
    assert floor.carrier_office.returned == [first]
    assert waybills.give_back() == 0
    assert floor.carrier_office.asked[-1].receiver.detail == "软件园路2号"
    clean()


def test_messages_that_come_twice_change_nothing(floor):
    a = floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    floor.pick_line(task)
    orders.cancel([floor.get("T1").pk], "refund")
    outbox.relay_all()
    Delivery.objects.update(state="pending")
    outbox.relay_all()
    assert floor.in_bin(a, "A1") == (9, 0)
    clean()


ACTS = ["plan", "scan", "scan", "scan", "wrong", "undo", "skip", "short", "cancel", "trim", "hold", "free", "relay"]


@given(acts=st.lists(st.sampled_from(ACTS), max_size=40), random=st.randoms())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_on_the_floor_the_books_stay_right(db, acts, random):
    with transaction.atomic():
        floor = Floor()
        for code in "ABC":
            floor.stock(floor.sku(code, near=6, far=6), near=3, at="B2", key="more")
        for number in range(4):
            lines = [(code, random.randint(1, 3), 300) for code in random.sample("ABC", random.randint(1, 3))]
            floor.take(floor.order(f"T{number}", *lines))
        floor.allocate()
        for minute, act in enumerate(acts, start=1):
            happen(floor, act, random, minute)
        clean()
        transaction.set_rollback(True)


def happen(floor, act, random, minute):
    """One thing that a picker, a buyer or the machine may do now."""
    order = floor.get(f"T{random.randrange(4)}")
    task = picking.claim(floor.picker.pk, None)
    line = picking.next_line(task.pk) if task else None
    if act == "plan":
        floor.allocate()
        waves.plan(floor.near.pk)
    elif act == "relay":
        outbox.relay_all()
        picking.finish_all()
    elif act == "cancel" and not order.cancel_reason and order.status not in {"cancelled"}:
        orders.cancel([order.pk], "refund")
    elif act == "trim":
        kept = [(row.platform_sku, max(row.qty - 1, 1), 100) for row in order.lines.filter(current=True)]
        floor.take(floor.order(order.order_no, *kept, minutes=minute))
    elif act == "hold":
        holds.hold([order.pk], "look")
    elif act == "free":
        holds.release(list(order.holds.filter(released_at=None).values_list("id", flat=True)), "fine")
    elif line is not None:
        at_the_shelf(floor, act, task, line)


def at_the_shelf(floor, act, task, line):
    if act == "scan":
        if not picking.at_bin(line):
            floor.scan(task, line.bin.code)
        floor.scan(task, floor.barcode(line.sku))
    elif act == "wrong":
        floor.scan(task, "NEAR-S1")
    elif act == "undo":
        picking.undo(task.pk, uuid.uuid4(), None)
    elif act == "skip":
        picking.skip(task.pk, line.pk, uuid.uuid4(), None)
    elif act == "short":
        shorts.short(line.pk, uuid.uuid4(), None)
