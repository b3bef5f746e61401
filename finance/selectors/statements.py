"""Statements and differences for pages, the API and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q, QuerySet, Sum

from core.models import UserScope
from finance.choices import BILL_WARNING, CAUSE
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
        .select_related("statement__shop", "order", "line", "ticket")
        .order_by("id")
    )


def lines_of(user: User) -> QuerySet[StatementLine]:
    """Lines of the statements the user may see."""
    lines = StatementLine.objects.filter(_visible(user, "statement__shop_id"), superseded_at=None)
    return lines.select_related("order", "statement")


def warnings_in_words(statement: Statement) -> list[str]:
    """What was odd about the file, for people."""
    found = []
    for warning in statement.warnings:
        code, _colon, detail = warning.partition(":")
        text = str(BILL_WARNING.get(code, code))
        found.append(f"{text}: {detail.strip()}" if detail else text)
    return found


def cause_counts(user: User, statement: str) -> dict[str, int]:
    """Differences that are still there, by cause, of one statement (its id) or of all."""
    rows = differences_of(user).exclude(state=DifferenceState.GONE)
    if statement.isascii() and statement.isdigit():
        rows = rows.filter(statement_id=int(statement))
    return dict(rows.order_by().values_list("cause").annotate(count=Count("id")))


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One branch of a statement's cause tree, in minor units, money in counted positive: what the platform moved, what
    our orders and known causes account for, and the difference between them."""

    cause: str
    label: Any
    lines: int
    platform: int
    difference: int
    open: int

    @property
    def system(self) -> int:
        return self.platform - self.difference


def cause_tree(statement: Statement) -> list[CauseRow]:
    """The statement's money by cause; the branches add up to what came in less what went out."""
    lines = {row["cause"]: row for row in statement.breakdown}
    alive = statement.differences.exclude(state=DifferenceState.GONE).order_by().values("cause")
    still_open = Count("id", filter=Q(state=DifferenceState.OPEN))
    found = {row["cause"]: row for row in alive.annotate(gain=Sum("gain_minor"), open=still_open)}
    rows = []
    for cause, label in CAUSE:
        line, difference = lines.get(cause), found.get(cause)
        if line or difference:
            moved = line["in_minor"] - line["out_minor"] if line else 0
            count, gain, is_open = (line or {}).get("lines", 0), 0, 0
            if difference:
                gain, is_open = difference["gain"], difference["open"]
            rows.append(CauseRow(cause, label, count, moved, gain, is_open))
    return rows


def tree_total(rows: Sequence[CauseRow]) -> CauseRow:
    return CauseRow(
        "", "", sum(r.lines for r in rows), sum(r.platform for r in rows), sum(r.difference for r in rows),
        sum(r.open for r in rows),
    )  # fmt: skip


def open_differences(user: User, cap: int) -> int:
    """How many differences wait for somebody, counted no further than `cap`."""
    waiting = Difference.objects.filter(_visible(user, "statement__shop_id"), state=DifferenceState.OPEN)
    return waiting.order_by().values("pk")[:cap].count()
