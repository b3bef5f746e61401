"""What the platforms say of refunds: one ticket per refund, whatever comes, how often, and in which order."""

from itertools import permutations

import pytest

from aftersales.domain.refund_flow import Channel
from aftersales.domain.report import supersedes
from aftersales.domain.resolution import Resolution
from aftersales.domain.return_flow import Grade
from aftersales.domain.ticket import TicketKind
from aftersales.models import ReturnParcel, Ticket
from aftersales.services import refunds, reports, returns
from aftersales.services.resolve import Choice, resolve
from core.errors import Conflict
from core.models import Delivery, Event
from oms.domain.canonical import RefundKind
from tests.aftersales.counter import clean, fresh, money, parcel_of, payment_of, stock_of


def test_an_application_opens_one_ticket_with_the_order_line_and_the_clock_running(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 3, 1000))
    counter.hear(counter.refund(order, "R1", "requested", 600, line_id="1", qty=2))
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.source, ticket.status) == ("refund_only", "platform", "new")
    assert (ticket.order, ticket.shop, ticket.refund_no, ticket.amount_minor) == (order, counter.shop, "R1", 600)
    assert list(ticket.lines.values_list("line_no", "sku_id", "qty")) == [(1, sku.pk, 2)]
    assert ticket.opened_at < ticket.amber_at < ticket.respond_by
    clean()


def test_the_same_message_again_changes_nothing(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 3, 1000))
    message = counter.refund(order, "R1", "requested", 600)
    counter.hear(message)
    version = Ticket.objects.get().version
    told = [reports.read(event.stream, event.payload) for event in Event.objects.filter(type="oms.refund_reported")]
    for _again in range(3):
        reports.take(told)
    assert Ticket.objects.get().version == version


@pytest.mark.parametrize("order_of_arrival", list(permutations(range(3))))
def test_any_order_of_arrival_ends_the_same_and_pays_once(counter, order_of_arrival):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    messages = [
        reports.Report(order.pk, "R1", "1", TicketKind.REFUND_ONLY, status, 400, 1, f"2026-11-11T12:0{i}:00+00:00")
        for i, status in enumerate(["requested", "approved", "succeeded"])
    ]
    for index in order_of_arrival:
        reports.take([messages[index]])
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.platform_status) == ("resolved", "succeeded")
    assert (payment_of(ticket).status, money(order)) == ("succeeded", (0, 400, 0))


def test_all_at_once_ends_the_same(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.take(
        counter.refund(order, "R1", "requested", 400),
        counter.refund(order, "R1", "approved", 400, minutes=1),
        counter.refund(order, "R2", "requested", 100, minutes=1),
        counter.refund(order, "R1", "succeeded", 400, minutes=2),
    )
    counter.relay()
    assert sorted(Ticket.objects.values_list("refund_no", "status")) == [("R1", "resolved"), ("R2", "new")]
    assert money(order) == (0, 400, 0)
    clean()


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        (("", None), ("requested", "T1"), True),
        (("requested", "T2"), ("approved", "T1"), False),  # an older word came late
        (("approved", "T1"), ("closed", "T2"), True),
        (("closed", "T1"), ("requested", "T2"), True),  # the buyer asks again
        (("approved", "T1"), ("requested", "T1"), False),  # same time: the further one stands
        (("requested", None), ("approved", None), True),
        (("approved", None), ("requested", None), False),
        (("succeeded", "T1"), ("closed", "T2"), False),  # money that has moved has moved
    ],
)
def test_which_word_counts(known, told, expected):
    assert supersedes(*known, *told) is expected


