"""What is wrong with a set of rules before it meets an order: rules that cannot match, that match everything, that an
earlier rule makes needless, that contradict another. Pure.

A rule's conditions become, per field, the set of facts that satisfy them: a range of whole numbers with exceptions, or
a set of texts, allowed or forbidden. Where that cannot be said exactly (words in a note), nothing is claimed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from core.domain.rules import OPERATORS, Condition, RuleData

_ORDERED = {"gt", "gte", "lt", "lte"}
_EXACT = {"eq", "in"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`code`: `impossible`, `always`, `covered` (the rule `other` does the same whenever this one matches) or
    `conflict` (`other` asks the same and answers differently)."""

    rule: str
    code: str
    other: str = ""


def findings(rules: Sequence[RuleData], *, first_match: bool = False) -> list[Finding]:
    """What to point out, in the order of the rules. With `first_match` only the first rule that matches counts, so one
    that comes after a wider one is never reached, whatever it would do."""
    return list(_findings(rules, first_match=first_match))


def _findings(rules: Sequence[RuleData], *, first_match: bool) -> Iterator[Finding]:
    for index, rule in enumerate(rules):
        if impossible(rule):
            yield Finding(rule.name, "impossible")
            continue
        if not rule.conditions and not first_match:
            yield Finding(rule.name, "always")
        for place, other in enumerate(rules):
            finding = _against(rule, index, other, place, first_match=first_match) if place != index else None
            if finding:
                yield finding
                break


def _against(rule: RuleData, index: int, other: RuleData, place: int, *, first_match: bool) -> Finding | None:
    if first_match:
        return Finding(rule.name, "covered", other.name) if place < index and covers(other, rule) else None
    if impossible(other) or not covers(other, rule):
        return None
    both_ways = covers(rule, other)
    if dict(rule.action) != dict(other.action):
        return Finding(rule.name, "conflict", other.name) if both_ways and place < index else None
    return Finding(rule.name, "covered", other.name) if not both_ways or place < index else None


def impossible(rule: RuleData) -> bool:
    """No facts at all can satisfy the rule. False when that cannot be said."""
    return any(_empty(conditions) for conditions in _by_field(rule).values())


def covers(wide: RuleData, narrow: RuleData) -> bool:
    """Whatever `narrow` matches, `wide` matches too. False when that cannot be said."""
    asked = _by_field(narrow)
    return all(_implied(condition, asked.get(condition.field, [])) for condition in wide.conditions)


def _by_field(rule: RuleData) -> dict[str, list[Condition]]:
    asked: dict[str, list[Condition]] = {}
    for condition in rule.conditions:
        asked.setdefault(condition.field, []).append(condition)
    return asked


def _candidates(conditions: Iterable[Condition]) -> list[Any] | None:
    """The facts that can satisfy all the conditions, when one of them names them; None when none does."""
    for condition in conditions:
        if condition.op in _EXACT:
            named = condition.value if condition.op == "in" else [condition.value]
            return [fact for fact in named if all(OPERATORS[c.op](c.value)(fact) for c in conditions)]
    return None


def _range(conditions: Iterable[Condition]) -> tuple[float, float]:
    """Smallest and greatest whole number that the ordered ones among the conditions allow."""
    low, high = -inf, inf
    for c in conditions:
        if c.op in {"gt", "gte"}:
            low = max(low, c.value + (c.op == "gt"))
        elif c.op in {"lt", "lte"}:
            high = min(high, c.value - (c.op == "lt"))
    return low, high


def _empty(conditions: Sequence[Condition]) -> bool:
    named = _candidates(conditions)
    if named is not None:
        return not named
    low, high = _range(conditions)
    return low > high or _outside(conditions) or _wordless(conditions)


def _outside(conditions: Iterable[Condition]) -> bool:
    """Every area the fact may lie in is one it may not lie in."""
    allowed = [c.value for c in conditions if c.op == "within"]
    forbidden = tuple(code for c in conditions if c.op == "not_within" for code in c.value)
    if not allowed:
        return False
    left = [code for code in allowed[0] if not (forbidden and code.startswith(forbidden))]
    for codes in allowed[1:]:
        left = [max(code, other, key=len) for code in left for other in codes if _nested(code, other)]
    return not [code for code in left if not (forbidden and code.startswith(forbidden))]


def _nested(code: str, other: str) -> bool:
    return code.startswith(other) or other.startswith(code)


def _wordless(conditions: Iterable[Condition]) -> bool:
    """A word that must be there holds one that must not."""
    needed = [c.value for c in conditions if c.op == "contains"]
    banned = [word for c in conditions if c.op == "contains_none" for word in c.value]
    return any(word in text for text in needed for word in banned)


def _implied(wide: Condition, asked: Sequence[Condition]) -> bool:
    """Whoever satisfies all of `asked` (the same field) satisfies `wide`."""
    if not asked:
        return False
    named = _candidates(asked)
    if named is not None:
        return all(OPERATORS[wide.op](wide.value)(fact) for fact in named)
    if wide.op in _ORDERED:
        low, high = _range(asked)
        return low >= _range([wide])[0] and high <= _range([wide])[1]
    return any(_stronger(one, wide) for one in asked)


def _stronger(one: Condition, wide: Condition) -> bool:
    if one == wide:
        return True
    judge = _STRONGER.get((one.op, wide.op))
    return judge is not None and judge(one.value, wide.value)


_STRONGER: Mapping[tuple[str, str], Callable[[Any, Any], bool]] = {
    ("within", "within"): lambda one, wide: all(code.startswith(tuple(wide)) for code in one),
    ("not_within", "not_within"): lambda one, wide: all(code.startswith(tuple(one)) for code in wide),
    ("contains", "contains"): lambda one, wide: wide in one,
    ("contains", "contains_any"): lambda one, wide: any(word in one for word in wide),
    ("contains_any", "contains_any"): lambda one, wide: all(any(word in text for word in wide) for text in one),
    ("contains_none", "contains_none"): lambda one, wide: all(any(word in text for word in one) for text in wide),
    ("not_in", "not_in"): lambda one, wide: set(wide) <= set(one),
    ("not_in", "ne"): lambda one, wide: wide in one,
    ("ne", "not_in"): lambda one, wide: set(wide) <= {one},
}
