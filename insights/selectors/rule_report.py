"""How rules fare: how often they matched, which never do, what a shadow found that the live version did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q

from core import clock
from core.domain.rule_conflicts import Finding, findings
from core.models import Rule, RuleSet
from core.selectors.rules import as_data
from core.vocabulary import RuleKind
from oms.models import RuleHit
from oms.selectors.orders import User, visible_to

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
SAMPLE = 30


@dataclass(frozen=True, slots=True)
class Hits:
    week: int = 0
    month: int = 0


def hits(kind: str) -> dict[str, Hits]:
    """Orders that each live rule (by name, over all versions) matched in the last week and month."""
    now = clock.now()
    rows = (
        RuleHit.objects.filter(rule__rule_set__kind=kind, shadow=False, at__gte=now - MONTH)
        .values_list("rule__name")
        .annotate(week=Count("id", filter=Q(at__gte=now - WEEK)), month=Count("id"))
        .order_by()
    )
    return {name: Hits(week, month) for name, week, month in rows}


def pointed_out(known: RuleKind, rules: Sequence[Rule], found: Mapping[str, Hits]) -> dict[str, list[Finding]]:
    """What is wrong with each rule (by name): what can be seen by reading it, and `silent` for one that has been live
    for a week and matched nothing in a month."""
    said: dict[str, list[Finding]] = {}
    enabled = [rule for rule in rules if rule.enabled]
    if known.fields:
        for finding in findings([as_data(rule) for rule in enabled], first_match=known.first_match):
            said.setdefault(finding.rule, []).append(finding)
    if known.shadows:
        old = _live_for_a_week(known.kind)
        for rule in enabled:
            silent = rule.name in old and not found.get(rule.name, Hits()).month
            if silent and not any(finding.code == "impossible" for finding in said.get(rule.name, [])):
                said.setdefault(rule.name, []).append(Finding(rule.name, "silent"))
    return said


def _live_for_a_week(kind: str) -> set[str]:
    """Names of today's live rules that have been live under the same name for a week or longer."""
    live = Rule.objects.filter(rule_set__kind=kind, rule_set__status="live", enabled=True).values("name")
    since = (
        Rule.objects.filter(rule_set__kind=kind, rule_set__published_at__isnull=False, name__in=live)
        .values_list("name")
        .annotate(since=Min("rule_set__published_at"))
    )
    return {name for name, moment in since if moment <= clock.now() - WEEK}


@dataclass(frozen=True, slots=True)
class Shadowed:
    """What a version found in the shadow: orders per rule, how many of all those the live version let pass, and the
    newest hits as (order id, order number, rule, facts, the live version let it pass, when)."""

    rules: list[tuple[str, int]]
    orders: int
    passed: int
    newest: list[dict[str, Any]]


def shadowed(user: User, rule_set: RuleSet) -> Shadowed:
    """Of the user's orders."""
    mine = RuleHit.objects.filter(rule__rule_set=rule_set, shadow=True, order__in=visible_to(user))
    counts = dict(mine.values_list("rule__name").annotate(orders=Count("order", distinct=True)).order_by())
    names = rule_set.rules.filter(enabled=True).order_by("position").values_list("name", flat=True)
    held = RuleHit.objects.filter(shadow=False).values("order_id")
    newest = list(mine.order_by("-id").values("order_id", "order__order_no", "rule__name", "facts", "at")[:SAMPLE])
    held_too = set(held.filter(order_id__in=[row["order_id"] for row in newest]).values_list("order_id", flat=True))
    return Shadowed(
        [(name, counts.get(name, 0)) for name in names],
        mine.values("order_id").distinct().count(),
        mine.exclude(order_id__in=held).values("order_id").distinct().count(),
        [{**row, "passed": row["order_id"] not in held_too} for row in newest],
    )
