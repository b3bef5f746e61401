"""Conditions as data, with a trace. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Test = Callable[[Any], bool]


class BadRule(ValueError):
    """A condition names a field or operator that its vocabulary does not have, or a value of the wrong type."""


class Area(str):
    """Type of a fact that is a division code; asked by what it lies in: 44, 4403 or 440305."""


def _contains(value: Any) -> Test:
    return lambda fact: value in fact


def _contains_any(values: Sequence[str]) -> Test:
    return lambda fact: any(value in fact for value in values)


def _within(values: Sequence[str]) -> Test:
    codes = tuple(values)
    return lambda fact: fact.startswith(codes)


def _not(make: Callable[[Any], Test]) -> Callable[[Any], Test]:
    def negated(value: Any) -> Test:
        test = make(value)
        return lambda fact: not test(fact)

    return negated


# What an operator makes of its value: a test of the fact. A rule makes its tests once and asks them of every order.
OPERATORS: Mapping[str, Callable[[Any], Test]] = {
    "eq": lambda value: lambda fact: fact == value,
    "ne": lambda value: lambda fact: fact != value,
    "gt": lambda value: lambda fact: fact > value,
    "gte": lambda value: lambda fact: fact >= value,
    "lt": lambda value: lambda fact: fact < value,
    "lte": lambda value: lambda fact: fact <= value,
    "in": lambda value: frozenset(value).__contains__,
    "not_in": _not(lambda value: frozenset(value).__contains__),
    "contains": _contains,
    "contains_any": _contains_any,
    "contains_none": _not(_contains_any),
    "within": _within,
    "not_within": _not(_within),
}

# Operators whose value is a list.
MANY = frozenset({"in", "not_in", "contains_any", "contains_none", "within", "not_within"})

# Operators each type of fact may be asked with.
TYPE_OPERATORS: Mapping[type, tuple[str, ...]] = {
    bool: ("eq",),
    int: ("gt", "gte", "lt", "lte", "eq", "ne", "in", "not_in"),
    str: ("eq", "ne", "in", "not_in", "contains", "contains_any", "contains_none"),
    Area: ("within", "not_within"),
    list: ("contains",),
}


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class RuleData:
    """One rule as the engine sees it; its conditions have passed `check`."""

    id: int
    name: str
    conditions: Sequence[Condition]
    action: Mapping[str, Any]
    tests: Sequence[tuple[Condition, Test]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        tests = tuple((c, OPERATORS[c.op](c.value)) for c in self.conditions)
        object.__setattr__(self, "tests", tests)


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
        _check_value(condition, kind)


def _check_value(condition: Condition, kind: type) -> None:
    values = condition.value if condition.op in MANY else [condition.value]
    wanted = str if kind in {list, Area} else kind
    if not isinstance(values, list) or not values or not all(type(value) is wanted for value in values):
        raise BadRule(f"{condition.field} needs a value of type {wanted.__name__}")
    if kind is Area and not all(value.isdigit() and len(value) in {2, 4, 6} for value in values):
        raise BadRule(f"{condition.field} needs division codes of 2, 4 or 6 digits")
    if condition.op.startswith("contains") and not all(values):
        raise BadRule(f"{condition.field} needs a word to look for")


def fields_of(rules: Iterable[RuleData]) -> frozenset[str]:
    """The facts that these rules ask for."""
    return frozenset(condition.field for rule in rules for condition in rule.conditions)


def matches(rule: RuleData, facts: Mapping[str, Any]) -> bool:
    """Whether every condition holds; `evaluate` without its trace. A fact that is None matches nothing."""
    return all(_holds(test, facts.get(c.field)) for c, test in rule.tests)


def seen(rule: RuleData, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Why a rule matched: each condition beside the fact it saw; of a text only the words that were found."""
    return [
        {"field": c.field, "op": c.op, "value": c.value, "fact": _worth_telling(c, facts[c.field])}
        for c in rule.conditions
    ]


def _worth_telling(condition: Condition, fact: Any) -> Any:
    if condition.op == "contains_any":
        return [word for word in condition.value if word in fact]
    return condition.value if condition.op == "contains" else None if condition.op == "contains_none" else fact


def evaluate(rules: Iterable[RuleData], facts: Mapping[str, Any]) -> tuple[list[RuleData], list[Step]]:
    """All rules whose every condition holds, in order, and the trace. A fact that is None matches nothing."""
    matched, trace = [], []
    for rule in rules:
        failed = next((c for c, test in rule.tests if not _holds(test, facts.get(c.field))), None)
        if failed is None:
            matched.append(rule)
            trace.append(Step(rule.id, rule.name, True))
        else:
            trace.append(Step(rule.id, rule.name, False, failed, facts.get(failed.field)))
    return matched, trace


def _holds(test: Test, fact: Any) -> bool:
    return fact is not None and test(fact)
