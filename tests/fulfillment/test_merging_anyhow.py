"""Whatever people, platforms and the floor do to merged orders, in whatever order and however late the floor hears of
it: stock, money and states come out right, and nothing leaves twice, with the wrong company, or for the wrong door."""

import uuid
from contextlib import suppress
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.models import Barcode
from core.errors import OneRopeError
from core.services import outbox, rules
from fulfillment import ports
from fulfillment.models import Parcel, PickTask, Waybill
from fulfillment.services import packing, picking, shipping, shorts, waves, waybills
from oms.models import Hold, Order, SubOrder
from oms.services import holds, merging, orders
from oms.tasks import merge as look
from tests.fulfillment.floor import Floor, clean
from tests.oms.trade import RECEIVER

NUMBERS = ("T1", "T2", "T3", "T4")
ELSEWHERE = replace(RECEIVER, detail="科技园路99号")
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Day:
    """One thing after another happens to four orders of one receiver."""

    def __init__(self, floor):
        self.floor, self.clock = floor, 0
        for at, no in enumerate(NUMBERS):
            floor.sell(no, ("A", 1 + at % 2, 500 * (1 + at % 2)), ("B", 1, 300))

    def order(self, at):
        return self.floor.get(NUMBERS[at])

    def merge(self, at):
        merging.merge([self.order(at).pk, self.order((at + 1) % 4).pk])

    def by_rule(self, at):
        look()

    def undo(self, at):
        merging.undo(self.order(at).pk, "no")

    def seal(self, at):
        merging.seal(self.order(at).pk, "alone", no_merge=True)

    def lift(self, at):
        merging.seal(self.order(at).pk, "again", no_merge=False)

    def whole(self, at):
        merging.seal(self.order(at).pk, "one box", no_split=True)

    def cancel(self, at):
        orders.cancel([self.order(at).pk], "no")

    def move_house(self, at):
        self._say(at, receiver=ELSEWHERE)

    def come_back(self, at):
        self._say(at, receiver=RECEIVER)

    def want_less(self, at):
        self._say(at, units=1)

    def want_more(self, at):
        self._say(at, units=3)

    def _say(self, at, units=0, receiver=None):
        self.clock += 1
        units = units or self.order(at).lines.get(line_no=1).qty
        message = self.floor.order(
            NUMBERS[at], ("A", units, 500 * units), ("B", 1, 300), minutes=self.clock, receiver=receiver or RECEIVER
        )
        self.floor.take(message)
        self.floor.allocate()

    def hold(self, at):
        holds.hold([self.order(at).pk], "wait")

    def release(self, at):
        holds.release(list(Hold.objects.filter(released_at=None).values_list("id", flat=True)), "ok")
        self.floor.allocate()

    def plan(self, at):
        waves.plan_all()

    def pick(self, at):
        for task in PickTask.objects.filter(finished_at=None):
            for _scan in range(1 + at):
                if (line := picking.next_line(task.pk)) is not None:
                    picking.scan(task.pk, line.bin.code, uuid.uuid4(), None)
                    picking.scan(task.pk, self.floor.barcode(line.sku), uuid.uuid4(), None)
        picking.finish_all()

    def short(self, at):
        task = PickTask.objects.filter(finished_at=None).first()
        if task and (line := picking.next_line(task.pk)):
            shorts.short(line.pk, uuid.uuid4(), None)
            self.floor.allocate()

    def pack(self, at):
        for parcel in Parcel.objects.filter(state="open"):
            with suppress(OneRopeError):
                for item, scanned in packing.contents(parcel):
                    for _unit in range(item.qty - scanned):
                        code = Barcode.objects.get(sku_id=item.sku_id, qty=1).code
                        packing.scan(parcel.pk, code, uuid.uuid4(), None)
                packing.complete(parcel.pk, packing.expected_weight(parcel) or 100)

    def ship(self, at):
        waybills.fetch(waybills.needing_number())
        shipping.handover(list(Parcel.objects.filter(state="packed").values_list("id", flat=True)))

    def relay(self, at):
        outbox.relay_all()

    def end(self):
        """Everything that still wants to leave does."""
        for at in range(4):
            with suppress(OneRopeError):
                self.release(at)
        for _round in range(6):
            outbox.relay_all()
            self.floor.allocate()
            picking.finish_all()
            waves.plan_all()
            for _scan in range(12):
                self.pick(3)
            outbox.relay_all()
            self.pack(0)
            waybills.renew(list(Parcel.objects.filter(state="packed").values_list("id", flat=True)))
            self.ship(0)


ACTS = [name for name in vars(Day) if not name.startswith("_") and name not in {"order", "end"}]


# How far the floor has got with how many merged orders when the rest begins.
BEGINNINGS = st.tuples(st.integers(0, 3), st.sampled_from(["", "plan", "plan pick", "plan pick pick pick pack"])).map(
    lambda drawn: [("merge", at) for at in range(drawn[0])] + [(name, 3) for name in drawn[1].split()]
)


@pytest.fixture
def world(db):
    before = ports._gateway
    yield
    ports._gateway = before


def test_whatever_happens(world, db):
    @QUICK
    @given(BEGINNINGS, st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3)), min_size=3, max_size=12))
    def one_day(beginning, acts):
        with transaction.atomic():
            play(beginning + acts)
            transaction.set_rollback(True)

    one_day()


def play(acts):
    floor = Floor()
    floor.sku("A", near=30, far=10)
    floor.sku("B", near=30, far=10)
    rule = {"name": "all", "conditions": [{"field": "shops", "op": "eq", "value": 1}], "action": {"merge": "auto"}}
    rules.publish(rules.draft("merge", [rule], "test").pk)
    day = Day(floor)
    for name, at in acts:
        with suppress(OneRopeError):
            getattr(day, name)(at)
    clean()
    day.end()
    clean()
    left = Order.objects.exclude(status__in=["shipped", "cancelled"]).values_list("order_no", "status")
    assert list(left) == []
    for parcel in Parcel.objects.filter(state="shipped"):
        inside = SubOrder.objects.filter(shares__parcel=parcel).select_related("order")
        assert len({sub.order.merge_key for sub in inside}) == 1
    assert Waybill.objects.filter(state="shipped").count() == Parcel.objects.filter(state="shipped").count()
