import threading
import uuid

import pytest
from django.db import connection

from catalog.models import Barcode
from core.errors import Conflict
from fulfillment.models import PickLine, PickScan, PickTask, Wave
from fulfillment.selectors import floor as select
from fulfillment.services import picking, waves
from tests.fulfillment.floor import Floor, clean, statuses


def verdicts(task):
    return list(PickScan.objects.filter(task=task).order_by("id").values_list("verdict", flat=True))


def test_bin_then_item_moves_the_units_to_staging(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    assert floor.in_bin(a, "A1") == (5, 2)
    assert floor.scan(task, "NEAR-A1") == "bin"
    assert floor.scan(task, floor.barcode(a)) == "ok"
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "S1")) == ((4, 1), (1, 0))
    clean()
    assert floor.scan(task, floor.barcode(a)) == "ok"
    assert statuses() == ["picked"]
    assert Wave.objects.get().state == "done"
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "S1")) == ((3, 0), (2, 0))
    clean()


def test_an_item_before_its_bin_is_refused(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    task = floor.wave()
    assert floor.scan(task, floor.barcode(a)) == "bin_first"
    assert floor.in_bin(a, "S1") == (0, 0)


def test_every_wrong_scan_is_loud_and_recorded(floor):
    a, b = floor.sku("A", near=5), floor.sku("B", near=5)
    floor.sell("T1", ("A", 1, 100))
    task = floor.wave()
    Barcode.objects.create(code="CARTON", sku=a, qty=12)
    floor.scan(task, "NEAR-A1")
    wrong = ["NEAR-B2", floor.barcode(b), "no such code", "CARTON", "T999-1"]
    seen = [picking.scan(task.pk, code, uuid.uuid4(), floor.picker.pk) for code in wrong]
    assert [v.code for v in seen] == ["wrong_bin", "wrong_item", "unknown", "extra", "wrong_tote"]
    assert {v.tone for v in seen} == {"wrong"}
    assert verdicts(task)[1:] == [v.code for v in seen]
    assert floor.in_bin(a, "S1") == (0, 0)


def test_one_bin_scan_serves_all_its_lines(floor):
    a, b = floor.sku("A", near=9), floor.sku("B", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 100), ("B", 1, 100))
    task = floor.wave()
    assert floor.scan(task, "NEAR-A1") == "bin"
    assert [floor.scan(task, floor.barcode(sku)) for sku in (a, a, b, b)] == ["ok"] * 4
    assert statuses() == ["picked", "picked"]


def test_the_gun_may_send_another_case_and_full_width(floor):
    a = floor.sku("A", near=5)
    Barcode.objects.create(code="AbC-9", sku=a)
    Barcode.objects.create(code="LOWER1", sku=a)
    floor.sell("T1", ("A", 2, 100))
    task = floor.wave()
    assert floor.scan(task, "ｎｅａｒ-ａ１\r") == "bin"
    assert floor.scan(task, "lower1") == "ok"
    assert floor.scan(task, "AbC-9") == "ok"


def test_a_carton_counts_for_all_it_holds(floor):
    a = floor.sku("A", near=50)
    Barcode.objects.create(code="CARTON", sku=a, qty=12)
    floor.sell("T1", ("A", 13, 100))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    assert floor.scan(task, "CARTON") == "ok"
    assert floor.scan(task, "CARTON") == "extra"
    assert floor.in_bin(a, "S1") == (12, 0)


def test_a_repeated_scan_counts_once_and_gets_the_same_answer(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 3, 300))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    act = uuid.uuid4()
    first, again = (picking.scan(task.pk, floor.barcode(a), act, floor.picker.pk) for _ in range(2))
    assert first == again
    assert floor.in_bin(a, "S1") == (1, 0)
    clean()


def test_a_mixed_walk_says_which_tote(floor):
    floor.sku("A", near=9), floor.sku("B", near=9)
    floor.sell("T1", ("A", 1, 100), ("B", 1, 100))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    line = picking.next_line(task.pk)
    assert str(line.tote) == f"T{task.pk}-1"
    assert floor.scan(task, f"t{task.pk}-1") == "tote"
    assert floor.scan(task, f"T{task.pk}-2") == "wrong_tote"


def test_of_single_items_the_whole_heap_is_asked_for_at_once(floor):
    floor.sku("A", near=9)
    for no in ("T1", "T2", "T3"):
        floor.sell(no, ("A", 1, 100))
    task = floor.wave()
    assert select.units_here(picking.next_line(task.pk)) == 3
    floor.pick_line(task)
    assert select.units_here(picking.next_line(task.pk)) == 2


def test_undo_puts_the_last_item_back(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    floor.scan(task, floor.barcode(a))
    act = uuid.uuid4()
    assert [picking.undo(task.pk, act, floor.picker.pk).code for _ in range(2)] == ["undone", "undone"]
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "S1")) == ((5, 2), (0, 0))
    assert picking.undo(task.pk, uuid.uuid4(), floor.picker.pk).code == "nothing"
    clean()
    floor.walk(task)
    with pytest.raises(Conflict) as refusal:
        picking.undo(task.pk, uuid.uuid4(), floor.picker.pk)
    assert refusal.value.code == "walk_over"


def test_a_skipped_bin_comes_last(floor):
    a, b = floor.sku("A", near=5), floor.sku("B")
    floor.stock(b, near=5, at="B1")
    floor.sell("T1", ("A", 1, 100), ("B", 1, 100))
    floor.sell("T2", ("A", 1, 100), ("B", 1, 100))
    task = floor.wave()
    assert picking.next_line(task.pk).sku == a
    act = uuid.uuid4()
    for _ in range(2):
        picking.skip(task.pk, picking.next_line(task.pk).pk if _ == 0 else PickLine.objects.first().pk, act, None)
    codes = []
    while (line := picking.next_line(task.pk)) is not None:
        codes.append(line.sku.code)
        floor.pick_line(task)
    assert codes == ["B", "B", "A", "A"]
    clean()


def test_a_picker_keeps_one_walk_and_only_in_allowed_warehouses(floor):
    floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    waves.plan(floor.near.pk)
    assert picking.claim(floor.picker.pk, [floor.far.pk]) is None
    mine = picking.claim(floor.picker.pk, [floor.near.pk])
    assert picking.claim(floor.picker.pk, None) == mine
    assert picking.claim(floor.packer.pk, None) is None


def test_a_walk_whose_last_scan_did_not_get_to_close_it_is_closed_by_the_sweeper(floor, monkeypatch):
    floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    task = floor.wave()
    with monkeypatch.context() as crash:
        crash.setattr(picking, "finish", lambda task_id: False)
        floor.walk(task)
    assert statuses() == ["waved"]
    assert picking.finish_all() == 1
    assert statuses() == ["picked"]
    clean()


@pytest.mark.django_db(transaction=True)
def test_the_same_scan_sent_ten_times_at_once_takes_one_unit():
    floor = Floor()
    a = floor.sku("A", near=20)
    floor.sell("T1", ("A", 12, 1200))
    task = floor.wave()
    floor.scan(task, "NEAR-A1")
    gate, act, answers = threading.Barrier(10), uuid.uuid4(), []

    def shoot():
        try:
            gate.wait()
            answers.append(picking.scan(task.pk, floor.barcode(a), act, floor.picker.pk).code)
        except Exception as exc:
            answers.append(repr(exc))
        finally:
            connection.close()

    threads = [threading.Thread(target=shoot) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert answers == ["ok"] * 10
    assert floor.in_bin(a, "S1") == (1, 0)
    assert PickTask.objects.get().scans.count() == 2
    clean()
