import threading
from datetime import timedelta

import pytest
from django.db import connection

from catalog.models import Carrier, RateRow, RateSheet
from core import clock
from core.models import Event
from core.services import outbox, rules
from fulfillment.domain.carriage import WaybillGrant
from fulfillment.models import CarrierChoice, Parcel, Waybill
from fulfillment.services import waves, waybills
from oms.services import holds, orders
from tests.fulfillment.floor import Floor, clean


def sold(floor, *numbers):
    floor.sku("A", near=600)
    for no in numbers:
        floor.take(floor.order(no, ("A", 1, 100)))
    floor.allocate()
    waves.plan_all()
    return [floor.parcel(no).pk for no in numbers]


def express(floor, code, first_fen, hours):
    carrier = Carrier.objects.create(code=code, name=code, adapter="generic")
    sheet = RateSheet.objects.create(carrier=carrier, warehouse=floor.near, valid_from="2020-01-01")
    RateRow.objects.create(sheet=sheet, province="广东省", first_fen=first_fen, step_fen=100, hours=hours)


def rule(*made):
    drafted = rules.draft("carrier", [{"name": n, "conditions": c, "action": a} for n, c, a in made])
    rules.publish(drafted.pk)


def test_a_parcel_gets_one_number_however_often_it_is_asked_for(floor):
    [parcel_id] = sold(floor, "T1")
    assert waybills.fetch([parcel_id]) == {parcel_id: "bound"}
    assert waybills.fetch([parcel_id, parcel_id]) == {}
    waybill = Waybill.objects.get()
    assert (waybill.number, waybill.sort_code, waybill.reference) == ("SF1000", "755-12 A03", f"OR{parcel_id}-1")
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.waybill_no, parcel.freight_fen) == ("SF", "SF1000", 500)
    clean()


def test_the_carrier_is_told_the_receiver_the_sender_and_the_goods(floor):
    waybills.fetch(sold(floor, "T1"))
    [asked] = floor.carrier_office.asked
    assert (asked.receiver.name, asked.receiver.phone, asked.receiver.city) == ("王小明", "13800138000", "深圳市")
    assert (asked.items, asked.order_nos, asked.weight_g, asked.channel) == ((("A", 1),), ("T1",), 160, "taobao")


def test_no_receiver_reaches_the_events(floor):
    waybills.fetch(sold(floor, "T1"))
    told = str(list(Event.objects.filter(stream__startswith="fulfillment.").values_list("payload", flat=True)))
    assert "王小明" not in told
    assert "13800138000" not in told


def test_the_cheapest_carrier_is_taken_and_all_offers_are_kept(floor):
    express(floor, "ZTO", 300, 72)
    waybills.fetch(sold(floor, "T1"))
    choice = CarrierChoice.objects.get()
    assert (choice.carrier, choice.rule) == ("ZTO", "")
    assert choice.offers == [
        {"carrier": "ZTO", "fen": 300, "hours": 72},
        {"carrier": "SF", "fen": 500, "hours": 48},
    ]


@pytest.mark.parametrize(
    ("action", "carrier"),
    [
        ({"prefer": "fastest"}, "SF"),
        ({"within_hours": 50}, "SF"),
        ({"within_hours": 80}, "ZTO"),
        ({"within_hours": 10}, "ZTO"),
        ({"carrier": "SF"}, "SF"),
        ({"carrier": "FAR"}, "ZTO"),
    ],
)
def test_a_rule_weighs_money_against_hours(floor, action, carrier):
    express(floor, "ZTO", 300, 72)
    Carrier.objects.create(code="FAR", name="does not serve this place", adapter="generic")
    rule(("far", [{"field": "province", "op": "eq", "value": "西藏"}], {"carrier": "SF"}), ("all", [], action))
    waybills.fetch(sold(floor, "T1"))
    choice = CarrierChoice.objects.get()
    assert (choice.carrier, choice.rule, choice.rule_version, choice.wanted) == (carrier, "all", 1, action)


def test_a_place_nobody_serves_is_refused_at_once_with_its_reason(floor):
    [parcel_id] = sold(floor, "T1")
    RateRow.objects.all().delete()  # the sheet changed after the order was routed
    assert waybills.fetch([parcel_id]) == {parcel_id: "refused"}
    assert Waybill.objects.get().error_code == "no_carrier"
    assert floor.carrier_office.asked == []
    assert CarrierChoice.objects.get().carrier == ""
    assert waybills.needing_number() == []


