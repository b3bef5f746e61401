"""What a machine cannot know goes to a person, with the reason."""

import pytest

from oms.domain.address import standardise


@pytest.mark.parametrize(
    "text",
    [
        "西湖区体育场路6号",
        "朝阳区建国路1号",
        "江东区江东北路5号",
        "普陀区沈家门新街",
        "永康九铃西路7号",
        "江北区人民路",
        "河北省新华区",
        "鼓楼区中山路",
    ],
)
def test_a_name_of_several_places_is_ambiguous(text):
    address = standardise(text)
    assert address.status == "review"
    assert "ambiguous" in address.reasons
    assert address.confidence <= 0.5


def test_the_town_makes_the_guess_a_person_is_shown():
    assert standardise("普陀区沈家门新街1162号").city == "舟山市"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("四川省成都市郫都区中国浙江省衢州市柯城区荷花路1号", "330802"),
        ("上海上海市浦东新区浙江省青田县油竹街道进出口商品城", "331121"),
        ("浙江省温州市苍南县中国浙江省衢州市常山县X513", "330822"),
        ("浙江省温州市瓯海区浙江台州黄岩区", "330304"),
        ("浙江省杭州市西湖区拱墅区文一路1号", "330105"),
        ("江苏省南京市南通市海门区人民路", "320614"),
        ("浙江省杭州市西湖区文三路1号 广东省深圳市南山区", "330106"),
        ("江苏省泰州市海陵区迎春路江西师范大学3幢", "321202"),
    ],
)
def test_two_places_in_one_text_conflict(text, code):
    address = standardise(text)
    assert address.status == "review"
    assert "conflict" in address.reasons
    assert address.code == code


@pytest.mark.parametrize(
    "text",
    [
        "江苏省泰州市海陵区迎春路浙江商会大厦",
        "浙江省杭州市上城区南京路上海新村3幢",
        "福建省福州市鼓楼区沙县小吃",
        "北京市西城区广东大厦",
        "广东省深圳市福田区北京大学医院",
        "浙江省宁波市鄞州区江东北路1号",
        "浙江省宁波市江北区浙江大学路1号",
        "浙江省杭州市西湖区浙江大学紫金港校区",
        "广东省深圳市福田区湖南大学附属医院",
        "辽宁省朝阳市朝阳县",
        "吉林省吉林市永吉县",
    ],
)
def test_another_place_in_a_shop_or_street_is_no_conflict(text):
    assert "conflict" not in standardise(text).reasons


def test_a_building_may_carry_the_name_of_a_district_it_is_not_in():
    address = standardise("杭州西湖文化广场")
    assert (address.status, address.reasons) == ("review", ("guess",))


@pytest.mark.parametrize(
    "text",
    ["广州从化街口中田4号", "天水麦积桥南陇林10号", "沧州吴桥北街10号", "青岛市南国花园7号楼", "秦皇岛市北戴河新区"],
)
def test_a_short_name_before_something_that_may_continue_it_is_a_guess(text):
    address = standardise(text)
    assert address.district
    assert (address.status, address.reasons) == ("review", ("guess",))


def test_a_park_may_carry_the_name_of_a_city_it_is_not_in():
    assert standardise("中山公园").status == "review"


def test_a_province_alone_cannot_be_shipped_to():
    assert standardise("浙江省人民路1号").reasons == ("no_city",)


def test_a_city_without_a_district_can():
    address = standardise("安徽省滁州市丰乐大道2585号")
    assert (address.code, address.status, address.reasons) == ("341100", "auto", ("no_district",))
