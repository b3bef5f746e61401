"""A service counter on top of the small trade: what after-sales tests share."""

from datetime import timedelta

from aftersales.models import Refundable, RefundPayment, ReturnParcel, Ticket
from aftersales.services import tickets
from catalog.models import Bin, Zone
from core import invariants
from core.services import outbox, replay
from inventory.models import Stock
from inventory.services.movements import Change, receive
from oms.domain.canonical import CanonicalRefund, RefundKind, RefundStatus
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders
from oms.services.suborders import Departure
from tests.oms.trade import AT, Trade


class Counter(Trade):
    """Two warehouses with quarantine bins, and short words for what buyers, platforms and the warehouse do."""

    def house(self, code, priority):
        house = super().house(code, priority)
        zone = Zone.objects.create(warehouse=house, code="Q", kind=Zone.Kind.QUARANTINE)
        Bin.objects.create(zone=zone, code=f"{code}-Q")
        return house

    def stock(self, sku, near=0, far=0, key="open"):
        for house, units in ((self.near, near), (self.far, far)):
            if units:
                shelf = Bin.objects.get(code=f"{house.code}-1")
                receive([Change(sku.pk, house.pk, shelf.pk, units, 100)], key=f"{key}:{sku.code}:{house.code}")

    def bought(self, no, *items, **overrides):
        """A paid order that has its stock."""
        self.take(self.order(no, *items, **overrides))
        self.allocate()
        self.relay()
        return self.get(no)

    def ship(self, order, *, until=SubOrderStatus.SHIPPED):
        """Walk every open sub-order through the warehouse up to `until`."""
        for suborder in SubOrder.objects.filter(order=order, status="reserved"):
            for status in (SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED):
                suborders.move([suborder.pk], status)
                if status == until:
                    return
            self.depart(suborder)
            if until == SubOrderStatus.DELIVERED:
                suborders.move([suborder.pk], SubOrderStatus.DELIVERED)

    def depart(self, suborder):
        """Hand a packed sub-order to its carrier."""
        shelf = Bin.objects.get(code=f"{suborder.warehouse.code}-1")
        bins = {line.pk: shelf.pk for line in suborder.lines.all()}
        suborders.depart([Departure(suborder.pk, [("SF", f"SF{suborder.pk}")], bins)])

    def refund(self, order, no, status, amount, *, kind=RefundKind.REFUND_ONLY, minutes=0, line_id="", qty=0):
        """What the platform says of a refund."""
        return CanonicalRefund(
            "taobao", no, order.order_no, line_id, kind, RefundStatus(status), amount, "CNY", qty=qty,
            modified_at=AT + timedelta(minutes=minutes),
        )  # fmt: skip

    def hear(self, *messages):
        """Take platform messages in and let everybody hear of them."""
        self.take(*messages)
        self.relay()

    def relay(self):
        outbox.relay_all()

    def ticket(self, order, kind="refund_only", amount=0, **more):
        return tickets.open_ticket(kind=kind, title=kind, order_id=order.pk, amount_minor=amount, **more)


def money(order):
    row = Refundable.objects.get(order=order)
    return row.held_minor, row.refunded_minor, row.excess_minor


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def payment_of(ticket):
    return RefundPayment.objects.get(ticket=ticket)


def parcel_of(ticket):
    return ReturnParcel.objects.get(ticket=ticket)


def stock_of(sku):
    rows = Stock.objects.filter(sku=sku)
    return tuple(sum(getattr(row, name) for row in rows) for name in ("on_hand", "reserved", "frozen"))


def clean():
    """Every promise holds (but those about benches, which goods skip here), and the log rebuilds every row."""
    broken = [f for f in invariants.run() if f.violations and not f.name.startswith("fulfillment:")]
    assert broken == [], broken
    differences = replay.verify().differences
    assert differences == [], differences
