import threading

import pytest
from django.db import connection

from core.models import Event, Job
from core.services import jobs, outbox
from fulfillment.models import Parcel, Waybill
from fulfillment.services import batch_jobs, labels, packing, shipping, waves, waybills
from inventory.models import Reservation, Stock
from oms.services import holds
from tests.fulfillment.floor import Floor, clean, statuses
from tests.oms.trade import RECEIVER


def packed(floor, *numbers):
    floor.sku("A", near=2000)
    for no in numbers:
        floor.take(floor.order(no, ("A", 1, 100)))
    floor.allocate()
    floor.pick_all()
    return [floor.pack(no).pk for no in numbers]


def move_house(floor, no, minutes=5):
    """The buyer's address changes."""
    fields = {name: getattr(RECEIVER, name) for name in RECEIVER.__slots__}
    moved = type(RECEIVER)(**{**fields, "detail": "软件园路2号"})
    floor.take(floor.order(no, ("A", 1, 100), minutes=minutes, receiver=moved))
    outbox.relay_all()


def pages(pdf):
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ")


def codes(refused):
    return {parcel_id: why[0] for parcel_id, why in refused.items()}


def test_of_500_labels_one_is_refused_and_499_are_printed(floor):
    floor.sku("A", near=600)
    for start in range(0, 500, 100):
        floor.take(*[floor.order(f"T{n}", ("A", 1, 100)) for n in range(start, start + 100)])
    floor.allocate()
    waves.plan_all()
    floor.carrier_office.refuse.add("T123")
    ids = list(Parcel.objects.order_by("id").values_list("id", flat=True))
    batch_jobs.enqueue(batch_jobs.LABELS, ids, None)
    assert jobs.run_next()
    job = Job.objects.get()
    bad = floor.parcel("T123").pk
    assert (job.state, job.total, job.done, job.failed) == ("done", 500, 499, 1)
    assert job.results == [{"ref": f"P{bad}", "ok": False, "code": "bad_address", "message": "the street is unknown"}]
    assert pages(bytes(job.artifact)) == 499
    assert Waybill.objects.filter(state="bound", prints=1).count() == 499
    # Once more, after the address was put right: nobody takes a second number.
    floor.carrier_office.refuse.clear()
    waybills.renew([bad])
    batch_jobs.enqueue(batch_jobs.LABELS, ids, None)
    assert jobs.run_next()
    again = Job.objects.latest("id")
    assert (again.done, again.failed, pages(bytes(again.artifact))) == (500, 0, 500)
    assert len(floor.carrier_office.numbers) == 500
    assert Waybill.objects.filter(prints=2).count() == 499
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner still believes that the tables are as empty as before the test
    clean()


def test_a_printed_label_that_went_stale_can_neither_be_printed_again_nor_shipped(floor):
    first, second = packed(floor, "T1", "T2")
    waybills.fetch([first, second])
    assert labels.render_batch([first, second]).refused == {}
    move_house(floor, "T1")
    printed = labels.render_batch([first, second])
    assert (codes(printed.refused), pages(printed.pdf)) == ({first: "stale_label"}, 1)
    assert Waybill.objects.get(parcel_id=first).prints == 1
    outcome = shipping.handover([first, second])
    assert (outcome[first].code, outcome[second]) == ("stale_label", None)
    assert statuses() == ["packed", "shipped"]
    assert waybills.renew([first]) == {first: "bound"}
    assert labels.render_batch([first]).refused == {}
    assert shipping.handover([first]) == {first: None}
    clean()


def test_a_parcel_without_a_number_is_refused_with_the_carriers_reason(floor):
    [parcel_id] = packed(floor, "T1")
    assert codes(labels.render_batch([parcel_id]).refused) == {parcel_id: "no_waybill"}
    floor.carrier_office.refuse.add("T1")
    waybills.fetch([parcel_id])
    printed = labels.render_batch([parcel_id])
    assert (printed.pdf, printed.refused) == (b"", {parcel_id: ("bad_address", "the street is unknown")})


