"""A platform's columns are believed before free text; a contradiction is said, not settled."""

import pytest

from oms.domain.address import standardise


def test_columns_of_a_platform():
    address = standardise(province="广东", city="广州市", district="天河区", detail="体育西路103号")
    assert (address.province, address.city, address.district, address.code) == ("广东省", "广州市", "天河区", "440106")
    assert (address.detail, address.status, address.reasons) == ("体育西路103号", "auto", ())


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"province": "北京", "city": "北京市", "district": "朝阳区"}, "110105"),
        ({"province": "北京市", "city": "市辖区", "district": "朝阳区"}, "110105"),
        ({"province": "河南省", "city": "省直辖县级行政区划", "district": "济源市"}, "419001"),
        ({"province": "广东省", "city": "东莞市", "district": "", "town": "虎门镇"}, "441900"),
        ({"province": "广东省", "city": "东莞市", "district": "其它区"}, "441900"),
        ({"province": "新疆", "city": "石河子市", "district": ""}, "659001"),
        ({"province": "江苏省", "city": "苏州市", "district": "工业园区"}, "320500"),
        ({"province": "浙江省", "city": "杭州市", "district": "下城区"}, "330105"),
        ({"province": "吉林省", "city": "吉林市", "district": "昌邑区"}, "220202"),
    ],
)
def test_columns_as_platforms_fill_them(columns, code):
    address = standardise(**columns, detail="人民路1号")
    assert (address.code, address.status) == (code, "auto"), address


@pytest.mark.parametrize("detail", ["丈**路", "西**道文三路4**号", "********", "屈**"])
def test_a_masked_street_is_no_error(detail):
    address = standardise(province="浙江省", city="杭州市", district="西湖区", detail=detail)
    assert (address.code, address.status, address.detail) == ("330106", "auto", detail)
    assert "masked" in address.reasons


def test_a_street_that_repeats_the_columns_is_shortened():
    columns = {"province": "浙江省", "city": "杭州市", "district": "西湖区"}
    address = standardise(**columns, detail="浙江省杭州市西湖区文三路478号")
    assert (address.detail, address.reasons) == ("文三路478号", ())


@pytest.mark.parametrize(
    "columns",
    [
        {"province": "广东省", "city": "杭州市", "district": "西湖区", "detail": "文三路1号"},
        {"province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "广东省深圳市南山区粤海街道"},
        {"province": "浙江省", "city": "杭州市", "district": "西湖区", "text": "上海市静安区共和新路1号"},
        {"province": "上海", "city": "上海市", "district": "浦东新区", "detail": "浙江省青田县油竹街道"},
    ],
)
def test_columns_and_text_that_disagree(columns):
    address = standardise(**columns)
    assert address.status == "review"
    assert "conflict" in address.reasons


def test_a_district_column_nobody_knows_is_a_question():
    address = standardise(province="浙江省", city="杭州市", district="西糊区", detail="文三路1号")
    assert (address.code, address.status) == ("330100", "review")
    assert "district_unknown" in address.reasons


def test_the_street_fills_what_the_columns_leave_open():
    address = standardise(province="浙江省", city="杭州市", detail="西湖区文三路1号")
    assert (address.code, address.status) == ("330106", "auto")
