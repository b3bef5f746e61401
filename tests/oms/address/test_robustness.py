"""Anything may be pasted: an answer always comes, and it never says more than the text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from oms.domain.address import Address, dedupe_key, standardise
from oms.domain.address.table import table

NAMES = st.sampled_from(sorted({unit.name for unit in table().units}))
SCRAPS = st.sampled_from(
    [*"市县区路街*号,:; \n-()", "13800138000", "收货人:", "地址:", "李四", "中国", "**", "开发区", "\ud800"]
)


@given(
    st.one_of(st.text(max_size=60), st.lists(st.one_of(NAMES, SCRAPS, st.text(max_size=3)), max_size=9).map("".join))
)
@settings(max_examples=400, deadline=None)
def test_any_text_gets_an_answer(text):
    address = standardise(text)
    assert address.status in {"auto", "review"}
    assert 0 <= address.confidence <= 1
    assert dedupe_key(address)
    if address.code:
        assert address.code == "710000" or address.code in table().places
        assert address.province
    else:
        assert (address.status, address.district) == ("review", "")


@given(st.tuples(*[st.text(max_size=20)] * 5))
@settings(max_examples=200, deadline=None)
def test_any_columns_get_an_answer(columns):
    keys = ("province", "city", "district", "town", "detail")
    assert isinstance(standardise(**dict(zip(keys, columns, strict=True))), Address)


@given(st.text(alphabet="甲乙丙丁天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏路街号楼0123456789", max_size=30))
def test_text_without_a_place_gets_none(text):
    address = standardise(text)
    assert not address.district or address.status == "review"
