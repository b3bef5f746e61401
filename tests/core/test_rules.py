import pytest

from core.domain.rules import BadRule, Condition, RuleData, check, evaluate

AMOUNT_OVER_100 = RuleData(1, "over 100", [Condition("amount", "gt", 100)], {"hold": "amount"})
BEIJING = RuleData(2, "Beijing", [Condition("city", "eq", "北京市"), Condition("amount", "gt", 10)], {})


def test_every_condition_must_hold_and_the_trace_names_the_first_that_failed():
    matched, trace = evaluate([AMOUNT_OVER_100, BEIJING], {"amount": 50, "city": "北京市"})
    assert [rule.id for rule in matched] == [2]
    assert (trace[0].matched, trace[0].failed, trace[0].fact) == (False, Condition("amount", "gt", 100), 50)
    assert trace[1].matched


def test_an_unknown_fact_matches_nothing():
    matched, _trace = evaluate([AMOUNT_OVER_100], {"amount": None})
    assert matched == []


@pytest.mark.parametrize(
    "condition",
    [
        Condition("nothing", "eq", 1),
        Condition("amount", "contains", 1),
        Condition("amount", "gt", "100"),
        Condition("amount", "in", 5),
        Condition("city", "eq", 5),
        Condition("cod", "eq", 1),
    ],
)
def test_a_condition_outside_the_vocabulary_is_refused(condition):
    with pytest.raises(BadRule):
        check([condition], {"amount": int, "city": str, "cod": bool})
