"""A floor to work on: a trade with barcodes and staging bins, a carrier that answers as told, short words for scans."""

import uuid

from catalog.models import Barcode, Bin, Zone
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant
from fulfillment.models import Parcel, PickTask
from fulfillment.services import packing, picking, waves
from inventory.services.movements import Change, receive
from tests.oms.trade import Trade


class Gateway:
    """Grants `N<reference>`, except for references it was told to refuse or to leave without an answer."""

    def __init__(self):
        self.refuse, self.silent, self.calls = set(), set(), []

    def request(self, wanted):
        self.calls.append([one.reference for one in wanted])
        return [self._answer(one) for one in wanted]

    def find(self, wanted):
        return [WaybillGrant(one.reference, one.carrier, f"N{one.reference}") for one in wanted]

    def _answer(self, one):
        if one.reference in self.refuse:
            return CarrierRefusal("bad_address", "no such street")
        if one.reference in self.silent:
            return CarrierUnknown("timeout")
        return WaybillGrant(one.reference, one.carrier, f"N{one.reference}", "1-2-3", "")


class Floor(Trade):
    def house(self, code, priority):
        house = super().house(code, priority)
        Bin.objects.create(zone=Zone.objects.create(warehouse=house, code="S", kind="staging"), code=f"{code}-S")
        return house

    def sku(self, code, near=0, far=0, **fields):
        sku = super().sku(code, near, far, **fields)
        Barcode.objects.create(code=f"690{sku.pk:010d}", sku=sku)
        return sku

    def second_bin(self, sku, units):
        zone = Zone.objects.get(warehouse=self.near, code="A")
        shelf = Bin.objects.create(zone=zone, code=f"NEAR-{Bin.objects.count() + 1}", aisle=2, x_mm=3000, y_mm=500)
        receive([Change(sku.pk, self.near.pk, shelf.pk, units, 100)], key=f"second:{sku.code}")
        return shelf

    def wave(self):
        return [wave for house in (self.near, self.far) for wave in waves.plan(house.pk)]

    def barcode(self, sku_id):
        return Barcode.objects.get(sku_id=sku_id).code

    def scan(self, task, code):
        return picking.scan(task.pk, code, uuid.uuid4(), None).code

    def pick(self, task):
        """Scan everything of a walk the right way."""
        while (line := picking.next_line(task.pk)) is not None:
            self.scan(task, line.bin.code)
            for _unit in range(line.qty - line.picked_qty):
                assert self.scan(task, self.barcode(line.sku_id)) == "ok"

    def pick_all(self):
        for task in PickTask.objects.filter(finished_at=None):
            self.pick(task)

    def pack(self, parcel):
        for row in packing.contents(parcel):
            for _unit in range(row["qty"]):
                packing.scan(parcel.pk, self.barcode(row["sku"].pk), uuid.uuid4(), None)
        packing.complete(parcel.pk, parcel.expected_g, fragile_checked=True)

    def pack_all(self):
        for parcel in Parcel.objects.filter(state="open", suborder__status="picked"):
            self.pack(parcel)
