"""What the walks need done before they begin, through the services behind the screens."""

import uuid
from random import Random

from catalog.models import Barcode, Shop
from core import clock
from fulfillment.domain.carriage import WaybillGrant
from fulfillment.models import PickLine, PickTask
from fulfillment.services import packing, picking
from integrations.registry import channel
from integrations.services.trial_orders import purchases
from oms.models import Order
from oms.services.allocation import allocate_ready
from oms.services.intake import Incoming, capture


class Grants:
    """A carrier that says yes."""

    def request(self, wanted):
        return [WaybillGrant(one.reference, one.carrier, f"N{one.reference}") for one in wanted]

    find = request


def sell(shop: Shop, count: int, rng: Random) -> list[Order]:
    """New orders of the shop, their stock reserved."""
    adapter, numbers = channel(shop.platform), []
    for purchase in purchases(shop, count, rng, clock.now()):
        numbers.append(purchase.order_no)
        messages = adapter.read(adapter.render(purchase).body, {"currency": shop.currency})
        capture([Incoming(shop.pk, message) for message in messages])
    while allocate_ready():
        pass
    return list(Order.objects.filter(order_no__in=numbers).order_by("id"))


def codes(line: PickLine) -> tuple[str, str]:
    """What a gun reads at the line's bin and on its item."""
    return line.bin.code, Barcode.objects.get(sku_id=line.sku_id).code


def pick_everything() -> None:
    for task in PickTask.objects.order_by("id"):
        while (line := picking.next_line(task.pk)) is not None:
            bin_code, item = codes(line)
            picking.scan(task.pk, bin_code, uuid.uuid4(), None)
            for _unit in range(line.qty - line.picked_qty):
                picking.scan(task.pk, item, uuid.uuid4(), None)


def pack(parcel) -> None:
    items = dict(Barcode.objects.values_list("sku_id", "code"))
    for item, scanned in packing.contents(parcel):
        for _unit in range(item.qty - scanned):
            packing.scan(parcel.pk, items[item.sku_id], uuid.uuid4(), None)
    packing.complete(parcel.pk, parcel.expected_g, checks=[check.code for check in packing.checklist(parcel)])
