"""The strict reader: what it refuses, what it lets through with a word, and that nothing else ever escapes from it."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.reading import MAX_BYTES, MAX_DEPTH, parse
from integrations.registry import CHANNELS, channel


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b" \n ", "empty_body"),
        (b"hello", "not_json"),
        (b'{"a": 1', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 01}', "not_json"),
        (b'{"a": "line\nbreak"}', "not_json"),
        (b'{"a": 1} {"b": 2}', "not_json"),
        (b"42", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        ('{"a": "中"}'.encode("gbk"), "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "not_utf8"),
        (b'{"a": NaN}', "not_finite"),
        (b'{"a": -Infinity}', "not_finite"),
        (b'{"a": 1e400}', "number_out_of_range"),
        (b'{"a": -1E-400}', "number_out_of_range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number_out_of_range"),
        (b'{"a": "\\ud800"}', "lone_surrogate"),
        (b'{"\\udc00": 1}', "lone_surrogate"),
        (b'{"a": "\\u0000"}', "nul_character"),
        (b'{"a": "\x00"}', "nul_character"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"x": {"a": [1], "b": 0, "a": [2]}}', "duplicate_key"),
        (b"[" * 2000 + b"]" * 2000, "too_deep"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "too_deep"),
        (b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2), "too_deep"),
        (b'{"a": "' + b"x" * MAX_BYTES + b'"}', "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(body, code):
    with pytest.raises(Unreadable) as refused:
        parse(body)

    assert refused.value.code == code


def test_depth_up_to_the_limit_is_read():
    body = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    assert isinstance(parse(body).value, list)


def test_many_shallow_objects_are_not_mistaken_for_depth():
    assert len(parse(json.dumps([{"a": {}}] * 1000).encode()).value) == 1000


def test_a_trailing_comma_is_read_with_a_warning():
    parsed = parse(b'{"a": [1, 2,], "b": ",]",\n }')

    assert parsed.value == {"a": [1, 2], "b": ",]"}
    assert [warning.split(":")[0] for warning in parsed.warnings] == ["trailing_comma"]


def test_the_same_value_twice_is_read_with_a_warning():
    parsed = parse(b'{"a": 1, "a": 1}')

    assert parsed.value == {"a": 1}
    assert parsed.warnings == ("repeated_key: a",)


def test_a_byte_order_mark_and_paired_surrogates_are_nothing_special():
    parsed = parse(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00"}')

    assert parsed.value == {"a": "\U0001f600"}
    assert parsed.warnings == ()


def test_fractions_are_exact():
    assert str(parse(b'{"a": 0.1}').value["a"]) == "0.1"


def test_a_body_made_to_be_slow_is_refused_quickly():
    # an unterminated string full of escaped quotes, which a careless pattern would scan once per quote
    body = b'{"a":,' + b'\\"' * 200_000

    begun = time.perf_counter()
    with pytest.raises(Unreadable):
        parse(body)

    assert time.perf_counter() - begun < 2


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(body=st.binary(max_size=400) | json_like.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_the_reader_raises_nothing_but_unreadable(body):
    try:
        reading.parse(body)
    except Unreadable as refused:
        assert refused.code and refused.code != "unreadable"


# names that make a mapper believe it has found something, over values that are anything but
_WORDS = re.findall(
    r"\w+",
    """
    trade trades orders order tid oid num payment price status refund refunds refund_id topic content jdp_response
    orderInfo orderInfoList order_id orderId item_info_list itemInfoList itemTotal jdPrice consigneeInfo
    couponDetailList id line_items quantity current_quantity total_price price currency financial_status
    refund_line_items transactions discount_allocations shipping_address shipping_lines created_at data total subtotal
    fee_lines refunds shipping amount refunded_by _links meta_data bundled_by type timestamp order_no lines qty
    net_minor receiver paid_minor
    """,
)
body_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**20), max_value=10**20)
    | st.sampled_from(["", "1", "1.5", "-3", "abc", "2026-01-01 00:00:00", "CNY", "JPY", "paid", "order.paid"])
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@given(value=body_like)
def test_no_mapper_raises_anything_but_unreadable(platform, value):
    try:
        channel(platform).read(json.dumps(value).encode(), {})
    except Unreadable as refused:
        assert refused.code != "unreadable"
