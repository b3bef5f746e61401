import threading
from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import Bin
from core import clock
from core.errors import Conflict
from core.services import rules
from fulfillment.models import Parcel, PickLine, PickTask, Tote, Wave
from fulfillment.services import picking, waves
from inventory.models import BinStock
from oms.services import holds, orders
from tests.fulfillment.floor import Floor, clean, statuses


def rule(**action):
    made = rules.draft("wave", [{"name": "test", "conditions": [], "action": action}])
    rules.publish(made.pk)


def lines_of(wave_id):
    found = PickLine.objects.filter(task__wave_id=wave_id).order_by("sequence")
    return [(line.bin.code, line.sku.code, line.qty) for line in found.select_related("bin", "sku")]


def test_each_profile_gets_its_own_kind_of_wave(floor):
    floor.sku("A", near=9), floor.sku("B", near=9)
    floor.sell("one", ("A", 1, 100))
    floor.sell("many", ("A", 3, 300))
    floor.sell("mixed", ("A", 1, 100), ("B", 1, 100))
    waves.plan(floor.near.pk)
    assert sorted(Wave.objects.values_list("kind", flat=True)) == ["multi", "same_sku", "single"]
    assert statuses() == ["waved"] * 3
    clean()


def test_lines_follow_the_aisles_and_the_metres_are_the_walks(floor):
    a, b = floor.sku("A"), floor.sku("B")
    floor.stock(a, near=5, at="B2")
    floor.stock(b, near=5, at="A2")
    floor.sell("T1", ("A", 1, 100), ("B", 1, 100))
    [wave_id] = waves.plan(floor.near.pk)
    assert lines_of(wave_id) == [("NEAR-A2", "B", 1), ("NEAR-B2", "A", 1)]
    # in 3 + 12, over the far cross aisle (at 20 m) 8 + 3 + 6, home 6 + 14
    assert Wave.objects.get(pk=wave_id).metres == 15 + 17 + 20


def test_what_a_wave_saves_is_told_against_walking_order_by_order(floor):
    floor.sku("A", near=9), floor.sku("B", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 100), ("B", 1, 100))
    [wave_id] = waves.plan(floor.near.pk)
    wave = Wave.objects.get(pk=wave_id)
    assert (wave.metres, wave.metres_apart) == (10, 20)


def test_hot_pick_faces_are_emptied_before_bulk(floor):
    a = floor.sku("A", near=2)
    floor.stock(a, near=9, at="K1")
    floor.sell("T1", ("A", 2, 200))
    [first] = waves.plan(floor.near.pk)
    floor.sell("T2", ("A", 2, 200))
    [second] = waves.plan(floor.near.pk)
    assert (lines_of(first), lines_of(second)) == ([("NEAR-A1", "A", 2)], [("NEAR-K1", "A", 2)])


def test_mixed_goods_go_into_numbered_totes_and_single_items_into_one_heap(floor):
    floor.sku("A", near=9), floor.sku("B", near=9)
    floor.sell("m1", ("A", 1, 100), ("B", 1, 100))
    floor.sell("m2", ("A", 1, 100), ("B", 1, 100))
    floor.sell("s1", ("A", 1, 100))
    waves.plan(floor.near.pk)
    assert list(Tote.objects.order_by("number").values_list("number", "suborder_id")) == [
        (1, floor.sub("m1").pk),
        (2, floor.sub("m2").pk),
    ]
    assert PickLine.objects.filter(task__wave__kind="single").get().tote is None


def test_rules_set_the_limits_and_the_wave_remembers_which(floor):
    floor.sku("A", near=9)
    rule(max_orders=2)
    for no in ("T1", "T2", "T3"):
        floor.sell(no, ("A", 1, 100))
    waves.plan(floor.near.pk)
    assert sorted(task.lines.count() for task in PickTask.objects.all()) == [1, 2]
    assert set(Wave.objects.values_list("rule", flat=True)) == {"test"}


def test_orders_wait_for_company_until_a_person_says_now(floor):
    floor.sku("A", near=9)
    rule(min_orders=5, urgent_hours=0)
    floor.sell("T1", ("A", 1, 100), paid_at=clock.now())
    assert waves.plan(floor.near.pk) == []
    assert len(waves.plan(floor.near.pk, at_once=True)) == 1


def test_the_urgent_start_without_company(floor):
    floor.sku("A", near=9)
    rule(min_orders=5, urgent_hours=4)
    floor.sell("T1", ("A", 1, 100), paid_at=clock.now() - timedelta(hours=46))
    assert len(waves.plan(floor.near.pk)) == 1


def test_held_orders_are_not_in_the_pool(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    holds.hold([floor.get("T1").pk], "wait")
    assert waves.plan(floor.near.pk) == []


def test_a_released_wave_opens_its_parcels_once(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    [wave_id] = waves.plan(floor.near.pk, release_now=False)
    assert Parcel.objects.count() == 0
    waves.release([wave_id])
    waves.release([wave_id])
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.expected_g) == ("open", 2 * 100 + 60)


def test_a_wave_nobody_has_begun_can_be_called_off(floor):
    a = floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    [wave_id] = waves.plan(floor.near.pk)
    assert floor.in_bin(a, "A1") == (9, 2)
    waves.cancel(wave_id)
    assert floor.in_bin(a, "A1") == (9, 0)
    assert statuses() == ["reserved"]
    assert picking.claim(floor.picker.pk, None) is None
    with pytest.raises(Conflict) as refusal:
        waves.cancel(wave_id)
    assert refusal.value.code == "wave_over"
    assert len(waves.plan(floor.near.pk)) == 1
    clean()


def test_a_wave_somebody_picks_cannot(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    floor.scan(task, floor.barcode(PickLine.objects.get().sku))
    with pytest.raises(Conflict) as refusal:
        waves.cancel(task.wave_id)
    assert refusal.value.code == "wave_started"


def test_a_cancelled_order_leaves_the_pool_before_its_wave(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    orders.cancel([floor.get("T1").pk], "changed her mind")
    assert waves.plan(floor.near.pk) == []
    clean()


def test_orders_gather_in_the_pool_while_all_pickers_are_busy(floor):
    floor.sku("A", near=99)
    rule(max_backlog=1, urgent_hours=0)
    floor.sell("T0", ("A", 1, 100), paid_at=clock.now())
    waves.plan(floor.near.pk)
    for number in range(1, 5):
        floor.sell(f"T{number}", ("A", 1, 100), paid_at=clock.now())
        assert waves.plan(floor.near.pk) == []
    picking.claim(floor.picker.pk, None)
    [wave_id] = waves.plan(floor.near.pk)
    assert PickLine.objects.filter(task__wave_id=wave_id).count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_planners_and_many_pickers_are_never_promised_one_unit_twice():
    floor = Floor()
    floor.sku("A", near=6), floor.sku("B", near=6)
    for number in range(6):
        floor.sell(f"T{number}", ("A", 1, 100), ("B", 1, 100))
    rule(max_orders=1)
    users = [type(floor.picker).objects.create(username=f"p{n}") for n in range(6)]
    gate, claimed, trouble = threading.Barrier(6), [], []

    def work(user):
        try:
            gate.wait()
            waves.plan(floor.near.pk)
            gate.wait()
            claimed.append(picking.claim(user.pk, None).pk)
        except Exception as exc:
            trouble.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert trouble == []
    assert len(set(claimed)) == 6
    assert PickLine.objects.count() == 12
    shelf = BinStock.objects.filter(bin=Bin.objects.get(code="NEAR-A1"))
    assert list(shelf.values_list("qty", "promised")) == [(6, 6), (6, 6)]
    clean()
