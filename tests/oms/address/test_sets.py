"""The made-up sets of `benchmarks/address_sets.py`: the figures we set ourselves hold on any seed."""

import random

import pytest

from benchmarks.address_sets import Sets
from benchmarks.addresses import figures, goals

AT_LEAST = {
    "district_current_code": 0.995,
    "historical_to_current": 0.99,
    "ambiguous_flagged": 1.0,
    "conflicts_flagged": 0.9,
    "auto_accepted": 0.95,
    "name_phone_district_right": 0.97,
    "town": 0.92,
}
AT_MOST = {"clean_flagged": 0.01, "silent_per_2000_accepted": 1.0}


@pytest.mark.parametrize("seed", [20261123, 7])
def test_the_goals_hold(seed):
    found = goals(figures(list(Sets(random.Random(seed)).rows(250))))
    assert {key: found[key] for key, least in AT_LEAST.items() if found[key] < least} == {}
    assert {key: found[key] for key, most in AT_MOST.items() if found[key] > most} == {}
