"""Planner, pickers, bench, van, carrier pushes, buyers and the relay at work at the same time: nobody waits for ever,
nothing is promised, counted, shipped or told twice."""

import random
import threading
import time
import uuid
from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.db import connection

from core.errors import OneRopeError
from core.models import Event
from core.services import outbox
from fulfillment.models import Parcel, PickTask
from fulfillment.services import packing, picking, shipping, shorts, waves, waybills
from fulfillment.services.tracking import apply_tracks
from inventory.models import Stock
from oms.models import Order
from oms.services import holds, orders
from tests.fulfillment.floor import Floor, clean
from tests.fulfillment.test_tracking import JOURNEY, push

SECONDS, ENOUGH, PATIENCE = 4, 10, 40  # at least so long and until so many have shipped, on a slow machine too
ORDERS = 80


class Rush:
    """Each method is one person's or machine's whole shift; it is called again and again until time is up."""

    def __init__(self, floor):
        self.floor, self.trouble, self.shipped, self.began = floor, [], 0, time.monotonic()

    def over(self):
        seconds = time.monotonic() - self.began
        return bool(self.trouble) or seconds > PATIENCE or (seconds > SECONDS and self.shipped >= ENOUGH)

    def shift(self, work, *args):
        rng = random.Random(str((work.__name__, args)))
        try:
            while not self.over():
                with suppress(OneRopeError):  # somebody else was faster; people see a message and go on
                    work(rng, *args)
        except Exception as exc:
            self.trouble.append(exc)
        finally:
            connection.close()

    def plan(self, rng):
        for house in (self.floor.near, self.floor.far):
            waves.plan(house.pk)
        self.floor.allocate()

    def pick(self, rng, user_id):
        task = picking.claim(user_id, None)
        line = picking.next_line(task.pk) if task else None
        if line is None:
            picking.finish_all()
            return
        if rng.random() < 0.03:
            shorts.short(line.pk, uuid.uuid4(), user_id)
        elif rng.random() < 0.05:
            picking.undo(task.pk, uuid.uuid4(), user_id)
        else:
            picking.scan(task.pk, line.bin.code, uuid.uuid4(), user_id)
            picking.scan(task.pk, self.floor.barcode(line.sku), uuid.uuid4(), user_id)

    def pack(self, rng):
        for parcel in Parcel.objects.filter(state="open", suborder__status="picked").order_by("?")[:5]:
            for item, scanned in packing.contents(parcel):
                for _unit in range(item.qty - scanned):
                    packing.scan(parcel.pk, f"69{item.sku_id:06}", uuid.uuid4(), None)
            packing.complete(parcel.pk, packing.expected_weight(parcel) or 100)

    def load(self, rng):
        waybills.fetch(waybills.needing_number(20))
        packed = Parcel.objects.filter(state="packed").order_by("?").values_list("id", flat=True)
        self.shipped += sum(error is None for error in shipping.handover(list(packed[:10])).values())

    def carry(self, rng):
        gone = list(Parcel.objects.exclude(waybill_no="").order_by("?").values_list("waybill_no", flat=True)[:8])
        apply_tracks([push(number, *JOURNEY[: rng.randint(1, 4)]) for number in gone])

    def change_mind(self, rng):
        order = Order.objects.exclude(status__in=["cancelled", "shipped", "completed"]).order_by("?").first()
        if order is None or order.cancel_reason:
            return
        act = rng.choice(["cancel", "hold", "hold", "release", "release", "trim"])
        if act == "cancel":
            orders.cancel([order.pk], "refund")
        elif act == "hold":
            holds.hold([order.pk], "look")
        elif act == "release":
            holds.release(list(order.holds.filter(released_at=None).values_list("id", flat=True)), "fine")
        else:
            kept = [(line.platform_sku, max(line.qty - 1, 1), 100) for line in order.lines.filter(current=True)]
            self.floor.take(self.floor.order(order.order_no, *kept, minutes=rng.randint(1, 10_000)))
        time.sleep(0.02)

    def relay(self, rng):
        outbox.relay()
        shorts.settle()


@pytest.mark.django_db(transaction=True)
def test_a_rush_hour_leaves_the_books_right():
    floor, rng = Floor(), random.Random(5)
    for code in "ABCD":
        sku = floor.sku(code, near=60, far=60)
        floor.stock(sku, near=25, at="B2", key="more")
    for number in range(ORDERS):
        lines = [(code, rng.randint(1, 2), 300) for code in rng.sample("ABCD", rng.randint(1, 3))]
        floor.take(floor.order(f"T{number}", *lines))
    floor.allocate()
    rush = Rush(floor)
    pickers = [User.objects.create(username=f"p{number}").pk for number in range(4)]
    shifts = [(rush.plan,), (rush.pack,), (rush.load,), (rush.carry,), (rush.change_mind,), (rush.relay,)]
    shifts += [(rush.pick, user_id) for user_id in pickers]
    threads = [threading.Thread(target=rush.shift, args=shift) for shift in shifts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert rush.trouble == []
    shipped = Parcel.objects.filter(state="shipped").count()
    assert shipped >= ENOUGH
    assert Event.objects.filter(type="fulfillment.parcel_shipped").count() == shipped
    assert all(stock.on_hand >= 0 for stock in Stock.objects.all())
    outbox.relay_all()
    while shorts.settle():
        pass
    clean()
    assert not PickTask.objects.filter(finished_at=None).exclude(lines__state="open").exists()
