import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.codes import OwnCode, clean, own
from fulfillment.domain.weighing import Tolerance, culprit, expected

EXACT = Tolerance(packaging_g=50, grams=20, percent=0)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("a-01-02\r\n", "A-01-02"),
        ("Ａ－０１", "A-01"),
        ("\x02690123\x03", "690123"),
        ("  sf 1 ", "SF 1"),
        ("x" * 99, "X" * 64),
    ],
)
def test_what_the_gun_sent_becomes_what_is_printed(raw, code):
    assert clean(raw) == code


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("P12", OwnCode("P", 12)),
        ("T7-3", OwnCode("T", 7, 3)),
        ("T7", None),
        ("S1-2", None),
        ("PACK", None),
        ("6901234567892", None),
        ("P" + "9" * 30, None),
    ],
)
def test_our_own_labels_are_told_from_everything_else(code, meant):
    assert own(code) == meant


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    code = clean(text)
    assert len(code) <= 64
    assert own(code) is None or code[0] in "PSTW"


def test_the_expected_weight_is_the_goods_and_the_box():
    assert expected({"A": 100, "B": 30}, {"A": 2, "B": 1}, EXACT) == 280


def test_a_parcel_of_unweighed_goods_cannot_be_judged():
    assert expected({"A": 100, "B": 0}, {"A": 2, "B": 1}, EXACT) is None


@pytest.mark.parametrize(
    ("actual", "likely"),
    [(280, None), (300, None), (301, "+B"), (331, ""), (180, "-A"), (250, "-B"), (310, "+B"), (900, ""), (380, "+A")],
)
def test_the_scale_names_the_likely_culprit(actual, likely):
    assert culprit(280, actual, {"A": 100, "B": 30}, EXACT) == likely


def test_a_heavy_parcel_may_be_off_by_more():
    assert Tolerance().of(400) == 40
    assert Tolerance().of(20_000) == 1000
