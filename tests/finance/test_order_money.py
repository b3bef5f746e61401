"""Orders' events on the books."""

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales.domain import events as aftersales_events
from catalog.models import Sku
from core.invariants import run
from finance.domain.ledger import Account
from finance.models import JournalEntry, OrderCost, Posting, Receivable
from tests.finance.conftest import PAID_AT


def balance(account, order=None):
    rows = Posting.objects.filter(account=account)
    if order is not None:
        rows = rows.filter(entry__order=order)
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def test_a_paid_order_is_owed_by_its_platform(books):
    order = books.order(paid=10000)
    books.settle()

    assert balance(Account.RECEIVABLE, order) == 10000
    assert balance(Account.CONTRACT_LIABILITY, order) == -10000
    assert Receivable.objects.get(order=order).paid_minor == 10000


def test_an_amendment_books_the_difference(books):
    order = books.order(paid=10000)
    books.settle()
    books.amend(order, 9000)
    books.settle()

    assert balance(Account.RECEIVABLE, order) == 9000
    assert JournalEntry.objects.filter(order=order, kind="sale").count() == 2


def test_what_has_left_is_earned_and_nothing_stays_behind(books):
    order = books.order(paid=10001, lines=[6000, 3000])  # the rest is freight
    books.ship(order, 6000, 1)
    books.settle()
    assert balance(Account.REVENUE, order) == -6667
    books.ship(order, 3000, 2)
    books.settle()

    assert balance(Account.REVENUE, order) == -10001
    assert balance(Account.CONTRACT_LIABILITY, order) == 0


def test_a_refund_after_shipping_shows_as_a_return(books):
    order = books.order(paid=10000)
    books.ship(order, 10000, 1)
    books.refund(order, 4000)
    books.settle()
    assert balance(Account.RECEIVABLE, order) == 6000
    assert balance(Account.REVENUE, order) + balance(Account.RETURNS, order) == -6000
    assert balance(Account.CONTRACT_LIABILITY, order) == 0

    books.refund(order, 4000, status="closed")  # the platform takes it back
    books.settle()
    assert balance(Account.RECEIVABLE, order) == 10000


def test_the_platforms_refunds_count_by_its_own_word_ours_by_ours(books):
    order = books.order(paid=10000)
    books.refund(order, 4000, number="R7")
    paid_back = {"payment_id": 5, "order_id": order.pk, "refund_no": "R7", "amount_minor": 3000, "channel": "platform"}
    books.say(order, aftersales_events.REFUND_SUCCEEDED, paid_back, stream="aftersales.ticket:1")
    books.settle()
    assert Receivable.objects.get(order=order).refunded_minor == 4000

    ours = {**paid_back, "payment_id": 6, "refund_no": "", "amount_minor": 100, "channel": "direct"}
    books.say(order, aftersales_events.REFUND_SUCCEEDED, ours, stream="aftersales.ticket:1")
    books.settle()
    assert Receivable.objects.get(order=order).refunded_minor == 4100


def test_a_parcel_costs_goods_packing_labour_and_freight(books):
    sku = Sku.objects.create(code="A", name="A", cost_fen=2500)
    order = books.order(paid=10000)
    books.ship(order, 10000, 1, sku_id=sku.pk, qty=2, freight=700)
    books.settle()

    cost = OrderCost.objects.get(order=order)
    # The rates of the founding document: ¥28 an hour for five minutes, and ¥0.60 for a box.
    assert (cost.goods_fen, cost.packing_fen, cost.labour_fen, cost.freight_estimated_fen) == (5000, 60, 233, 700)
    assert balance(Account.GOODS_COST, order) == 5000
    assert balance(Account.INVENTORY, order) == -5000
    assert balance(Account.FREIGHT_PAYABLE, order) == -700


def test_goods_that_come_back_give_their_cost_back_scrap_does_not(books):
    sku = Sku.objects.create(code="A", name="A", cost_fen=2500)
    order = books.order(paid=10000)
    books.ship(order, 10000, 1, sku_id=sku.pk, qty=2)
    lines = [
        {"sku_id": sku.pk, "qty": 1, "grade": grade, "bin_id": 1, "unit_cost_fen": 2500} for grade in ("b", "scrap")
    ]
    graded = {"return_id": 1, "order_id": order.pk, "lines": lines}
    books.say(order, aftersales_events.RETURN_GRADED, graded, stream="aftersales.return:1")
    books.settle()

    assert OrderCost.objects.get(order=order).goods_fen == 2500
    assert balance(Account.GOODS_COST, order) == 2500


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("amend"), st.integers(0, 20000)),
        st.tuples(st.just("refund"), st.integers(0, 9000), st.sampled_from(["R1", "R2", "R3"]),
                  st.sampled_from(["requested", "succeeded", "closed"])),
        st.tuples(st.just("ship"), st.integers(1, 5000)),
        st.tuples(st.just("settle")),
    ),
    max_size=12,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_history_leaves_books_that_agree_with_the_order(books, steps):
    order = books.order(paid=10000)
    for number, (name, *values) in enumerate(steps):
        if name == "amend":
            books.amend(order, values[0])
        elif name == "refund":
            books.refund(order, values[0], values[1], values[2], at=PAID_AT)
        elif name == "ship":
            books.ship(order, values[0], order.pk * 100 + number)
        else:
            books.settle()
    books.settle()

    row = Receivable.objects.get(order=order)
    assert balance(Account.RECEIVABLE, order) == row.paid_minor - row.refunded_minor
    kept = row.paid_minor - row.refunded_minor
    assert (
        balance(Account.CONTRACT_LIABILITY, order) + balance(Account.REVENUE, order) + balance(Account.RETURNS, order)
        == -kept
    )
    assert not [finding for finding in run() if finding.name.startswith("finance") and finding.violations]
