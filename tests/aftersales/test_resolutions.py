"""Each resolution does what it says to the order, the stock and the money."""

import pytest

from aftersales.domain.refund_flow import Channel
from aftersales.domain.resolution import Resolution
from aftersales.domain.return_flow import Grade
from aftersales.models import ReturnParcel, Ticket
from aftersales.services import refunds, returns
from aftersales.services.resolve import Choice, resolve
from aftersales.services.returns import Graded
from core.errors import Conflict, OneRopeError
from core.models import AuditEntry, Delivery, Event
from inventory.models import BinStock, Movement
from oms.domain.status import SubOrderStatus
from oms.models import Order, OrderLine
from oms.services import suborders
from tests.aftersales.counter import clean, fresh, money, parcel_of, payment_of, stock_of


def decide(ticket, resolution, **more):
    resolve(ticket.pk, Choice(resolution, **more))
    return fresh(ticket)


@pytest.mark.parametrize("until", [None, SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED])
def test_cancel_before_shipping_gives_the_stock_back_and_asks_for_the_refund(counter, until):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    if until:
        counter.ship(order, until=until)
    ticket = counter.ticket(order, amount=1000)
    assert stock_of(sku) == (5, 2, 0)
    ticket = decide(ticket, Resolution.CANCEL, fault="buyer")
    assert (ticket.status, ticket.resolution, ticket.fault) == ("refunding", "cancel", "buyer")
    assert counter.get("T1").status == "cancelled"
    assert stock_of(sku) == (5, 0, 0)
    assert (payment_of(ticket).status, money(order)) == ("requested", (1000, 0, 0))
    assert AuditEntry.objects.filter(action="ticket.resolve", target=f"aftersales.ticket:{ticket.pk}").count() == 1
    clean()


def test_cancel_of_one_line_leaves_the_others_alone(counter):
    a, b = counter.sku("A", near=5), counter.sku("B", near=5)
    order = counter.bought("T1", ("A", 2, 1000), ("B", 1, 300))
    line = OrderLine.objects.get(order=order, sku=a)
    ticket = counter.ticket(order, amount=1000, lines=[(line.line_no, a.pk, 2)])
    ticket = decide(ticket, Resolution.CANCEL)
    assert (stock_of(a), stock_of(b)) == ((5, 0, 0), (5, 1, 0))
    counter.relay()
    assert Ticket.objects.count() == 1  # our own strike is not a platform's refund
    counter.hear(counter.refund(order, "R1", "succeeded", 1000, line_id="1", qty=2))
    assert (fresh(ticket).status, fresh(ticket).refund_no) == ("resolved", "R1")
    assert counter.get("T1").refunded_minor == 1000
    clean()


def test_a_part_of_a_line_cannot_be_struck(counter):
    a = counter.sku("A", near=5)
    counter.sku("B", near=5)
    order = counter.bought("T1", ("A", 2, 1000), ("B", 1, 300))
    ticket = counter.ticket(order, amount=500, lines=[(1, a.pk, 1)])
    with pytest.raises(OneRopeError) as refusal:
        decide(ticket, Resolution.CANCEL)
    assert refusal.value.code == "part_of_line"
    assert stock_of(a) == (5, 2, 0)


def test_refund_only_after_shipping_moves_no_goods(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, amount=300), Resolution.REFUND, channel=Channel.DIRECT)
    payment = payment_of(ticket)
    refunds.approve(ticket.pk, payment.pk)
    refunds.confirm_paid(ticket.pk, payment.pk)
    assert (fresh(ticket).status, payment_of(ticket).status) == ("resolved", "succeeded")
    assert money(order) == (0, 300, 0)
    assert stock_of(sku) == (3, 0, 0)
    told = Event.objects.get(type="aftersales.refund_succeeded").payload
    assert told == {
        "payment_id": payment.pk, "ticket_id": ticket.pk, "order_id": order.pk, "platform": "taobao",
        "shop_id": counter.shop.pk, "order_no": "T1", "refund_no": "", "amount_minor": 300, "currency": "CNY",
        "channel": "direct",
    }  # fmt: skip
    clean()


def test_a_return_goes_back_on_the_shelf_at_its_cost_and_the_refund_is_asked_for(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order, until=SubOrderStatus.DELIVERED)
    ticket = counter.ticket(order, "return_refund", 1000)
    ticket = decide(ticket, Resolution.RETURN, carrier="YTO", waybill_no="YT123")
    assert ticket.status == "waiting_goods"
    parcel = parcel_of(ticket)
    assert (parcel.status, parcel.waybill_no, parcel.warehouse) == ("expected", "YT123", counter.near)
    returns.arrive(parcel.pk)
    returns.grade(parcel.pk, [Graded(sku.pk, Grade.A, 2)])
    assert stock_of(sku) == (5, 0, 0)
    movement = Movement.objects.get(reason="return")
    assert (movement.qty, movement.unit_cost_fen, movement.bin.code) == (2, 100, "NEAR-1")
    assert (fresh(ticket).status, payment_of(ticket).status) == ("refunding", "requested")
    assert [e.type for e in Event.objects.filter(stream=f"aftersales.return:{parcel.pk}").order_by("version")] == [
        "aftersales.return_expected", "aftersales.return_arrived", "aftersales.return_graded",
    ]  # fmt: skip
    clean()


def test_worn_goods_go_to_quarantine_and_a_person_decides_on_the_money(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "return_refund", 1000), Resolution.RETURN)
    returns.grade(parcel_of(ticket).pk, [Graded(sku.pk, Grade.A, 1), Graded(sku.pk, Grade.C, 1)])
    assert stock_of(sku) == (5, 0, 1)  # on hand again, one of them frozen
    assert BinStock.objects.get(sku=sku, bin__code="NEAR-Q").qty == 1
    assert (fresh(ticket).status, ticket.payments.count()) == ("working", 0)
    clean()


