from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.pickpath import Stop, metres, metres_apart, s_shape

FAR = 20_000
stops = st.lists(
    st.builds(
        lambda aisle, y, n: Stop(aisle * 1000 + y * 10 + n, aisle, aisle * 3000, y * 1000),
        st.integers(1, 6), st.integers(0, 20), st.integers(0, 3),
    ),
    max_size=25,
)  # fmt: skip


def bin_at(aisle, y_m, number=0):
    return Stop(aisle * 100 + y_m + number, aisle, aisle * 3000, y_m * 1000)


def test_one_bin_is_there_and_back():
    assert metres([bin_at(1, 5)], FAR) == 16  # 3 across + 5 up, twice


def test_the_first_aisle_is_walked_up_and_the_next_one_down():
    walk = s_shape([bin_at(2, 4), bin_at(1, 18), bin_at(2, 17), bin_at(1, 3)])
    assert [(s.aisle, s.y_mm) for s in walk] == [(1, 3000), (1, 18000), (2, 17000), (2, 4000)]
    # 3+3 in, 15 up, over the far cross aisle 2+3+3, 13 down, 6+4 home
    assert metres(walk, FAR) == 6 + 15 + 8 + 13 + 10


def test_aisles_are_joined_by_the_nearer_cross_aisle():
    walk = [bin_at(1, 2), bin_at(2, 2)]
    assert metres(walk, FAR) == 5 + (2 + 3 + 2) + 8


def test_the_nearest_aisle_comes_first_whatever_its_number():
    near, far = Stop(1, 9, 3000, 1000), Stop(2, 1, 9000, 1000)
    assert s_shape([far, near]) == [near, far]


def test_nothing_to_fetch_is_no_walk():
    assert metres(s_shape([]), FAR) == 0


def test_a_wave_of_two_orders_in_one_aisle_walks_it_once():
    one, two = [bin_at(1, 10)], [bin_at(1, 12)]
    assert metres(s_shape(one + two), FAR) == 30
    assert metres_apart([one, two], FAR) == 26 + 30


@given(stops)
def test_every_bin_is_visited_once_and_every_aisle_entered_once(drawn):
    walk = s_shape(drawn)
    assert sorted(s.bin_id for s in walk) == sorted({s.bin_id for s in drawn})
    changes = sum(a.aisle != b.aisle for a, b in pairwise(walk))
    assert changes == max(len({s.aisle for s in walk}) - 1, 0)
