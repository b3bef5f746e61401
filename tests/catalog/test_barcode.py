import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain import barcode


@pytest.mark.parametrize(
    "code", ["6901234567892", "96385074", "036000291452", "16901234567899", "SKU-1", "1234567", "A 1"[:1]]
)
def test_codes_that_a_gun_may_read(code):
    assert barcode.problem(code) == ""


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "barcode_empty"),
        ("6901234567890", "barcode_check_digit"),
        ("96385075", "barcode_check_digit"),
        ("036000291453", "barcode_check_digit"),
        ("条码", "barcode_characters"),
        ("A B", "barcode_characters"),
        ("A\n", "barcode_characters"),
        ("１２３", "barcode_characters"),
        ("A" * 65, "barcode_too_long"),
    ],
)
def test_codes_that_it_may_not(code, problem):
    assert barcode.problem(code) == problem


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_digit_misread_never_makes_another_good_code(digits, at, step):
    code = f"{digits}{barcode.check_digit(digits)}"
    misread = f"{code[:at]}{(int(code[at]) + step) % 10}{code[at + 1 :]}"

    assert barcode.problem(code) == ""
    assert barcode.problem(misread) == "barcode_check_digit"