def test_a_graded_parcel_cannot_be_graded_again(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "return_refund", 1000), Resolution.RETURN)
    parcel = parcel_of(ticket)
    returns.grade(parcel.pk, [Graded(sku.pk, Grade.A, 1)])
    with pytest.raises(Conflict) as refusal:
        returns.grade(parcel.pk, [Graded(sku.pk, Grade.A, 1)])
    assert refusal.value.code == "illegal_return"
    assert stock_of(sku) == (5, 0, 0)


def test_a_bundle_comes_back_as_its_components(counter):
    a, b = counter.sku("A", near=9), counter.sku("B", near=9)
    counter.bundle("KIT", [(a, 2), (b, 1)])
    order = counter.bought("T1", ("KIT", 3, 900))
    counter.ship(order)
    ticket = counter.ticket(order, "return_refund", 300, lines=[(1, None, 1)])
    ticket = decide(ticket, Resolution.RETURN)
    assert sorted(parcel_of(ticket).lines.values_list("sku__code", "qty")) == [("A", 2), ("B", 1)]


def test_an_exchange_sends_again_once_the_goods_are_in(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "exchange"), Resolution.EXCHANGE)
    assert (ticket.status, ticket.replacement) == ("waiting_goods", None)
    returns.grade(parcel_of(ticket).pk, [Graded(sku.pk, Grade.A, 1)])
    ticket = fresh(ticket)
    assert (ticket.status, ticket.resolution) == ("resolved", "exchange")
    counter.allocate()
    assert (ticket.replacement.paid_minor, ticket.replacement.lines.get().qty) == (0, 1)
    assert Order.objects.get(pk=ticket.replacement_id).status == "allocated"
    clean()


def test_replace_first_does_not_send_twice(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "exchange"), Resolution.EXCHANGE, replace_first=True)
    assert ticket.replacement_id
    returns.grade(parcel_of(ticket).pk, [Graded(sku.pk, Grade.A, 1)])
    assert fresh(ticket).status == "resolved"
    assert Order.objects.count() == 2
    clean()


def test_a_reship_makes_one_new_order_and_no_refund(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "lost"), Resolution.RESHIP, fault="carrier")
    assert (ticket.status, ticket.fault, ticket.replacement.lines.get().qty) == ("resolved", "carrier", 2)
    with pytest.raises(Conflict) as refusal:
        decide(ticket, Resolution.RESHIP)
    assert refusal.value.code == "not_possible_now"
    assert Order.objects.count() == 2
    clean()


def test_what_has_left_cannot_be_cancelled(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = counter.ticket(order, amount=1000)
    with pytest.raises(Conflict) as refusal:
        decide(ticket, Resolution.CANCEL)
    assert refusal.value.code == "not_possible_now"
    assert fresh(ticket).status == "new"


def test_of_a_half_shipped_order_the_rest_can_be_struck(counter):
    a, b = counter.sku("A", near=1), counter.sku("B", far=1)
    order = counter.bought("T1", ("A", 1, 700), ("B", 1, 300))
    first = order.suborders.get(warehouse=counter.near)
    for status in (SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED):
        suborders.move([first.pk], status)
    counter.depart(first)
    ticket = decide(counter.ticket(order, amount=300), Resolution.CANCEL)
    assert ticket.status == "refunding"
    assert (stock_of(a), stock_of(b)) == ((0, 0, 0), (1, 0, 0))
    clean()


def test_a_refusal_gives_nothing(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "return_refund", 1000), Resolution.RETURN)
    ticket = decide(ticket, Resolution.REJECT, reason="beyond seven days")
    assert (ticket.status, parcel_of(ticket).status, ticket.payments.count()) == ("closed", "cancelled", 0)
    assert stock_of(sku) == (3, 0, 0)
    clean()


def test_a_parcel_that_comes_although_it_was_called_off_is_taken_in(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = decide(counter.ticket(order, "return_refund", 1000), Resolution.RETURN)
    ticket = decide(ticket, Resolution.REJECT)
    returns.grade(parcel_of(ticket).pk, [Graded(sku.pk, Grade.A, 2)])
    assert stock_of(sku) == (5, 0, 0)
    assert fresh(ticket).status == "closed"
    clean()


def test_an_unknown_parcel_is_on_record_once(counter):
    sku = counter.sku("A", near=5)
    first = returns.arrive_unknown(counter.near.pk, "SF999", "no slip inside")
    assert returns.arrive_unknown(counter.near.pk, "SF999").pk == first.pk
    returns.grade(first.pk, [Graded(sku.pk, Grade.B, 1)])
    counter.relay()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}  # nobody trips over the missing order
    assert ReturnParcel.objects.get().status == "graded"
    assert stock_of(sku) == (6, 0, 1)
    clean()


def test_a_named_bin_must_be_of_the_house_and_fit_the_grade(counter):
    sku = counter.sku("A", near=5)
    parcel = returns.arrive_unknown(counter.near.pk, "SF999")
    for grade, code in ((Grade.A, "NEAR-Q"), (Grade.B, "NEAR-1"), (Grade.A, "FAR-1"), (Grade.A, "nowhere")):
        with pytest.raises(OneRopeError) as refusal:
            returns.grade(parcel.pk, [Graded(sku.pk, grade, 1, code)])
        assert refusal.value.code == "no_bin"
    returns.grade(parcel.pk, [Graded(sku.pk, Grade.A, 1, "NEAR-1")])
    assert stock_of(sku) == (6, 0, 0)
