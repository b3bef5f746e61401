"""Statements and differences for pages, the API and the command line."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q, QuerySet, Sum

from core.models import UserScope
from finance.domain.states import DifferenceState
from finance.models import Difference, Statement, StatementLine

User = AbstractBaseUser | AnonymousUser


def summary(statement: Statement) -> dict[str, Any]:
    """A reconciliation in figures. `residual_minor`: what of in − out neither an order nor a known cause accounts for;
    `tickets` open differences own it. `causes` counts differences, open or explained, by cause."""
    open_or_explained = statement.differences.filter(state__in=[DifferenceState.OPEN, DifferenceState.EXPLAINED])
    causes = open_or_explained.order_by().values_list("cause").annotate(count=Count("id"))
    return {
        "rows": statement.rows,
        "matched": statement.matched_rows,
        "explained": statement.explained_rows,
        "unexplained": statement.unexplained_rows,
        "in_minor": statement.in_minor,
        "out_minor": statement.out_minor,
        "residual_minor": statement.residual_minor,
        "tickets": open_or_explained.filter(state=DifferenceState.OPEN).count(),
        "causes": dict(causes),
        "warnings": statement.warnings,
    }


def _visible(user: User, shop: str) -> Q:
    """Rows of the user's shops; rows of no particular shop only for those who see all shops."""
    scope = UserScope.objects.filter(user=user.pk).first()
    if scope is None:
        return Q(pk__in=[])
    return Q() if scope.all_shops else Q(**{f"{shop}__in": scope.shop_ids})


def visible_to(user: User) -> QuerySet[Statement]:
    return Statement.objects.filter(_visible(user, "shop_id"))


def for_list(user: User) -> QuerySet[Statement]:
    """With the number and amount of what is still open."""
    still_open = Q(differences__state=DifferenceState.OPEN)
    return (
        visible_to(user)
        .select_related("shop", "imported_by")
        .annotate(
            open_count=Count("differences", filter=still_open),
            open_minor=Sum("differences__gain_minor", filter=still_open, default=0),
        )
        .order_by("-id")
    )


def differences_of(user: User) -> QuerySet[Difference]:
    """Differences of the statements the user may see, oldest first."""
    return (
        Difference.objects.filter(_visible(user, "statement__shop_id"))
        .select_related("statement__shop", "order", "line")
        .order_by("id")
    )


def lines_of(statement: Statement) -> QuerySet[StatementLine]:
    """The lines a file brought, in file order."""
    return StatementLine.objects.filter(statement=statement).select_related("order").order_by("row_no", "id")
