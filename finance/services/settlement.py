"""Statements on the books: one entry per statement and business day, corrected by the difference when lines change."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Sum

from finance.domain.ledger import WALLETS, Account, EntryKind, Leg
from finance.models import Posting, Statement
from finance.services.ledger import Entry, post

# Where the other half of a line goes: to the order's receivable when an order answers for it, else to be cleared.
_DESIRED = """
SELECT l.statement_id, (l.occurred_at AT TIME ZONE 'Asia/Shanghai')::date, l.currency,
       CASE WHEN l.cause IN ('matched', 'rounding', 'amount_mismatch', 'status_mismatch') THEN %(receivable)s
            WHEN l.cause = 'transfer' THEN %(bank)s
            WHEN l.cause <> 'fee' THEN %(suspense)s
            WHEN l.kind = 'freight' THEN %(freight)s
            WHEN l.kind = 'discount' THEN %(discount)s ELSE %(fee)s END, sum(l.in_minor - l.out_minor)
  FROM finance_statementline l WHERE l.statement_id = ANY(%(statements)s) AND l.superseded_at IS NULL
 GROUP BY 1, 2, 3, 4
"""
_ACCOUNTS = {
    "receivable": Account.RECEIVABLE.value,
    "bank": Account.BANK.value,
    "suspense": Account.SUSPENSE.value,
    "freight": Account.FREIGHT_PAYABLE.value,
    "discount": Account.DISCOUNT.value,
    "fee": Account.PLATFORM_FEE.value,
}
_Key = tuple[int, date]
_Legs = dict[tuple[Account, str], int]


def book(statement_ids: Iterable[int]) -> None:
    """Bring the books in line with the statements' lines as they are judged now."""
    ids = sorted(set(statement_ids))
    statements = {row.pk: row for row in Statement.objects.filter(id__in=ids)}
    steps = _desired(ids, statements)
    booked = (
        Posting.objects.filter(entry__statement_id__in=ids, entry__kind=EntryKind.SETTLEMENT)
        .values_list("entry__statement_id", "entry__day", "account", "currency")
        .annotate(total=Sum("amount_minor"))
    )
    for statement_id, day, account, currency, total in booked:
        legs = steps.setdefault((statement_id, day), {})
        key = (Account(account), currency)
        legs[key] = legs.get(key, 0) - total
    post(
        Entry(
            EntryKind.SETTLEMENT,
            day,
            [Leg(account, amount, currency) for (account, currency), amount in legs.items()],
            shop_id=statements[statement_id].shop_id,
            statement_id=statement_id,
        )
        for (statement_id, day), legs in sorted(steps.items())
    )


def _desired(ids: list[int], statements: dict[int, Statement]) -> dict[_Key, _Legs]:
    steps: dict[_Key, _Legs] = {}
    with connection.cursor() as cursor:
        cursor.execute(_DESIRED, {**_ACCOUNTS, "statements": ids})
        for statement_id, day, currency, account, net in cursor.fetchall():
            legs = steps.setdefault((statement_id, day), {})
            wallet = WALLETS[statements[statement_id].source]
            for name, amount in ((wallet, int(net)), (Account(account), -int(net))):
                legs[name, currency] = legs.get((name, currency), 0) + amount
    return steps
