import pytest

from aftersales.models import Ticket
from aftersales.services.tickets import open_ticket
from finance.models import Difference
from finance.services import handover
from finance.services.statements import import_statement
from tests.factories.bills import alipay_fund, fund_row

pytestmark = pytest.mark.usefixtures("august", "db")


def refunded_unknown(order, prefix="L"):
    ref = f"T200P{order.order_no}"
    rows = [fund_row(f"{prefix}1", ref, order.paid_minor), fund_row(f"{prefix}2", ref, 0, 300, kind="交易退款")]
    return import_statement(alipay_fund(rows), "alipay")


def test_a_refund_we_do_not_know_of_becomes_one_ticket_of_its_order(books):
    order = books.order(paid=10000)
    books.settle()
    refunded_unknown(order)

    difference, ticket = Difference.objects.get(), Ticket.objects.get()
    assert (difference.cause, difference.owner, difference.ticket_id) == ("status_mismatch", "cs", ticket.pk)
    assert (ticket.order_id, ticket.source, ticket.amount_minor) == (order.pk, "finance", 300)
    assert handover.hand_over([difference.pk]) == 1
    assert Ticket.objects.count() == 1


def test_the_ticket_hears_of_it_when_the_refund_turns_up(books):
    order = books.order(paid=10000)
    books.settle()
    refunded_unknown(order)
    ticket = Ticket.objects.get()
    books.refund(order, 300)
    books.settle()

    assert Difference.objects.get().state == "gone"
    assert ticket.messages.count() == 2


def test_money_of_no_order_stays_with_finance(books):
    import_statement(alipay_fund([fund_row("L1", "T200P5120803044263167809", 700)]), "alipay")
    difference = Difference.objects.get()

    assert handover.hand_over([difference.pk]) == 0
    assert (difference.owner, Ticket.objects.count()) == ("finance", 0)


def test_an_amount_that_differs_is_handed_over_by_hand(books):
    order = books.order(paid=10000)
    books.settle()
    import_statement(alipay_fund([fund_row("L1", f"T200P{order.order_no}", 9000)]), "alipay")
    assert not Ticket.objects.exists()

    assert handover.hand_over(Difference.objects.values_list("id", flat=True)) == 1
    assert Ticket.objects.get().amount_minor == 1000
    assert (
        open_ticket(kind="other", title="x", dedupe_key=Ticket.objects.get().dedupe_key).pk == Ticket.objects.get().pk
    )


def test_a_strange_bill_does_not_flood_the_board(books, monkeypatch):
    monkeypatch.setattr(handover, "MOST_AT_ONCE", 2)
    orders = [books.order(paid=0) for _ in range(5)]
    books.settle()
    import_statement(
        alipay_fund([fund_row(f"L{n}", f"T200P{o.order_no}", 100) for n, o in enumerate(orders)]), "alipay"
    )

    assert Ticket.objects.count() == 2
    assert Difference.objects.filter(state="open", owner="finance").count() == 3
