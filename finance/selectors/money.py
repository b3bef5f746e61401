"""An order's money, and the balance of the books."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet, Sum

from core.models import UserScope
from finance.choices import ACCOUNT
from finance.domain.costs import Profit
from finance.models import Difference, JournalEntry, OrderCost, Posting, Receivable, StatementLine

User = AbstractBaseUser | AnonymousUser


def profit(order_id: int) -> Profit | None:
    """What the order brought and cost, in fen; None while it is unknown, or in another currency than the costs'."""
    receivable = Receivable.objects.filter(pk=order_id).first()
    if receivable is None or receivable.currency != "CNY":
        return None
    cost = OrderCost.objects.filter(pk=order_id).first() or OrderCost()
    billed = cost.freight_billed_fen
    return Profit(
        paid=receivable.paid_minor,
        refunded=receivable.refunded_minor,
        goods=cost.goods_fen,
        packing=cost.packing_fen,
        labour=cost.labour_fen,
        freight=cost.freight_estimated_fen if billed is None else billed,
        platform_fee=cost.platform_fee_fen,
        after_sales=cost.after_sales_fen,
    )


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Everything the books and the bills say of one order."""

    profit: Profit | None
    receivable: Receivable | None
    lines: QuerySet[StatementLine]
    differences: QuerySet[Difference]
    entries: QuerySet[JournalEntry]


def order_money(order_id: int, order_no: str) -> OrderMoney:
    lines = StatementLine.objects.filter(order_ref=order_no, order_id=order_id, superseded_at=None)
    return OrderMoney(
        profit=profit(order_id),
        receivable=Receivable.objects.filter(pk=order_id).first(),
        lines=lines.select_related("statement").order_by("occurred_at", "id"),
        differences=Difference.objects.filter(order_id=order_id).exclude(state="gone").order_by("id"),
        entries=JournalEntry.objects.filter(order_id=order_id).prefetch_related("postings").order_by("id"),
    )


def trial_balance(user: User, start: date | None, end: date | None) -> list[dict[str, Any]]:
    """Per account and currency: debits, credits and balance (minor units) of the entries of these days, as far as the
    user's shops reach. All balances of one currency sum to zero."""
    rows = Posting.objects.filter(_visible(user))
    if start:
        rows = rows.filter(entry__day__gte=start)
    if end:
        rows = rows.filter(entry__day__lte=end)
    names = {str(account): label for account, label in ACCOUNT}
    sums = (
        rows.values("account", "currency")
        .annotate(
            debit=Sum("amount_minor", filter=Q(amount_minor__gt=0), default=0),
            credit=-Sum("amount_minor", filter=Q(amount_minor__lt=0), default=0),
            balance=Sum("amount_minor"),
        )
        .order_by("account", "currency")
    )
    return [{**row, "name": names[row["account"]]} for row in sums]


def _visible(user: User) -> Q:
    scope = UserScope.objects.filter(user=user.pk).first()
    if scope is None:
        return Q(pk__in=[])
    if scope.all_shops:
        return Q()
    return Q(entry__shop_id__in=scope.shop_ids) | Q(entry__order__shop_id__in=scope.shop_ids)