def test_one_bad_parcel_of_many_costs_no_other_its_number(floor):
    ids = sold(floor, *[f"T{n}" for n in range(30)])
    floor.carrier_office.refuse.add("T7")
    outcome = waybills.fetch(ids)
    assert [parcel_id for parcel_id, state in outcome.items() if state != "bound"] == [ids[7]]
    refused = Waybill.objects.get(parcel_id=ids[7])
    assert (refused.state, refused.error_code, refused.error) == ("refused", "bad_address", "the street is unknown")
    assert waybills.needing_number() == []
    floor.carrier_office.refuse.clear()
    assert waybills.renew([ids[7]]) == {ids[7]: "bound"}
    clean()


def test_a_number_that_another_parcel_has_is_refused_for_its_own_parcel_only(floor, monkeypatch):
    first, second, third = sold(floor, "T1", "T2", "T3")
    waybills.fetch([first])
    taken = Waybill.objects.get().number
    real = floor.carrier_office.request

    def mixed_up(requests):
        return [
            WaybillGrant(r.reference, r.carrier, taken) if r.order_nos == ("T2",) else a
            for r, a in zip(requests, real(requests), strict=True)
        ]

    monkeypatch.setattr(floor.carrier_office, "request", mixed_up)
    assert waybills.fetch([second, third]) == {second: "refused", third: "bound"}
    assert Waybill.objects.get(parcel_id=second).error_code == "unusable_answer"
    clean()


def test_no_answer_is_asked_after_by_reference_never_repeated(floor):
    [parcel_id] = sold(floor, "T1")
    floor.carrier_office.silent.add("T1")
    assert waybills.fetch([parcel_id]) == {parcel_id: "unknown"}
    assert waybills.fetch([parcel_id]) == {}
    assert waybills.renew([parcel_id]) == {}
    assert len(floor.carrier_office.asked) == 1
    assert waybills.ask_again() == {parcel_id: "bound"}
    assert Parcel.objects.get().waybill_no == "SF1000"
    assert len(floor.carrier_office.numbers) == 1
    clean()


def test_a_question_that_never_arrived_is_sent_under_the_same_reference(floor):
    [parcel_id] = sold(floor, "T1")
    floor.carrier_office.deaf = True
    assert waybills.fetch([parcel_id]) == {parcel_id: "unknown"}
    assert waybills.ask_again() == {parcel_id: "unknown"}
    floor.carrier_office.deaf = False
    assert waybills.ask_again() == {parcel_id: "bound"}
    assert {request.reference for request in floor.carrier_office.asked} == {f"OR{parcel_id}-1"}
    clean()


def test_an_intent_whose_worker_died_is_asked_after(floor, monkeypatch):
    [parcel_id] = sold(floor, "T1")

    def die(requests):
        raise SystemExit

    with monkeypatch.context() as crash:
        crash.setattr(floor.carrier_office, "request", die)
        with pytest.raises(SystemExit):
            waybills.fetch([parcel_id])
    assert Waybill.objects.get().state == "asked"
    assert waybills.ask_again() == {}  # it may still be running
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert waybills.ask_again() == {parcel_id: "bound"}
    clean()


def test_a_number_that_comes_after_its_parcel_was_taken_apart_goes_back(floor):
    [parcel_id] = sold(floor, "T1")
    floor.carrier_office.silent.add("T1")
    waybills.fetch([parcel_id])
    orders.cancel([floor.get("T1").pk], "refund")
    outbox.relay_all()
    assert waybills.ask_again() == {parcel_id: "void"}
    floor.carrier_office.deaf = True
    assert waybills.give_back() == 0
    floor.carrier_office.deaf = False
    assert waybills.give_back() == 1
    assert floor.carrier_office.returned == ["SF1000"]
    clean()


def test_held_orders_get_no_number_ahead(floor):
    [parcel_id] = sold(floor, "T1")
    holds.hold([floor.get("T1").pk], "look")
    assert waybills.needing_number() == []
    holds.release([floor.get("T1").holds.get().pk], "fine")
    assert waybills.needing_number() == [parcel_id]


@pytest.mark.django_db(transaction=True)
def test_ten_who_ask_at_once_take_one_number_a_parcel():
    floor = Floor()
    ids = sold(floor, "T1", "T2", "T3")
    gate, trouble = threading.Barrier(10), []

    def ask():
        try:
            gate.wait()
            waybills.fetch(ids)
        except Exception as exc:
            trouble.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert trouble == []
    assert len(floor.carrier_office.asked) == 3
    assert sorted(Waybill.objects.values_list("state", flat=True)) == ["bound"] * 3
    clean()
