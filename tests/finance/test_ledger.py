from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from finance.domain.ledger import Account, EntryKind, Leg, Unbalanced, balanced, revenue_due, transfer
from finance.models import JournalEntry, Posting
from finance.services.ledger import Entry, post

DAY = date(2026, 8, 2)
minor = st.integers(0, 10**9)


def raw_entry(*legs):
    entry = JournalEntry.objects.create(kind=EntryKind.ADJUSTMENT, day=DAY, actor="test")
    for account, amount, currency in legs:
        Posting.objects.create(entry=entry, account=account, amount_minor=amount, currency=currency)


@given(st.lists(st.tuples(st.sampled_from(Account), st.sampled_from(Account), st.integers(-(10**12), 10**12))))
def test_transfers_always_balance(moves):
    legs = [leg for debit, credit, amount in moves for leg in transfer(debit, credit, amount)]

    assert sum(leg.amount_minor for leg in balanced(legs)) == 0


def test_a_lopsided_entry_is_refused_before_it_is_written():
    with pytest.raises(Unbalanced):
        balanced([Leg(Account.BANK, 100), Leg(Account.REVENUE, -99)])
    with pytest.raises(Unbalanced):
        balanced([Leg(Account.BANK, 100, "CNY"), Leg(Account.REVENUE, -100, "USD")])


@given(minor, minor, minor, st.lists(minor, max_size=5))
def test_no_more_is_earned_than_is_kept_and_all_of_it_once_all_has_left(paid, refunded, goods, parts):
    shipped, earned = 0, []
    for part in parts:
        shipped = min(shipped + part, goods)
        earned.append(revenue_due(paid, refunded, goods, shipped))

    assert all(0 <= amount <= max(paid - refunded, 0) for amount in earned)
    assert earned == sorted(earned)
    assert revenue_due(paid, refunded, goods, goods) == max(paid - refunded, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "legs",
    [
        [],
        [("1002", 100, "CNY")],
        [("1002", 100, "CNY"), ("6001", -99, "CNY")],
        [("1002", 100, "CNY"), ("6001", -100, "USD")],
    ],
)
def test_the_database_refuses_an_unbalanced_entry_at_commit(legs):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        raw_entry(*legs)

    assert not JournalEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_leg_added_later_is_refused_as_well():
    with transaction.atomic():
        raw_entry(("1002", 100, "CNY"), ("6001", -100, "CNY"))
    entry = JournalEntry.objects.get()

    with pytest.raises(IntegrityError, match="does not balance"):
        Posting.objects.create(entry=entry, account="1002", amount_minor=1)
    assert Posting.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_posting SET amount_minor = 1",
        "DELETE FROM finance_posting",
        "UPDATE finance_journalentry SET day = '2020-01-01'",
        "DELETE FROM finance_journalentry",
    ],
)
def test_the_books_cannot_be_rewritten(statement):
    with transaction.atomic():
        raw_entry(("1002", 100, "CNY"), ("6001", -100, "CNY"))

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_key_books_once():
    entry = Entry(EntryKind.ADJUSTMENT, DAY, transfer(Account.BANK, Account.REVENUE, 100), key="once")
    with transaction.atomic():
        assert len(post([entry])) == 1
    with transaction.atomic():
        assert post([entry]) == []

    assert JournalEntry.objects.count() == 1
