import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Bin, Sku, Warehouse, Zone
from core.errors import Conflict
from core.models import Event
from inventory.domain.allocation import Demand
from inventory.models import BinStock, Movement, Reservation, Stock
from inventory.services import movements, reservations
from inventory.services.movements import Change


@pytest.fixture
def shelf(db):
    return make_shelf()


class Shelf:
    """One warehouse with one bin, and SKUs put into it."""

    def __init__(self) -> None:
        self.warehouse = Warehouse.objects.create(code="W1", name="W1", province="p", city="c")
        self.bin = Bin.objects.create(zone=Zone.objects.create(warehouse=self.warehouse, code="A"), code="A-1")

    def sku(self, code, units=0):
        sku = Sku.objects.create(code=code, name=code)
        if units:
            change = Change(sku.pk, self.warehouse.pk, self.bin.pk, units, 100)
            movements.receive([change], key=f"open:{code}")
        return sku

    def demand(self, ref, sku, qty, group=None):
        return Demand(ref, group or ref, sku.pk, self.warehouse.pk, qty)

    def stock(self, sku):
        row = Stock.objects.get(sku=sku, warehouse=self.warehouse)
        return row.on_hand, row.reserved


def make_shelf():
    return Shelf()


def reserve(*demands):
    with transaction.atomic():
        return reservations.reserve(demands)


def test_a_group_is_granted_whole_or_not_at_all(shelf):
    many, few = shelf.sku("many", 10), shelf.sku("few", 1)
    outcome = reserve(
        shelf.demand(1, many, 2, group=1),
        shelf.demand(2, few, 2, group=1),
        shelf.demand(3, many, 10, group=2),
    )
    assert outcome.granted == {2}
    shortage = outcome.refused[1]
    assert (shortage.key, shortage.wanted, shortage.available) == ((few.pk, shelf.warehouse.pk), 2, 1)
    assert shelf.stock(many) == (10, 10)
    assert shelf.stock(few) == (1, 0)


def test_a_sku_that_was_never_here_is_short_not_an_error(shelf):
    assert reserve(shelf.demand(1, shelf.sku("ghost"), 1)).refused[1].available == 0


def test_void_gives_back_once_however_often_it_is_called(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 3))
    for given_back in ({(sku.pk, shelf.warehouse.pk): 3}, {}, {}):
        with transaction.atomic():
            assert reservations.void([1]) == given_back
    assert shelf.stock(sku) == (5, 0)


def test_shrink_gives_back_the_difference_and_never_more_than_is_held(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 4))
    with transaction.atomic():
        reservations.shrink({1: 1})
    assert shelf.stock(sku) == (5, 1)
    with pytest.raises(Conflict), transaction.atomic():
        reservations.shrink({1: 2})
    with transaction.atomic():
        reservations.shrink({1: 0})
    assert shelf.stock(sku) == (5, 0)
    assert Reservation.objects.get().state == "voided"


def test_a_second_reservation_of_a_ref_needs_the_first_to_be_over(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 1))
    with pytest.raises(IntegrityError):
        reserve(shelf.demand(1, sku, 1))
    with transaction.atomic():
        reservations.void([1])
    reserve(shelf.demand(1, sku, 2))
    assert list(Reservation.objects.order_by("attempt").values_list("attempt", "state")) == [
        (1, "voided"),
        (2, "pending"),
    ]


def ship(shelf, sku, ref, qty, key="ship:1"):
    return movements.ship([Change(sku.pk, shelf.warehouse.pk, shelf.bin.pk, -qty)], {ref: qty}, key=key)


def test_shipping_posts_the_reservation_and_takes_the_stock_once(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 2))
    assert [ship(shelf, sku, 1, 2) for _time in range(3)] == [True, False, False]
    assert shelf.stock(sku) == (3, 0)
    assert BinStock.objects.get().qty == 3
    posted = Reservation.objects.get()
    assert (posted.state, posted.posted_qty) == ("posted", 2)


def test_a_part_shipment_gives_the_rest_back(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 3))
    ship(shelf, sku, 1, 2)
    assert shelf.stock(sku) == (3, 0)


def test_what_was_voided_cannot_be_shipped(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 2))
    with transaction.atomic():
        reservations.void([1])
    with pytest.raises(Conflict) as caught:
        ship(shelf, sku, 1, 2)
    assert caught.value.code == "reservation_not_pending"
    assert shelf.stock(sku) == (5, 0)
    assert not Movement.objects.filter(reason="shipment").exists()


