import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Shop, Sku
from core.errors import Conflict, NotFound
from finance.domain.invoicing import red_tax, tax_within
from finance.models import Invoice
from finance.services.invoices import request_blue, request_red
from oms.models import OrderLine
from tests.finance.conftest import Books


def invoiced(books, paid=11300, refund=0):
    sku = Sku.objects.create(code=f"T{Sku.objects.count()}", name="t", tax_rate_bp=1300)
    order = books.order(paid=paid)
    OrderLine.objects.create(
        order=order, line_no=1, line_id="1", qty=1, unit_price_minor=paid, net_minor=paid, refund="none", sku=sku
    )
    if refund:
        books.refund(order, refund)
    books.settle()
    return order


def test_tax_is_inside_the_amount():
    assert tax_within(11300, [(11300, 1300)]) == 1300
    assert tax_within(10000, [(3000, 0), (7000, 1300)]) == 805
    assert tax_within(100, []) == 0


@given(st.integers(1, 10**7), st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_reds_that_take_everything_back_take_all_of_the_tax_back(amount, tax, parts):
    tax = min(tax, amount)
    taken_amount = taken_tax = 0
    for part in [*parts, amount]:
        part = min(part, amount - taken_amount)
        if part:
            step = red_tax(amount, tax, taken_amount, taken_tax, part)
            assert 0 <= step <= part
            taken_amount, taken_tax = taken_amount + part, taken_tax + step

    assert (taken_amount, taken_tax) == (amount, tax)


def test_a_blue_invoice_covers_what_the_buyer_keeps_paying_for(books):
    order = invoiced(books, paid=11300, refund=1300)
    blue = request_blue(order.pk)

    assert (blue.amount_fen, blue.tax_fen, blue.colour, blue.state) == (10000, 1150, "blue", "requested")
    assert request_blue(order.pk).pk == blue.pk


def test_nothing_is_invoiced_of_nothing(books):
    with pytest.raises(Conflict) as caught:
        request_blue(invoiced(books, paid=500, refund=500).pk)
    assert caught.value.code == "nothing_to_invoice"
    with pytest.raises(NotFound):
        request_blue(0)


def test_red_invoices_stay_within_the_blue_one(books):
    blue = request_blue(invoiced(books).pk)
    first = request_red(blue.pk, 5000, "r1")

    assert request_red(blue.pk, 5000, "r1").pk == first.pk
    with pytest.raises(Conflict) as caught:
        request_red(blue.pk, 6301, "r2")
    assert (caught.value.code, caught.value.fields) == ("beyond_blue", {"left_fen": 6300})
    last = request_red(blue.pk, 6300, "r3")
    assert first.tax_fen + last.tax_fen == blue.tax_fen


@pytest.mark.django_db(transaction=True)
def test_red_invoices_in_a_race_stay_within_the_blue_one():
    blue = request_blue(invoiced(Books(Shop.objects.create(platform="taobao", code="race", name="race"))).pk)

    def take(number):
        try:
            request_red(blue.pk, 2000, f"race{number}")
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(Invoice.objects.filter(colour="red").values_list("amount_fen", flat=True)) == 10000
