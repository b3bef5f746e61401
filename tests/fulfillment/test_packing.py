import uuid

import pytest

from catalog.models import Barcode, PackSpec
from core.errors import Conflict, NotFound, OneRopeError
from core.models import AuditEntry, Event
from core.services import rules
from fulfillment.models import PackScan, Parcel
from fulfillment.services import packing, waybills
from oms.services import holds, orders
from tests.fulfillment.floor import clean, statuses


def scan(floor, parcel, code, act=None):
    return packing.scan(parcel.pk, code, act or uuid.uuid4(), floor.packer.pk)


def code_of(refusal):
    return refusal.value.code


def test_every_unit_is_scanned_weighed_and_the_parcel_closed(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    floor.pick_all()
    parcel = floor.parcel("T1")
    first, second = scan(floor, parcel, floor.barcode(a)), scan(floor, parcel, floor.barcode(a))
    assert [(v.code, v.tone, v.left) for v in (first, second)] == [("ok", "ok", 1), ("ok", "done", 0)]
    packing.complete(parcel.pk, 263)
    packing.complete(parcel.pk, 999)  # it is closed: said twice is said once
    parcel.refresh_from_db()
    assert (parcel.state, parcel.weight_g, parcel.expected_g) == ("packed", 263, 260)
    assert statuses() == ["packed"]
    clean()


def test_wrong_extra_and_unknown_items_are_loud_and_recorded(floor):
    a, b = floor.sku("A", near=5), floor.sku("B", near=5)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    said = [scan(floor, parcel, code) for code in (floor.barcode(b), "nonsense", floor.barcode(a), floor.barcode(a))]
    assert [(v.code, v.tone) for v in said] == [
        ("wrong", "wrong"),
        ("unknown", "wrong"),
        ("ok", "done"),
        ("extra", "wrong"),
    ]
    kept = PackScan.objects.order_by("id").values_list("verdict", "sku__code", "qty", "user__username")
    assert list(kept) == [
        ("wrong", "B", 0, "packer"),
        ("unknown", None, 0, "packer"),
        ("ok", "A", 1, "packer"),
        ("extra", "A", 0, "packer"),
    ]


def test_a_repeated_scan_counts_once(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    floor.pick_all()
    parcel, act = floor.parcel("T1"), uuid.uuid4()
    assert scan(floor, parcel, floor.barcode(a), act) == scan(floor, parcel, floor.barcode(a), act)
    assert packing.scanned_units(parcel.pk) == {a.pk: 1}


def test_nothing_is_closed_with_a_unit_missing(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    floor.pick_all()
    parcel = floor.parcel("T1")
    scan(floor, parcel, floor.barcode(a))
    with pytest.raises(Conflict) as refusal:
        packing.complete(parcel.pk, 260)
    assert code_of(refusal) == "units_missing"


def test_fragile_goods_and_pack_spec_materials_must_be_confirmed(floor):
    vase = floor.sku("VASE", near=5, is_fragile=True)
    PackSpec.objects.create(sku=vase, level="each", qty=1, material="气泡膜")
    floor.sell("T1", ("VASE", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    floor.verify(parcel)
    assert [check.code for check in packing.checklist(parcel)] == ["fragile", "material:气泡膜"]
    for confirmed, missing in (((), "fragile"), (("fragile",), "material:气泡膜")):
        with pytest.raises(Conflict) as refusal:
            packing.complete(parcel.pk, 160, checks=confirmed)
        assert (code_of(refusal), refusal.value.fields["check"]) == ("unchecked", missing)
    packing.complete(parcel.pk, 160, checks=("fragile", "material:气泡膜"))
    packed = Event.objects.get(type="fulfillment.parcel_packed")
    assert packed.payload["checks"] == ["fragile", "material:气泡膜"]
    clean()


def test_the_scale_stops_a_parcel_and_names_the_likely_culprit(floor):
    floor.sku("A", near=5), floor.sku("B", near=5)
    type(floor.sku("C", near=5)).objects.filter(code="B").update(weight_g=700)
    floor.sell("T1", ("A", 2, 200), ("B", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    floor.verify(parcel)
    with pytest.raises(Conflict) as refusal:
        packing.complete(parcel.pk, 262)
    assert code_of(refusal) == "weight_mismatch"
    assert refusal.value.fields == {"expected_g": 960, "actual_g": 262, "culprit": "-B"}
    packing.complete(parcel.pk, 262, overrule="the scale is broken")
    noted = AuditEntry.objects.get(action="parcel.overrule_scale")
    assert (noted.reason, noted.after["actual_g"]) == ("the scale is broken", 262)
    clean()


def test_goods_that_were_never_weighed_stop_nobody(floor):
    sku = floor.sku("A", near=5)
    type(sku).objects.update(weight_g=0)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    floor.verify(parcel)
    packing.complete(parcel.pk, 4321)
    parcel.refresh_from_db()
    assert (parcel.weight_g, parcel.expected_g) == (4321, 0)


def test_rules_set_packaging_and_tolerance(floor):
    floor.sku("A", near=5)
    action = {"packaging_g": 200, "grams": 5, "percent": 0}
    rules.publish(rules.draft("weighing", [{"name": "strict", "conditions": [], "action": action}]).pk)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    assert parcel.expected_g == 300
    floor.verify(parcel)
    with pytest.raises(Conflict):
        packing.complete(parcel.pk, 306)
    packing.complete(parcel.pk, 305)


def test_a_parcel_without_a_weight_is_not_closed(floor):
    floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    for weight in (0, -5, 10**9):
        with pytest.raises(OneRopeError) as refusal:
            packing.complete(floor.parcel("T1").pk, weight)
        assert code_of(refusal) == "no_weight"


def test_a_parcel_is_found_by_any_of_its_names(floor):
    floor.sku("A", near=9), floor.sku("B", near=9)
    floor.sell("T1", ("A", 1, 100), ("B", 1, 100))
    task = floor.wave()
    floor.walk(task)
    parcel = floor.parcel("T1")
    waybills.fetch([parcel.pk])
    number = Parcel.objects.get().waybill_no
    for code in (number, number.lower(), f"P{parcel.pk}", f"s{parcel.suborder_id}", f"T{task.pk}-1"):
        assert packing.open(code) == parcel
    for code in ("", "P999999", "S0", "T1-99", "nothing", f"W{task.wave_id}"):
        with pytest.raises(NotFound):
            packing.open(code)
    with pytest.raises(NotFound):
        packing.open(number, [floor.far.pk])


def test_one_scan_of_a_product_opens_the_next_single_item_parcel(floor):
    a = floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    floor.sell("T2", ("A", 1, 100))
    floor.pick_all()
    first = packing.open(floor.barcode(a))
    scan(floor, first, floor.barcode(a))
    second = packing.open(floor.barcode(a))
    assert {first, second} == {floor.parcel("T1"), floor.parcel("T2")}


def test_goods_that_are_not_here_cannot_be_packed(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    floor.wave()
    with pytest.raises(Conflict) as refusal:
        scan(floor, floor.parcel("T1"), floor.barcode(a))
    assert code_of(refusal) == "not_picked"


def test_a_held_order_is_stopped_at_the_bench(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    floor.verify(floor.parcel("T1"))
    holds.hold([floor.get("T1").pk], "refund asked for")
    with pytest.raises(Conflict) as refusal:
        scan(floor, floor.parcel("T1"), floor.barcode(a))
    assert code_of(refusal) == "order_held"
    with pytest.raises(Conflict) as refusal:
        packing.complete(floor.parcel("T1").pk, 160)
    assert code_of(refusal) == "order_held"


def test_starting_over_forgets_the_right_scans_and_keeps_the_wrong_ones(floor):
    a, b = floor.sku("A", near=5), floor.sku("B", near=5)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    scan(floor, parcel, floor.barcode(b)), scan(floor, parcel, floor.barcode(a))
    packing.restart(parcel.pk)
    assert packing.scanned_units(parcel.pk) == {}
    assert scan(floor, parcel, floor.barcode(a)).tone == "done"
    assert sorted(PackScan.objects.values_list("verdict", flat=True)) == ["ok", "undone", "wrong"]


def test_an_order_cancelled_on_the_bench_gives_everything_back(floor):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    floor.pick_all()
    floor.pack("T1")
    orders.cancel([floor.get("T1").pk], "changed her mind")
    clean()
    assert Parcel.objects.get().state == "voided"
    assert (floor.in_bin(a, "A1"), floor.in_bin(a, "S1")) == ((5, 0), (0, 0))


def test_a_carton_is_packed_with_one_scan(floor):
    a = floor.sku("A", near=30)
    Barcode.objects.create(code="CARTON", sku=a, qty=12)
    floor.sell("T1", ("A", 12, 1200))
    floor.pick_all()
    assert scan(floor, floor.parcel("T1"), "carton").tone == "done"