def test_a_count_cannot_take_what_is_promised(shelf):
    sku = shelf.sku("a", 5)
    reserve(shelf.demand(1, sku, 4))
    with pytest.raises(Conflict) as caught:
        movements.adjust([Change(sku.pk, shelf.warehouse.pk, shelf.bin.pk, -2)], key="count:1")
    assert caught.value.code == "stock_promised"


def test_quarantined_goods_are_on_hand_but_not_for_sale(shelf):
    sku = shelf.sku("a")
    movements.receive([Change(sku.pk, shelf.warehouse.pk, shelf.bin.pk, 2)], key="r:1", reason="return", frozen=True)
    assert reserve(shelf.demand(1, sku, 1)).refused
    assert not Event.objects.filter(type="inventory.stock_arrived").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_stock SET reserved = on_hand + 1",
        "UPDATE inventory_stock SET reserved = -1",
        "UPDATE inventory_stock SET on_hand = -1",
        "UPDATE inventory_binstock SET promised = qty + 1",
        "UPDATE inventory_movement SET qty = 99",
        "DELETE FROM inventory_movement",
    ],
)
def test_the_database_refuses_what_no_service_may_do(shelf, statement):
    shelf.sku("a", 5)
    with pytest.raises(Exception, match="stock_|binstock_|Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert shelf.stock(Sku.objects.get()) == (5, 0)


ORDERS = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), min_size=1, max_size=4), min_size=1, max_size=12
)


@given(orders=ORDERS, supply=st.lists(st.integers(0, 12), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_batch_equals_serving_the_orders_one_by_one(db, orders, supply):
    with transaction.atomic():
        shelf = make_shelf()
        skus = [shelf.sku(f"s{i}", units) for i, units in enumerate(supply)]
        demands = [
            shelf.demand(100 * group + i, skus[sku], qty, group=group)
            for group, lines in enumerate(orders, start=1)
            for i, (sku, qty) in enumerate(lines)
        ]
        outcome = reserve(*demands)
        assert outcome.granted == one_by_one(orders, supply)
        for index, sku in enumerate(skus):
            held = sum(d.qty for d in demands if d.group in outcome.granted and d.sku_id == sku.pk)
            assert held <= supply[index]
            if supply[index]:
                assert shelf.stock(sku) == (supply[index], held)
        transaction.set_rollback(True)


def one_by_one(orders, supply):
    """The plain model: the first in line takes all it wants, or nothing."""
    left, served = list(supply), set()
    for group, lines in enumerate(orders, start=1):
        trial = list(left)
        for sku, qty in lines:
            trial[sku] -= qty
        if min(trial) >= 0:
            left, served = trial, served | {group}
    return served


@pytest.mark.django_db(transaction=True)
def test_two_hundred_buyers_of_the_last_ten_get_exactly_ten():
    shelf = make_shelf()
    sku = shelf.sku("hot", 10)
    granted, errors, gate = [], [], threading.Barrier(200, timeout=60)

    def buy(ref):
        try:
            gate.wait()
            if reserve(shelf.demand(ref, sku, 1)).granted:
                granted.append(ref)
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy, args=(ref,)) for ref in range(1, 201)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(granted) == 10
    assert shelf.stock(sku) == (10, 10)


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_of_the_same_skus_never_deadlock():
    shelf = make_shelf()
    skus = [shelf.sku(f"s{i}", 1000) for i in range(6)]
    errors = []

    def buy(worker):
        try:
            for turn in range(20):
                ref = 10_000 * (worker + 1) + 10 * turn
                order = skus if worker % 2 else skus[::-1]
                reserve(*[shelf.demand(ref + i, sku, 1, group=ref) for i, sku in enumerate(order)])
                with transaction.atomic():
                    reservations.void([ref + i for i in range(6)])
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=buy, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert all(shelf.stock(sku) == (1000, 0) for sku in skus)


@pytest.mark.django_db(transaction=True)
def test_post_void_and_void_again_race_to_one_end():
    shelf = make_shelf()
    sku = shelf.sku("a", 200)
    for round_ in range(20):
        ref = round_ + 1
        reserve(shelf.demand(ref, sku, 1))
        gate = threading.Barrier(3, timeout=30)

        def post(ref=ref, gate=gate):
            gate.wait()
            try:
                ship(shelf, sku, ref, 1, key=f"ship:{ref}")
            except Conflict:
                pass
            finally:
                connection.close()

        def void(ref=ref, gate=gate):
            gate.wait()
            with transaction.atomic():
                reservations.void([ref])
            connection.close()

        threads = [threading.Thread(target=target) for target in (post, void, void)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    posted = Reservation.objects.filter(state="posted").count()
    assert posted + Reservation.objects.filter(state="voided").count() == 20
    assert shelf.stock(sku) == (200 - posted, 0)
