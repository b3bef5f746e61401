"""Conditions as data, with a trace. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class BadRule(ValueError):
    """A condition names a field or operator that its vocabulary does not have, or a value of the wrong type."""


def _contains(fact: Any, value: Any) -> bool:
    return str(value) in fact if isinstance(fact, str) else value in fact


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda fact, value: fact == value,
    "ne": lambda fact, value: fact != value,
    "gt": lambda fact, value: fact > value,
    "gte": lambda fact, value: fact >= value,
    "lt": lambda fact, value: fact < value,
    "lte": lambda fact, value: fact <= value,
    "in": lambda fact, value: fact in value,
    "not_in": lambda fact, value: fact not in value,
    "contains": _contains,
}

# Operators each type of fact may be asked with.
TYPE_OPERATORS: dict[type, frozenset[str]] = {
    bool: frozenset({"eq"}),
    int: frozenset({"eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in"}),
    str: frozenset({"eq", "ne", "in", "not_in", "contains"}),
    list: frozenset({"contains"}),
}


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class RuleData:
    """One rule as the engine sees it."""

    id: int
    name: str
    conditions: Sequence[Condition]
    action: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One rule's answer: matched, or the first condition that failed and the fact it saw."""

    rule_id: int
    name: str
    matched: bool
    failed: Condition | None = None
    fact: Any = None


def check(conditions: Iterable[Condition], vocabulary: Mapping[str, type]) -> None:
    """Raise BadRule unless every condition fits the vocabulary (`field -> type of its fact`)."""
    for condition in conditions:
        kind = vocabulary.get(condition.field)
        if kind is None:
            raise BadRule(f"unknown field: {condition.field}")
        if condition.op not in TYPE_OPERATORS[kind]:
            raise BadRule(f"{condition.field} cannot be asked with {condition.op}")
        values = condition.value if condition.op in {"in", "not_in"} else [condition.value]
        wanted = str if kind is list else kind
        if not isinstance(values, list) or not all(type(value) is wanted for value in values):
            raise BadRule(f"{condition.field} needs a value of type {wanted.__name__}")


def evaluate(rules: Iterable[RuleData], facts: Mapping[str, Any]) -> tuple[list[RuleData], list[Step]]:
    """All rules whose every condition holds, in order, and the trace. A fact that is None matches nothing."""
    matched, trace = [], []
    for rule in rules:
        failed = next((c for c in rule.conditions if not _holds(c, facts.get(c.field))), None)
        if failed is None:
            matched.append(rule)
            trace.append(Step(rule.id, rule.name, True))
        else:
            trace.append(Step(rule.id, rule.name, False, failed, facts.get(failed.field)))
    return matched, trace


def _holds(condition: Condition, fact: Any) -> bool:
    return fact is not None and OPERATORS[condition.op](fact, condition.value)
