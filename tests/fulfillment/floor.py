"""A small warehouse to walk in: what the floor's tests share."""

import uuid
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from catalog.models import Barcode, Bin, Zone
from core.invariants import run as audit
from core.services import outbox, replay
from fulfillment import ports
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant
from fulfillment.models import Parcel, PickTask, Wave
from fulfillment.services import packing, picking, shipping, waves, waybills
from inventory.models import BinStock
from inventory.services.movements import Change, receive
from oms.models import SubOrder
from tests.oms.trade import Trade


@dataclass
class PaperCarrier:
    """A carrier that keeps its books in memory and obeys the port: one number a reference, for ever. `refuse` and
    `silent` name order numbers; a silent one gets its number and we do not hear of it."""

    refuse: set = field(default_factory=set)
    silent: set = field(default_factory=set)
    deaf: bool = False  # does not even get the request
    numbers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    returned: list = field(default_factory=list)

    def request(self, requests):
        return [self._answer(request) for request in requests]

    def _answer(self, request):
        self.asked.append(request)
        if self.deaf:
            return CarrierUnknown("no route")
        if self.refuse.intersection(request.order_nos):
            return CarrierRefusal("bad_address", "the street is unknown")
        number = self.numbers.setdefault(request.reference, f"{request.carrier}{1000 + len(self.numbers)}")
        if self.silent.intersection(request.order_nos):
            return CarrierUnknown("timed out")
        return WaybillGrant(request.reference, request.carrier, number, "755-12 A03", "深圳集包")

    def find(self, requests):
        if self.deaf:
            return [CarrierUnknown("no route") for _ in requests]
        return [
            WaybillGrant(r.reference, r.carrier, self.numbers[r.reference])
            if r.reference in self.numbers
            else CarrierRefusal("not_found", "")
            for r in requests
        ]

    def cancel(self, grants):
        if self.deaf:
            return [CarrierUnknown("no route") for _ in grants]
        self.returned += [grant.waybill_no for grant in grants]
        return [None for _ in grants]


class Floor(Trade):
    """Warehouse NEAR has two aisles of pick faces (`A1`, `A2`, `B1`, `B2`), a bulk bin and a staging bin."""

    def __init__(self):
        super().__init__()
        self.carrier_office = PaperCarrier()
        ports.provide(self.carrier_office)
        self.picker = User.objects.create(username="picker")
        self.packer = User.objects.create(username="packer")

    def house(self, code, priority):
        house = super().house(code, priority)
        shelves = Zone.objects.get(warehouse=house)
        Bin.objects.filter(zone=shelves).update(code=f"{code}-A1", aisle=1, x_mm=3000, y_mm=2000)
        for name, aisle, x, y in (("A2", 1, 3000, 12000), ("B1", 2, 6000, 4000), ("B2", 2, 6000, 14000)):
            Bin.objects.create(zone=shelves, code=f"{code}-{name}", aisle=aisle, x_mm=x, y_mm=y)
        bulk = Zone.objects.create(warehouse=house, code="K", kind="bulk", heat=9)
        Bin.objects.create(zone=bulk, code=f"{code}-K1", aisle=9, x_mm=30000, y_mm=20000)
        stage = Zone.objects.create(warehouse=house, code="S", kind="staging")
        Bin.objects.create(zone=stage, code=f"{code}-S1")
        return house

    def sku(self, code, near=0, far=0, **fields):
        sku = super().sku(code, near, far, **fields)
        Barcode.objects.create(code=f"69{sku.pk:06}", sku=sku)
        return sku

    def stock(self, sku, near=0, far=0, key="open", at="A1"):
        for house, units in ((self.near, near), (self.far, far)):
            if units:
                shelf = self.bin(at, house)
                receive([Change(sku.pk, house.pk, shelf.pk, units, 100)], key=f"{key}:{sku.code}:{house.code}:{at}")

    def bin(self, name, house=None):
        return Bin.objects.get(code=f"{(house or self.near).code}-{name}")

    def in_bin(self, sku, name, house=None):
        """(units there, units promised)."""
        row = BinStock.objects.filter(sku=sku, bin=self.bin(name, house)).first()
        return (row.qty, row.promised) if row else (0, 0)

    def barcode(self, sku):
        return Barcode.objects.get(sku=sku, qty=1).code

    def sell(self, no, *items, **overrides):
        """An order, captured and allocated; its first sub-order."""
        self.take(self.order(no, *items, **overrides))
        self.allocate()
        return self.sub(no)

    def sub(self, no):
        return self.get(no).suborders.exclude(status="cancelled").order_by("-seq").first()

    def parcel(self, no):
        return Parcel.objects.filter(order_id=self.get(no).pk).exclude(state="voided").get()

    def wave(self, **options):
        """Plan NEAR's pool; the walk of the only wave that came of it, taken by the picker."""
        [wave_id] = waves.plan(self.near.pk, **options)
        return picking.claim(self.picker.pk, None) if Wave.objects.get(pk=wave_id).state == "released" else None

    def scan(self, task, code, act=None):
        return picking.scan(task.pk, code, act or uuid.uuid4(), self.picker.pk).code

    def pick_line(self, task):
        """Scan the next line's bin and all its units."""
        line = picking.next_line(task.pk)
        if not picking.at_bin(line):
            assert self.scan(task, line.bin.code) == "bin"
        for _unit in range(line.qty - line.picked_qty):
            assert self.scan(task, self.barcode(line.sku)) == "ok"

    def walk(self, task):
        """Pick everything of the walk."""
        while picking.next_line(task.pk) is not None:
            self.pick_line(task)

    def pick_all(self):
        """Plan and walk until the pool is empty."""
        waves.plan_all()
        while (task := picking.claim(self.picker.pk, None)) is not None:
            self.walk(task)

    def verify(self, parcel):
        for item, scanned in packing.contents(parcel):
            for _unit in range(item.qty - scanned):
                code = Barcode.objects.get(sku_id=item.sku_id, qty=1).code
                assert packing.scan(parcel.pk, code, uuid.uuid4(), self.packer.pk).tone != "wrong"

    def pack(self, no):
        parcel = self.parcel(no)
        self.verify(parcel)
        checks = [check.code for check in packing.checklist(parcel)]
        packing.complete(parcel.pk, parcel.expected_g or 100, checks=checks)
        return parcel

    def ship(self, *numbers):
        """From the pool to the carrier's van."""
        self.pick_all()
        parcels = [self.pack(no) for no in numbers]
        waybills.fetch([parcel.pk for parcel in parcels])
        assert set(shipping.handover([parcel.pk for parcel in parcels]).values()) == {None}
        return [Parcel.objects.get(pk=parcel.pk) for parcel in parcels]


def statuses():
    return list(SubOrder.objects.order_by("id").values_list("status", flat=True))


def clean():
    """The auditor and the replay find nothing, once every message has arrived."""
    outbox.relay_all()
    for task in PickTask.objects.filter(finished_at=None):
        picking.finish(task.pk)
    assert [finding for finding in audit() if finding.violations] == []
    assert replay.verify().differences == []
