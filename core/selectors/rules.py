"""The rules in force, and their versions."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from core.domain.rules import Condition, RuleData
from core.models import Rule, RuleSet

KEPT_VERSIONS = 64


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its enabled rules in order; `id` and `version` are 0 when there is none."""

    id: int = 0
    version: int = 0
    rules: list[RuleData] = field(default_factory=list)


NONE = Version()


def live_rules(kind: str) -> tuple[int, list[RuleData]]:
    """Version number and enabled rules of the live set of `kind`; (0, []) when none is published."""
    live = in_force(kind)[0]
    return live.version, live.rules


def in_force(kind: str) -> tuple[Version, Version]:
    """The live version and the shadow beside it, by one small query: their rules never change, so each process reads
    and prepares them once."""
    rows = RuleSet.objects.filter(kind=kind, status__in=["live", "shadow"]).values_list("status", "id", "version")
    found = {status: _frozen(pk, version) for status, pk, version in rows}
    return found.get("live", NONE), found.get("shadow", NONE)


@lru_cache(maxsize=KEPT_VERSIONS)
def _frozen(rule_set_id: int, version: int) -> Version:
    return read(rule_set_id, version)


def read(rule_set_id: int, version: int) -> Version:
    """A version as it is now; a draft may be another the next time."""
    rules = Rule.objects.filter(rule_set_id=rule_set_id, enabled=True).order_by("position")
    return Version(rule_set_id, version, [as_data(rule) for rule in rules])


def as_data(rule: Rule) -> RuleData:
    return RuleData(rule.pk, rule.name, conditions_of(rule), rule.action)


def conditions_of(rule: Rule) -> list[Condition]:
    return [Condition(c["field"], c["op"], c["value"]) for c in rule.conditions]


def versions(kind: str) -> QuerySet[RuleSet]:
    """Newest first."""
    return RuleSet.objects.filter(kind=kind).order_by("-version")


def working(kind: str) -> RuleSet | None:
    """What an editor starts from: the draft, else the live version."""
    found = {row.status: row for row in RuleSet.objects.filter(kind=kind, status__in=["draft", "live"])}
    return found.get("draft") or found.get("live")


def as_rows(rule_set: RuleSet | None) -> list[dict[str, Any]]:
    """Its rules as `core.services.rules` takes them."""
    if rule_set is None:
        return []
    return [
        {"name": rule.name, "conditions": rule.conditions, "action": rule.action, "enabled": rule.enabled}
        for rule in rule_set.rules.all()
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one rule between two versions: `added`, `removed`, `changed` or `moved`; rows as `as_rows`."""

    name: str
    what: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def differences(before: RuleSet | None, after: RuleSet | None) -> list[Difference]:
    """Rules are the same by their names. A rule has `moved` when its place among the rules that stayed is another."""
    old = {row["name"]: row for row in as_rows(before)}
    new = {row["name"]: row for row in as_rows(after)}
    found = [Difference(name, "removed", row) for name, row in old.items() if name not in new]
    stayed = [name for name in old if name in new]
    places = {name: place for place, name in enumerate(name for name in new if name in old)}
    for name, row in new.items():
        if name not in old:
            found.append(Difference(name, "added", None, row))
        elif old[name] != row:
            found.append(Difference(name, "changed", old[name], row))
        elif stayed.index(name) != places[name]:
            found.append(Difference(name, "moved", old[name], row))
    return found
