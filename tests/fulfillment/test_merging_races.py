"""People, rules and the floor reach for the same orders at once: whoever is late is refused, nothing is torn."""

import threading
import uuid
from contextlib import suppress

import pytest
from django.db import connection

from core.errors import OneRopeError
from core.models import Event
from fulfillment import ports
from fulfillment.models import Parcel, PickLine, PickTask
from fulfillment.services import picking, waves
from oms.models import SubOrder
from oms.services import holds, merging, orders
from tests.fulfillment.floor import Floor, clean

ROUNDS = 12


@pytest.fixture
def floor(transactional_db):
    before = ports._gateway
    yield Floor()
    ports._gateway = before


def at_once(*works):
    """Run them at the same moment; expected refusals are fine, anything else is not."""
    gate, trouble = threading.Barrier(len(works)), []

    def run(work):
        try:
            gate.wait()
            with suppress(OneRopeError):
                work()
        except Exception as exc:
            trouble.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert trouble == []


def pair(floor, at):
    numbers = (f"T{at}-1", f"T{at}-2")
    for no in numbers:
        floor.sell(no, ("A", 1, 500))
    return [floor.get(no).pk for no in numbers]


def test_merging_against_the_first_scan(floor):
    """Either the merge comes first and the walk has nothing left of them, or the scan does and the merge is refused."""
    floor.sku("A", near=100)
    for at in range(ROUNDS):
        ids = pair(floor, at)
        waves.plan_all()
        task = PickTask.objects.filter(finished_at=None).order_by("-id").first()

        def scan(task=task):
            line = picking.next_line(task.pk)
            if line is not None:
                picking.scan(task.pk, line.bin.code, uuid.uuid4(), None)
                picking.scan(task.pk, floor.barcode(line.sku), uuid.uuid4(), None)

        at_once(lambda ids=ids: merging.merge(ids), scan)
        rows = SubOrder.objects.filter(order_id__in=ids).exclude(status="cancelled")
        picked = PickLine.objects.filter(suborder__in=rows, state__in=["open", "picked"], picked_qty__gt=0).exists()
        merged = rows.exclude(merge=None).count()
        assert merged in {0, 2} and bool(merged) != picked
        picking.finish_all()
        floor.pick_all()
    clean()


def test_planning_undoing_cancelling_and_holding_at_once(floor):
    floor.sku("A", near=200)
    for at in range(ROUNDS):
        ids = pair(floor, at)
        merging.merge(ids)
        at_once(
            lambda: waves.plan(floor.near.pk),
            lambda ids=ids: merging.undo(ids[0], "no"),
            lambda ids=ids, at=at: (orders.cancel if at % 2 else holds.hold)([ids[1]], "no"),
            lambda ids=ids: merging.merge(ids),
        )
        clean()
        picking.finish_all()
        floor.pick_all()
    clean()
    for parcel in Parcel.objects.exclude(state="voided"):
        inside = SubOrder.objects.filter(shares__parcel=parcel)
        assert inside.count() == 1 or len(set(inside.values_list("merge_id", flat=True))) == 1


def test_two_who_merge_the_same_make_one_merge(floor):
    floor.sku("A", near=100)
    for at in range(ROUNDS):
        ids = pair(floor, at)
        at_once(*[lambda ids=ids: merging.merge(ids)] * 3)
        assert Event.objects.filter(type="oms.order_merged", stream=f"oms.order:{ids[0]}").count() == 1
        assert len(set(SubOrder.objects.filter(order_id__in=ids).values_list("merge_id", flat=True))) == 1
    clean()
