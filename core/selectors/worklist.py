"""The exception inbox as one user sees it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Case, Count, DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from core import worklist
from core.domain.rules import evaluate
from core.models import OpenException, UserScope
from core.selectors.rules import live_rules
from core.worklist import Reason

User = AbstractUser | AnonymousUser
RULES = "exception"
SOON = 0.25  # of the time there was: what is left when a clock turns amber


def visible_to(user: User) -> QuerySet[OpenException]:
    """What the user's permissions, shops and warehouses let through. What belongs to no shop and no warehouse is for
    those who see every shop."""
    scope = UserScope.objects.filter(user_id=user.pk or 0).first()
    if scope is None:
        return OpenException.objects.none()
    numbers = [kind.number for kind in worklist.kinds() if user.has_perm(f"core.{kind.permission}")]
    found = OpenException.objects.filter(kind__in=numbers)
    if not scope.all_shops:
        found = found.filter(Q(shop_id__in=scope.shop_ids) | Q(shop_id=None, warehouse_id__isnull=False))
    if not scope.all_warehouses:
        found = found.filter(Q(warehouse_id__in=scope.warehouse_ids) | Q(warehouse_id=None, shop_id__isnull=False))
    return found


def with_clocks(found: QuerySet[OpenException]) -> QuerySet[OpenException]:
    """With `due`, the moment by which each should be settled, and `left`: `late`, `soon` or `time`."""
    limits = minutes()
    cases = [When(reason=code, then=Value(timedelta(minutes=limit))) for code, limit in limits.items()]
    soon = [When(reason=code, then=Value(timedelta(minutes=limit * SOON))) for code, limit in limits.items()]
    due: Any = ExpressionWrapper(
        F("since") + Case(*cases, default=Value(timedelta(0)), output_field=DurationField()),
        output_field=DateTimeField(),
    )
    margin = Case(*soon, default=Value(timedelta(0)), output_field=DurationField())
    return found.annotate(
        due=due, amber_at=ExpressionWrapper(F("due") - margin, output_field=DateTimeField())
    ).annotate(
        left=Case(
            When(due__lt=Now(), then=Value("late")), When(amber_at__lt=Now(), then=Value("soon")), default=Value("time")
        )
    )


def minutes() -> Mapping[str, int]:
    """Reason → how long it may take: what the first live rule that fits says, else the usual."""
    rules = live_rules(RULES)[1]
    return {reason.code: _limit(rules, reason) for reason in worklist.reasons()}


def _limit(rules: Any, reason: Reason) -> int:
    matched, _trace = evaluate(rules, {"reason": reason.code, "step": reason.step.value})
    return int(matched[0].action.get("due_minutes", reason.minutes)) if matched else reason.minutes


def counts(user: User) -> dict[str, int]:
    """Open rows by reason."""
    return dict(visible_to(user).order_by().values_list("reason").annotate(n=Count("pk")))


def offers(rows: Iterable[OpenException], user: User) -> dict[int, str]:
    """Key → what the row's button would do, in words; rows without a button are absent."""
    by_reason: dict[str, list[OpenException]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row)
    found: dict[int, str] = {}
    for code, same in by_reason.items():
        cure = worklist.reason(code).fix
        if cure is None or not user.has_perm(f"core.{cure.permission}"):
            continue
        known = {row.ref: "" for row in same} if cure.offers is None else cure.offers([row.ref for row in same])
        found |= {row.pk: str(known[row.ref]) for row in same if row.ref in known}
    return found