def test_a_refund_the_platform_has_paid_is_recorded_and_never_paid_again(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.hear(counter.refund(order, "R1", "succeeded", 1000))
    ticket = Ticket.objects.get()
    assert (ticket.status, payment_of(ticket).channel, money(order)) == ("resolved", "platform", (0, 1000, 0))
    with pytest.raises(Conflict) as refusal:
        refunds.request(ticket.pk, 1)
    assert refusal.value.code == "already_refunded"
    other = counter.ticket(order, amount=1)
    with pytest.raises(Conflict) as refusal:
        refunds.request(other.pk, 1)
    assert (refusal.value.code, refusal.value.fields["left_minor"]) == ("not_refundable", 0)
    clean()


def test_agreed_on_the_platform_the_money_is_held_and_freed_when_it_ends(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    counter.hear(counter.refund(order, "R1", "approved", 700))
    assert (Ticket.objects.get().status, money(order)) == ("refunding", (700, 0, 0))
    counter.hear(counter.refund(order, "R1", "closed", 700, minutes=1))
    assert (Ticket.objects.get().status, money(order)) == ("closed", (0, 0, 0))
    counter.hear(counter.refund(order, "R1", "requested", 700, minutes=2))
    assert Ticket.objects.get().status == "working"
    counter.hear(counter.refund(order, "R1", "succeeded", 650, minutes=3))
    ticket = Ticket.objects.get()
    assert (ticket.status, money(order)) == ("resolved", (0, 650, 0))
    assert sorted(ticket.payments.values_list("status", "amount_minor")) == [("succeeded", 650), ("withdrawn", 700)]
    clean()


def test_a_return_agreed_on_the_platform_is_expected_at_the_desk(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ask = {"kind": RefundKind.RETURN, "line_id": "1", "qty": 1}
    counter.hear(counter.refund(order, "R1", "requested", 500, **ask))
    counter.hear(counter.refund(order, "R1", "approved", 500, minutes=1, **ask))
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.status) == ("return_refund", "waiting_goods")
    assert parcel_of(ticket).lines.get().qty == 1
    counter.hear(counter.refund(order, "R1", "closed", 500, minutes=2, **ask))
    assert (fresh(ticket).status, parcel_of(ticket).status) == ("closed", "cancelled")
    clean()


def test_goods_back_for_a_refund_the_platform_agreed_to_wait_for_its_word(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ask = {"kind": RefundKind.RETURN}
    counter.hear(counter.refund(order, "R1", "approved", 1000, **ask))
    ticket = Ticket.objects.get()
    returns.grade(parcel_of(ticket).pk, [returns.Graded(sku.pk, Grade.A, 2)])
    assert (fresh(ticket).status, money(order)) == ("refunding", (1000, 0, 0))
    counter.hear(counter.refund(order, "R1", "succeeded", 1000, minutes=1, **ask))
    assert (fresh(ticket).status, money(order)) == ("resolved", (0, 1000, 0))
    assert stock_of(sku) == (5, 0, 0)
    clean()


def test_before_shipping_the_platforms_refund_alone_gives_the_stock_back(counter):
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.hear(counter.refund(order, "R1", "approved", 1000, kind=RefundKind.RETURN))
    assert not ReturnParcel.objects.exists()  # nothing has left, so nothing can come back
    counter.hear(counter.refund(order, "R1", "succeeded", 1000, minutes=1))
    assert stock_of(sku) == (5, 0, 0)
    assert Ticket.objects.get().status == "resolved"
    clean()


def test_a_ticket_opened_by_hand_before_the_platform_wrote_is_the_same_refund(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ticket = counter.ticket(order, amount=1000)
    resolve(ticket.pk, Choice(Resolution.REFUND))
    refunds.approve(ticket.pk, payment_of(ticket).pk)
    counter.hear(counter.refund(order, "R1", "succeeded", 1000))
    ticket = Ticket.objects.get()
    assert (ticket.refund_no, ticket.status, payment_of(ticket).refund_no) == ("R1", "resolved", "R1")
    assert money(order) == (0, 1000, 0)
    clean()


def test_a_platform_refund_stops_one_of_our_own_that_nobody_has_paid_yet(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ours = counter.ticket(order, amount=1000)
    resolve(ours.pk, Choice(Resolution.REFUND, channel=Channel.DIRECT))
    refunds.approve(ours.pk, payment_of(ours).pk)
    counter.hear(counter.refund(order, "R1", "succeeded", 1000))
    assert money(order) == (1000, 1000, 1000)
    with pytest.raises(Conflict) as refusal:
        refunds.confirm_paid(ours.pk, payment_of(ours).pk)
    assert refusal.value.code == "refunded_elsewhere"
    assert not Ticket.objects.filter(priority=1).exists()  # nothing was paid twice, so nobody is alarmed
    refunds.withdraw(ours.pk, payment_of(ours).pk, "paid by the platform")
    assert (fresh(ours).status, money(order)) == ("working", (0, 1000, 0))
    clean()


def test_money_that_left_twice_raises_one_urgent_ticket(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    ours = counter.ticket(order, amount=400)
    resolve(ours.pk, Choice(Resolution.REFUND, channel=Channel.DIRECT))
    refunds.approve(ours.pk, payment_of(ours).pk)
    refunds.confirm_paid(ours.pk, payment_of(ours).pk)
    counter.hear(counter.refund(order, "R1", "succeeded", 1000))
    assert money(order) == (0, 1400, 400)
    alarm = Ticket.objects.get(priority=1)
    assert (alarm.amount_minor, alarm.dedupe_key) == (400, f"refunded-beyond:{order.pk}:R1")
    clean()


def test_the_platform_has_the_last_word_on_its_own_refunds(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    counter.hear(counter.refund(order, "R1", "approved", 700))
    ticket = Ticket.objects.get()
    with pytest.raises(Conflict) as refusal:
        refunds.confirm_paid(ticket.pk, payment_of(ticket).pk)
    assert refusal.value.code == "platform_pays"


def test_a_report_is_delivered_once(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.hear(counter.refund(order, "R1", "succeeded", 1000))
    [delivery] = Delivery.objects.filter(subscriber="aftersales.refund_reports")
    assert delivery.state == "done"
