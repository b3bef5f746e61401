from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.batching import Limits, Waiting, WaveKind, batches

NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)


def waiting(number, pieces=None, weight_g=100, due_in_h=None, since_min=0):
    due = NOW + timedelta(hours=due_in_h) if due_in_h is not None else None
    return Waiting(number, pieces or {1: 1}, weight_g, due, NOW - timedelta(minutes=since_min))


def ids(waves):
    return [[member.suborder_id for member in wave] for wave in waves]


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [({1: 1}, WaveKind.SINGLE), ({1: 3}, WaveKind.SAME_SKU), ({1: 1, 2: 1}, WaveKind.MULTI)],
)
def test_the_profile_decides_the_kind(pieces, kind):
    assert waiting(1, pieces).kind == kind


def test_a_wave_is_cut_at_the_first_limit_reached():
    five = [waiting(n, {n: 1, n + 100: 1}, weight_g=400) for n in range(1, 6)]
    assert ids(batches(five, Limits(max_orders=2), NOW)) == [[1, 2], [3, 4], [5]]
    assert ids(batches(five, Limits(max_lines=6), NOW)) == [[1, 2, 3], [4, 5]]
    assert ids(batches(five, Limits(max_weight_g=900), NOW)) == [[1, 2], [3, 4], [5]]


def test_what_is_beyond_the_limits_by_itself_walks_alone():
    assert ids(batches([waiting(1, weight_g=9000), waiting(2)], Limits(max_weight_g=1000), NOW)) == [[1], [2]]


def test_few_orders_wait_for_company_until_one_has_waited_long_enough():
    limits = Limits(min_orders=2, wait_minutes=10)
    assert batches([waiting(1, since_min=30)], limits, NOW) == []
    assert batches([waiting(1, since_min=3), waiting(2, since_min=5)], limits, NOW) == []
    assert ids(batches([waiting(1, since_min=3), waiting(2, since_min=10)], limits, NOW)) == [[1, 2]]


def test_an_urgent_one_waits_for_nobody():
    limits = Limits(min_orders=9, wait_minutes=60, urgent_hours=4)
    assert ids(batches([waiting(1, due_in_h=3)], limits, NOW)) == [[1]]
    assert batches([waiting(1, due_in_h=5)], limits, NOW) == []


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5000)), max_size=40),
    st.builds(Limits, st.integers(1, 6), st.integers(1, 12), st.integers(500, 9000)),
)
def test_everybody_walks_once_and_no_wave_is_beyond_its_limits(drawn, limits):
    pool = [waiting(n, dict.fromkeys(range(lines), 1), weight) for n, (lines, weight) in enumerate(drawn)]
    waves = batches(pool, limits, NOW)
    assert [n for wave in ids(waves) for n in wave] == list(range(len(pool)))
    for wave in waves:
        assert len(wave) <= limits.max_orders
        assert len(wave) == 1 or sum(len(m.pieces) for m in wave) <= limits.max_lines
        assert len(wave) == 1 or sum(m.weight_g for m in wave) <= limits.max_weight_g


def test_while_all_pickers_are_busy_a_wave_grows_until_it_is_full():
    limits = Limits(max_orders=3, max_backlog=2)
    assert batches([waiting(1), waiting(2)], limits, NOW, backlog=2) == []
    assert ids(batches([waiting(1), waiting(2)], limits, NOW, backlog=1)) == [[1, 2]]
    assert ids(batches([waiting(n) for n in range(1, 5)], limits, NOW, backlog=9)) == [[1, 2, 3]]
    assert ids(batches([waiting(1, due_in_h=1)], limits, NOW, backlog=9)) == [[1]]
