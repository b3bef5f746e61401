from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.routing import Candidate, Need, Policy, route

RATE = (1000, 500, 1000, 200, 48)


def need(line_no, units, sku=None, weight=500, temperature="ambient", hazardous=False, bulky=False):
    return Need(line_no, units, ((sku or line_no, 1),), weight, temperature, hazardous, bulky)


def house(number, priority=1, temperatures=("ambient",), hazardous=False, bulky=True, handling=100, rates=(RATE,)):
    return Candidate(number, f"W{number}", priority, frozenset(temperatures), hazardous, bulky, handling, tuple(rates))


def test_the_favourite_warehouse_ships_alone_when_it_can():
    decision = route([need(1, 2)], [house(10), house(20, priority=2)], {(1, 10): 2, (1, 20): 9}, Policy())
    assert [(part.warehouse_id, part.units) for part in decision.parts] == [(10, {1: 2})]
    assert decision.outcome == "routed"
    assert decision.optimal
    assert decision.plans[0]["terms"] == {"freight": 500, "handling": 100, "split": 0, "priority": 0, "late": 0}


def test_one_and_one_across_two_warehouses_ships_complete():
    decision = route([need(1, 2)], [house(10), house(20)], {(1, 10): 1, (1, 20): 1}, Policy())
    assert {part.warehouse_id: part.units[1] for part in decision.parts} == {10: 1, 20: 1}


def test_a_split_is_taken_only_when_it_is_cheaper_than_the_far_warehouse():
    near = [house(10), house(20)]
    far = house(30, rates=[(1000, 2500, 1000, 900, 90)])
    stock = {(1, 10): 1, (2, 20): 1, (1, 30): 1, (2, 30): 1}
    needs = [need(1, 1), need(2, 1)]
    split = route(needs, [*near, far], stock, Policy(split_fen=300, late_hour_fen=0))
    assert {part.warehouse_id for part in split.parts} == {10, 20}
    whole = route(needs, [*near, far], stock, Policy(split_fen=5000, late_hour_fen=0))
    assert {part.warehouse_id for part in whole.parts} == {30}


def test_things_that_may_not_share_a_parcel_go_apart():
    both = house(10, temperatures=("ambient", "frozen"), hazardous=True)
    needs = [need(1, 1), need(2, 1, temperature="frozen"), need(3, 1, hazardous=True)]
    decision = route(needs, [both], {(1, 10): 1, (2, 10): 1, (3, 10): 1}, Policy())
    assert sorted(sorted(part.units) for part in decision.parts) == [[1], [2], [3]]


def test_every_warehouse_that_cannot_take_it_says_why():
    decision = route(
        [need(1, 1, temperature="frozen")], [house(10), house(20, temperatures=("frozen",), rates=())], {}, Policy()
    )
    assert decision.outcome == "unroutable"
    assert [candidate["failed"] for candidate in decision.candidates] == [
        "temperature:frozen",
        "no_carrier_to_destination",
    ]


def test_a_short_order_waits_whole_and_names_what_is_missing():
    decision = route([need(1, 3), need(2, 1)], [house(10)], {(1, 10): 1, (2, 10): 5}, Policy())
    assert (decision.outcome, decision.short, decision.parts) == ("short", {1: 2}, [])


def test_two_lines_of_one_sku_do_not_promise_it_twice():
    needs = [need(1, 1, sku=7), need(2, 1, sku=7)]
    assert route(needs, [house(10)], {(7, 10): 1}, Policy()).outcome == "short"
    decision = route(needs, [house(10), house(20)], {(7, 10): 1, (7, 20): 1}, Policy())
    assert sorted(part.warehouse_id for part in decision.parts) == [10, 20]


def test_a_bundle_unit_is_never_torn_over_two_warehouses():
    kit = Need(1, 1, ((7, 1), (8, 1)), 500, "ambient", False, False)
    scattered = {(7, 10): 1, (8, 20): 1}
    assert route([kit], [house(10), house(20)], scattered, Policy()).parts == []


@given(
    quantities=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    stock=st.lists(st.integers(0, 3), min_size=9, max_size=9),
    handling=st.lists(st.integers(0, 400), min_size=3, max_size=3),
    split=st.integers(0, 900),
)
@settings(max_examples=150, deadline=None)
def test_no_whole_line_assignment_is_cheaper(quantities, stock, handling, split):
    needs = [need(no, qty) for no, qty in enumerate(quantities, start=1)]
    houses = [house(w + 1, handling=handling[w]) for w in range(3)]
    table = {(no, w + 1): stock[(no - 1) * 3 + w] for no in range(1, len(needs) + 1) for w in range(3)}
    policy = Policy(split_fen=split)
    best = min(
        (
            cost(needs, houses, dict(enumerate(choice)), policy)
            for choice in product(range(3), repeat=len(needs))
            if all(table[n.line_no, choice[i] + 1] >= n.units for i, n in enumerate(needs))
        ),
        default=None,
    )
    decision = route(needs, houses, table, policy)
    if best is not None:
        assert decision.plans[0]["cost_fen"] <= best
    if decision.parts:
        for no, qty in enumerate(quantities, start=1):
            assert sum(part.units.get(no, 0) for part in decision.parts) == qty
        for part in decision.parts:
            assert all(table[no, part.warehouse_id] >= units for no, units in part.units.items())
    else:
        total = {n.line_no: sum(table[n.line_no, w] for w in (1, 2, 3)) for n in needs}
        assert any(total[n.line_no] < n.units for n in needs) or not any(
            all(sum(table[n.line_no, w] for w in chosen) >= n.units for n in needs)
            for chosen in combinations((1, 2, 3), 3)
        )


def cost(needs, houses, choice, policy):
    """Price of sending need i whole to house choice[i], computed apart from the router."""
    used = sorted(set(choice.values()))
    total = (len(used) - 1) * policy.split_fen
    for w in used:
        weight = sum(n.weight_g * n.units for i, n in enumerate(needs) if choice[i] == w)
        total += houses[w].handling_fen + RATE[1] + -(-max(weight - RATE[0], 0) // RATE[2]) * RATE[3]
    return total
