"""Draft, publish and retire rule sets. A published version never changes."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock, vocabulary
from core.context import current
from core.domain.rules import BadRule, Condition, check
from core.errors import OneRopeError
from core.models import Rule, RuleSet
from core.services import audit


def draft(kind: str, rules: list[dict[str, Any]], note: str = "") -> RuleSet:
    """A new draft version of `kind` holding `rules` (`{"name", "conditions", "action", "enabled"}`), checked."""
    known = vocabulary.get(kind)
    for rule in rules:
        try:
            check([Condition(c["field"], c["op"], c["value"]) for c in rule["conditions"]], known.facts)
        except (BadRule, KeyError) as exc:
            message = _("Rule “%(name)s”: %(error)s") % {"name": rule.get("name", ""), "error": exc}
            raise OneRopeError(message, code="bad_rule") from exc
    with transaction.atomic():
        newest = RuleSet.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
        rule_set = RuleSet.objects.create(kind=kind, version=newest + 1, note=note)
        Rule.objects.bulk_create(
            Rule(
                rule_set=rule_set,
                position=position,
                name=rule["name"],
                conditions=rule["conditions"],
                action=rule["action"],
                enabled=rule.get("enabled", True),
            )
            for position, rule in enumerate(rules, start=1)
        )
    return rule_set


def publish(rule_set_id: int) -> RuleSet:
    """Make a draft the live version of its kind; the one before it retires. OneRopeError unless it is a draft."""
    with transaction.atomic():
        rule_set = RuleSet.objects.select_for_update().get(id=rule_set_id)
        if rule_set.status != "draft":
            raise OneRopeError(_("Only a draft can be published."), code="not_a_draft")
        RuleSet.objects.filter(kind=rule_set.kind, status="live").update(status="retired")
        rule_set.status, rule_set.published_at, rule_set.published_by = "live", clock.now(), current().actor
        rule_set.save(update_fields=["status", "published_at", "published_by"])
        audit.record("rules.publish", f"rules:{rule_set.kind}:{rule_set.version}", reason=rule_set.note)
    return rule_set
