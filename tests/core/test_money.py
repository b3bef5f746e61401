from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import split, to_major, to_minor


@given(total=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_parts_add_up_and_stay_within_one_of_their_share(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    scale = sum(weights)
    if scale:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(Decimal(part) - Decimal(total) * weight / scale) < 1


def test_one_fen_over_three_lines_goes_to_the_first():
    assert split(1, [1, 1, 1]) == [1, 0, 0]
    assert split(-1, [1, 1, 1]) == [-1, 0, 0]
    assert split(7, [0, 0]) == [4, 3]


@given(minor=st.integers(-(10**14), 10**14), currency=st.sampled_from(["CNY", "JPY", "KWD", "USD"]))
def test_major_and_back_is_the_same(minor, currency):
    assert to_minor(to_major(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("12.30", "CNY", 1230),
        (12.3, "CNY", 1230),
        ("1,234.5", "CNY", 123450),
        (100, "JPY", 100),
        ("1.234", "KWD", 1234),
    ],
)
def test_reads_what_platforms_send(value, currency, minor):
    assert to_minor(value, currency) == minor


@pytest.mark.parametrize("value", ["", "abc", "NaN", "Infinity", "1e400", float("inf"), True, None, [], "9" * 20])
def test_refuses_what_is_no_amount(value):
    with pytest.raises(ValueError, match="amount"):
        to_minor(value)