def test_handing_over_posts_the_stock_and_tells_the_world(floor):
    [parcel_id] = packed(floor, "T1")
    waybills.fetch([parcel_id])
    assert shipping.handover([parcel_id]) == {parcel_id: None}
    assert shipping.handover([parcel_id]) == {parcel_id: None}
    told = Event.objects.get(type="fulfillment.parcel_shipped")
    line = {"line_no": 1, "sku_id": Stock.objects.get().sku_id, "qty": 1, "net_minor": 100}
    assert {key: told.payload[key] for key in ("carrier", "waybill_no", "weight_g", "freight_fen", "lines")} == {
        "carrier": "SF", "waybill_no": "SF1000", "weight_g": 160, "freight_fen": 500, "lines": [line],
    }  # fmt: skip
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(1999, 0)]
    assert list(Reservation.objects.values_list("state", flat=True)) == ["posted"]
    assert Waybill.objects.get().state == "shipped"
    assert floor.get("T1").status == "shipped"
    clean()


def test_freight_is_by_the_weight_on_the_scale(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    waybills.fetch([floor.parcel("T1").pk])
    assert floor.parcel("T1").freight_fen == 500
    floor.verify(floor.parcel("T1"))
    packing.complete(floor.parcel("T1").pk, 2100, overrule="packed with ice")
    shipping.handover([floor.parcel("T1").pk])
    assert Parcel.objects.get().freight_fen == 500 + 2 * 200
    clean()


def test_one_parcel_that_may_not_leave_keeps_no_other_back(floor):
    numbers = [f"T{n}" for n in range(60)]
    ids = packed(floor, *numbers)
    waybills.fetch(ids[1:])
    holds.hold([floor.get("T5").pk], "refund")
    outcome = shipping.handover([*ids, 999_999])
    stopped = {parcel_id: error.code for parcel_id, error in outcome.items() if error}
    assert stopped == {ids[0]: "no_waybill", ids[5]: "order_held", 999_999: "parcel_not_found"}
    assert statuses().count("shipped") == 58
    clean()


def test_a_hand_over_job_says_what_came_of_each_parcel(floor):
    ids = packed(floor, "T1", "T2")
    waybills.fetch(ids[:1])
    batch_jobs.enqueue(batch_jobs.HANDOVER, ids, None)
    jobs.run_next()
    job = Job.objects.get()
    assert (job.done, job.failed, [row["code"] for row in job.results]) == (1, 1, ["no_waybill"])


def test_a_number_job_fetches_and_says_who_got_none(floor):
    ids = packed(floor, "T1", "T2")
    floor.carrier_office.refuse.add("T2")
    batch_jobs.enqueue(batch_jobs.NUMBERS, ids, None)
    jobs.run_next()
    job = Job.objects.get()
    assert (job.done, job.failed) == (1, 1)
    assert job.results[0]["ref"] == f"P{ids[1]}"
    floor.carrier_office.refuse.clear()
    batch_jobs.enqueue(batch_jobs.RENEWED, ids[1:], None)
    jobs.run_next()
    assert Job.objects.latest("id").failed == 0


@pytest.mark.django_db(transaction=True)
def test_two_vans_that_load_the_same_parcels_at_once_take_each_once():
    floor = Floor()
    floor.sku("B", near=50)
    ids = packed(floor, *[f"T{n}" for n in range(8)])
    waybills.fetch(ids)
    gate, outcomes, trouble = threading.Barrier(4), [], []

    def load(order):
        try:
            gate.wait()
            outcomes.append(shipping.handover(order))
        except Exception as exc:
            trouble.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=load, args=[order]) for order in (ids, ids[::-1], ids[::2], ids[1::2])]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert trouble == []
    assert all(set(outcome.values()) == {None} for outcome in outcomes)
    assert Event.objects.filter(type="fulfillment.parcel_shipped").count() == 8
    assert Stock.objects.get(sku__code="A").on_hand == 1992
    clean()


def test_a_letter_the_font_lacks_is_printed_as_a_mark_and_told(floor):
    floor.sku("A", near=9)
    fields = {name: getattr(RECEIVER, name) for name in RECEIVER.__slots__}
    floor.take(floor.order("T1", ("A", 1, 100), receiver=type(RECEIVER)(**{**fields, "name": "𠮷田"})))
    floor.allocate()
    waves.plan_all()
    parcel_id = floor.parcel("T1").pk
    batch_jobs.enqueue(batch_jobs.LABELS, [parcel_id], None)
    jobs.run_next()
    job = Job.objects.get()
    assert (job.done, job.failed, pages(bytes(job.artifact))) == (1, 0, 1)
    assert [(row["ref"], row["ok"], row["code"]) for row in job.results] == [(f"P{parcel_id}", True, "missing_glyphs")]
