from core.domain.rules import Condition, RuleData
from core.models import Rule, RuleSet


def live_rules(kind: str) -> tuple[int, list[RuleData]]:
    """Version number and enabled rules of the live set of `kind`; (0, []) when none is published."""
    rule_set = RuleSet.objects.filter(kind=kind, status="live").first()
    if rule_set is None:
        return 0, []
    rules = Rule.objects.filter(rule_set=rule_set, enabled=True).order_by("position")
    return rule_set.version, [as_data(rule) for rule in rules]


def as_data(rule: Rule) -> RuleData:
    conditions = [Condition(c["field"], c["op"], c["value"]) for c in rule.conditions]
    return RuleData(rule.pk, rule.name, conditions, rule.action)
