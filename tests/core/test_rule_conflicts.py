"""What is said of rules by reading them holds for every order: claims are tried against facts made up at random."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.rule_conflicts import Finding, covers, findings, impossible
from core.domain.rules import MANY, TYPE_OPERATORS, Area, BadRule, Condition, RuleData, check, evaluate, matches, seen

VOCABULARY = {"amount": int, "units": int, "platform": str, "note": str, "area": Area, "cod": bool}
VALUES = {
    int: st.integers(-3, 3),
    str: st.sampled_from(["a", "b", "ab", "ba"]),
    Area: st.sampled_from(["44", "4403", "440305", "4401", "65"]),
    bool: st.booleans(),
}
FACTS = {**VALUES, Area: st.sampled_from(["440305", "440303", "440106", "650102", "110105"])}


@st.composite
def conditions(draw):
    field = draw(st.sampled_from(sorted(VOCABULARY)))
    kind = VOCABULARY[field]
    op = draw(st.sampled_from(TYPE_OPERATORS[kind]))
    value = draw(st.lists(VALUES[kind], min_size=1, max_size=3) if op in MANY else VALUES[kind])
    return Condition(field, op, value)


rules = st.builds(
    RuleData, st.just(1), st.sampled_from("ABC"), st.lists(conditions(), max_size=4),
    st.sampled_from([{"hold": "rule"}, {"hold": "amount"}]),
)  # fmt: skip
facts = st.fixed_dictionaries({field: st.none() | FACTS[kind] for field, kind in VOCABULARY.items()})
many_facts = st.lists(facts, min_size=1, max_size=12)

PLAIN = {
    "eq": lambda fact, value: fact == value, "ne": lambda fact, value: fact != value,
    "gt": lambda fact, value: fact > value, "gte": lambda fact, value: fact >= value,
    "lt": lambda fact, value: fact < value, "lte": lambda fact, value: fact <= value,
    "in": lambda fact, value: fact in value, "not_in": lambda fact, value: fact not in value,
    "contains": lambda fact, value: value in fact,
    "contains_any": lambda fact, value: any(v in fact for v in value),
    "contains_none": lambda fact, value: not any(v in fact for v in value),
    "within": lambda fact, value: any(fact[: len(v)] == v for v in value),
    "not_within": lambda fact, value: not any(fact[: len(v)] == v for v in value),
}  # fmt: skip


@given(rules, facts)
@settings(max_examples=500, deadline=None)
def test_prepared_rules_say_what_their_conditions_say_one_by_one(rule, known):
    check(rule.conditions, VOCABULARY)
    by_hand = all(known[c.field] is not None and PLAIN[c.op](known[c.field], c.value) for c in rule.conditions)
    matched, [step] = evaluate([rule], known)
    assert matches(rule, known) == bool(matched) == step.matched == by_hand
    if by_hand:
        assert [(one["field"], one["op"]) for one in seen(rule, known)] == [(c.field, c.op) for c in rule.conditions]
    else:
        fact, failed = known[step.failed.field], step.failed
        assert fact is None or not PLAIN[failed.op](fact, failed.value)


@given(rules, many_facts)
@settings(max_examples=1000, deadline=None)
def test_a_rule_called_impossible_matches_nothing(rule, many):
    if impossible(rule):
        assert not any(matches(rule, known) for known in many)


@given(rules, rules, many_facts)
@settings(max_examples=1000, deadline=None)
def test_a_rule_that_covers_another_matches_whatever_that_one_does(wide, narrow, many):
    if covers(wide, narrow):
        assert all(matches(wide, known) for known in many if matches(narrow, known))


@given(rules)
@settings(deadline=None)
def test_a_rule_covers_itself(rule):
    assert impossible(rule) or covers(rule, rule)


def rule(name, *asked, hold="rule"):
    return RuleData(1, name, [Condition(*one) for one in asked], {"hold": hold})


@pytest.mark.parametrize(
    "asked",
    [
        [("amount", "gt", 5), ("amount", "lt", 6)],
        [("amount", "in", [1, 2]), ("amount", "gte", 3)],
        [("cod", "eq", True), ("cod", "eq", False)],
        [("area", "within", ["4403"]), ("area", "not_within", ["44"])],
        [("area", "within", ["44"]), ("area", "within", ["65"])],
        [("note", "contains", "加急发货"), ("note", "contains_none", ["加急"])],
    ],
)
def test_contradictions_are_seen(asked):
    assert findings([rule("A", *asked)]) == [Finding("A", "impossible")]


def test_needless_and_contradicting_rules_are_named_with_the_other():
    dear, dearer = rule("dear", ("amount", "gt", 100)), rule("dearer", ("amount", "gt", 500), ("cod", "eq", True))
    assert findings([dear, dearer]) == [Finding("dearer", "covered", "dear")]
    assert findings([dearer, dear]) == [Finding("dearer", "covered", "dear")]
    again = rule("again", ("amount", "gte", 101))
    assert findings([dear, again]) == [Finding("again", "covered", "dear")]
    other = rule("other", ("amount", "gt", 100), hold="amount")
    assert findings([dear, other]) == [Finding("other", "conflict", "dear")]
    assert findings([dear, rule("any")]) == [Finding("dear", "covered", "any"), Finding("any", "always")]


def test_where_the_first_match_counts_a_later_narrower_rule_is_never_reached():
    dear, dearer = rule("dear", ("amount", "gt", 100)), rule("dearer", ("amount", "gt", 500), hold="amount")
    assert findings([dear, dearer], first_match=True) == [Finding("dearer", "covered", "dear")]
    assert findings([dearer, dear, rule("rest")], first_match=True) == []


@pytest.mark.parametrize(
    "condition",
    [
        Condition("area", "within", ["4"]), Condition("area", "within", "44"), Condition("area", "within", []),
        Condition("area", "within", ["广东"]), Condition("note", "contains_any", [""]),
        Condition("note", "contains", ""), Condition("area", "eq", "44"), Condition("amount", "gt", True),
    ],
)  # fmt: skip
def test_values_that_mean_nothing_are_refused(condition):
    with pytest.raises(BadRule):
        check([condition], VOCABULARY)


def test_of_a_note_only_the_words_found_are_told():
    noted = rule("noted", ("note", "contains_any", ["加急", "改地址"]), ("note", "contains_none", ["勿动"]))
    assert [one["fact"] for one in seen(noted, {"note": "请改地址到公司"})] == [["改地址"], None]
