"""Whoever comes at once, and in whatever order: no order is refunded twice."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.domain.refund_flow import Channel
from aftersales.domain.return_flow import Grade
from aftersales.domain.ticket import TicketKind
from aftersales.models import Refundable, RefundPayment, ReturnReceipt, Ticket
from aftersales.services import refunds, reports, returns
from aftersales.services.resolve import Choice, Resolution, resolve
from aftersales.services.returns import Graded
from aftersales.services.tickets import open_ticket
from core.errors import OneRopeError
from inventory.models import Movement
from oms.models import Order
from tests.aftersales.counter import Counter, clean, money, parcel_of, stock_of

PAID = 1000


def at_once(*jobs):
    """Run the jobs in threads that start together; returns the codes of those that were refused."""
    gate, codes, lock = threading.Barrier(len(jobs)), [], threading.Lock()

    def work(job):
        try:
            gate.wait()
            job()
        except OneRopeError as refusal:
            with lock:
                codes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


def pay_in_full(ticket):
    """What a hurried person does: ask, approve, pay."""
    payment_id = refunds.request(ticket.pk, PAID, channel=Channel.DIRECT)
    refunds.approve(ticket.pk, payment_id)
    refunds.confirm_paid(ticket.pk, payment_id)


def report(order, no, status, amount, minute=0):
    at = f"2026-11-11T12:{minute:02}:00+00:00"
    return reports.Report(order.pk, no, "", TicketKind.REFUND_ONLY, status, amount, 0, at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_people_on_two_tickets_pay_once(round_):
    counter = Counter()
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, PAID))
    counter.ship(order)
    one, two = counter.ticket(order, amount=PAID), counter.ticket(order, amount=PAID)
    codes = at_once(lambda: pay_in_full(one), lambda: pay_in_full(two))
    assert codes == ["not_refundable"]
    assert money(order) == (0, PAID, 0)
    assert RefundPayment.objects.get().status == "succeeded"
    clean()


@pytest.mark.django_db(transaction=True)
def test_twenty_people_on_one_ticket_pay_once():
    counter = Counter()
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, PAID))
    counter.ship(order)
    ticket = counter.ticket(order, amount=PAID)
    choice = Choice(Resolution.REFUND, channel=Channel.DIRECT)
    codes = at_once(*[lambda: resolve(ticket.pk, choice)] * 20)
    assert codes == ["not_possible_now"] * 19
    assert money(order) == (PAID, 0, 0)
    clean()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_people_and_the_platform_never_pay_twice(round_):
    counter = Counter()
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, PAID))
    counter.ship(order)
    one, two = counter.ticket(order, "other", PAID), counter.ticket(order, "other", PAID)
    at_once(
        lambda: pay_in_full(one),
        lambda: reports.take([report(order, "R1", "succeeded", PAID)]),
        lambda: pay_in_full(two),
        lambda: reports.take([report(order, "R1", "approved", PAID)]),
    )
    ours = RefundPayment.objects.filter(channel="direct", status="succeeded").count()
    platform = RefundPayment.objects.filter(channel="platform", status="succeeded").count()
    assert platform == 1  # what the platform did is a fact, and it is counted once
    # Ours can only have been paid before the platform's word came; then that is seen and somebody is called.
    assert ours <= 1
    assert Ticket.objects.filter(dedupe_key__startswith="refunded-beyond").count() == ours
    clean()


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_refunding_the_same_order_from_two_tickets_does_not_deadlock():
    counter = Counter()
    sku = counter.sku("A", near=50)
    for number in range(6):
        order = counter.bought(f"T{number}", ("A", 1, PAID))
        one, two = counter.ticket(order, amount=PAID), counter.ticket(order, amount=PAID)
        codes = at_once(
            lambda one=one: resolve(one.pk, Choice(Resolution.CANCEL)),
            lambda two=two: resolve(two.pk, Choice(Resolution.CANCEL)),
            lambda order=order: reports.take([report(order, "R1", "requested", 5)]),
        )
        assert len(codes) == 1 and codes[0] in {"not_possible_now", "not_refundable"}
        assert money(order) == (PAID, 0, 0)
    assert stock_of(sku) == (50, 0, 0)
    clean()


@pytest.mark.django_db(transaction=True)
def test_a_parcel_graded_by_two_people_is_put_away_once():
    counter = Counter()
    sku = counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, PAID))
    counter.ship(order)
    ticket = counter.ticket(order, "return_refund", PAID)
    resolve(ticket.pk, Choice(Resolution.RETURN))
    parcel = parcel_of(ticket)
    codes = at_once(*[lambda: returns.grade(parcel.pk, [Graded(sku.pk, Grade.A, 2)])] * 4)
    assert codes == ["illegal_return"] * 3
    assert (stock_of(sku), Movement.objects.filter(reason="return").count()) == ((5, 0, 0), 1)
    assert ReturnReceipt.objects.get().qty == 2
    clean()


@pytest.mark.django_db(transaction=True)
def test_one_dedupe_key_is_one_ticket_however_many_ask():
    counter = Counter()
    found = []
    at_once(*[lambda: found.append(open_ticket(kind="other", title="t", dedupe_key="bill:1", source="finance").pk)] * 8)
    assert len(found) == 8
    assert set(found) == {Ticket.objects.get().pk}
    assert counter.shop.pk


def test_the_database_itself_refuses_to_refund_more_than_was_paid(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, PAID))
    Refundable.objects.create(order=order, paid_minor=PAID, held_minor=600, refunded_minor=400)
    with pytest.raises(IntegrityError, match="refundable_never_paid_twice"), transaction.atomic():
        Refundable.objects.filter(order=order).update(held_minor=601)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "approve", "pay", "withdraw", "platform"]), st.integers(0, 3), st.integers(1, 1200)
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_refunds_in_any_order_never_exceed_what_was_paid(counter, steps):
    with transaction.atomic():
        if not Order.objects.exists():
            counter.sku("A", near=5)
            counter.ship(counter.bought("T1", ("A", 1, PAID)))
        order = Order.objects.get()
        rows = [counter.ticket(order, "other", 0) for _ in range(4)]
        for number, (what, which, amount) in enumerate(steps):
            try:
                with transaction.atomic():
                    _do(what, rows[which], amount, order, number)
            except OneRopeError:
                pass
            held, refunded, excess = money(order) if Refundable.objects.exists() else (0, 0, 0)
            paid = RefundPayment.objects.filter(channel="direct", status="succeeded")
            assert sum(paid.values_list("amount_minor", flat=True)) <= PAID
            assert held + refunded - excess <= PAID
        clean()
        transaction.set_rollback(True)


def _do(what, ticket, amount, order, number):
    if what == "ask":
        refunds.request(ticket.pk, amount, channel=Channel.DIRECT)
    elif what == "platform":
        reports.take([report(order, f"R{number}", "succeeded", amount)])
    else:
        payment = ticket.payments.order_by("-id").first()
        if payment is None:
            return
        if what == "approve":
            refunds.approve(ticket.pk, payment.pk)
        elif what == "pay":
            refunds.confirm_paid(ticket.pk, payment.pk)
        else:
            refunds.withdraw(ticket.pk, payment.pk, "changed our mind")
