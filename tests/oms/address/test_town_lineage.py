"""Where gone towns lie today, rule by rule."""

import pytest

from oms.domain.address.town_lineage import Edition, clean_town, former_towns, telling_villages, village_stem

TODAY = Edition(
    {"330102": "上城区", "330114": "钱塘区", "330105": "拱墅区"},
    {"330102001": "九堡街道", "330102002": "彭埠街道", "330114001": "下沙街道", "330105001": "石桥街道"},
    {
        "330102001": frozenset({"九环", "八堡", "格畈"}),
        "330102002": frozenset({"皋塘", "五福"}),
        "330114001": frozenset({"元成", "五福里", "八堡"}),
    },
)
HEIRS = {("330104", "江干区"): ("330102", "330114"), ("330103", "下城区"): ("330105",)}


def former(towns, villages=None):
    edition = Edition({"330104": "江干区", "330103": "下城区"}, towns, villages or {})
    return former_towns([edition], TODAY, HEIRS)


def test_a_gone_town_lies_where_most_of_its_villages_do():
    villages = {"330104100": frozenset({"九环", "格畈", "元成", "皋塘"})}
    assert former({"330104100": "笕桥镇"}, villages) == {"330102": ["笕桥镇"]}


def test_a_village_in_two_districts_says_nothing():
    assert former({"330104100": "笕桥镇"}, {"330104100": frozenset({"八堡"})}) == {}


def test_without_villages_the_stem_decides_among_the_heirs():
    assert former({"330104100": "下沙镇"}) == {"330114": ["下沙镇"]}


def test_a_district_with_one_heir_takes_its_towns_along():
    assert former({"330103100": "东新街道"}) == {"330105": ["东新街道"]}


def test_the_latest_edition_knows_best():
    older = Edition({"330104": "江干区"}, {"330104100": "笕桥镇"}, {"330104100": frozenset({"元成", "五福里"})})
    later = Edition({"330104": "江干区"}, {"330104100": "笕桥镇"}, {"330104100": frozenset({"九环", "格畈"})})
    assert former_towns([older, later], TODAY, HEIRS) == {"330102": ["笕桥镇"]}


def test_a_town_listed_today_is_not_former():
    assert former({"330104100": "九堡街道"}) == {}


def test_telling_villages_are_those_of_one_heir_only():
    telling = telling_villages(TODAY, [("330102", "330114")])
    assert telling == {"330102": ["九环", "五福", "格畈", "皋塘"], "330114": ["五福里", "元成"]}


@pytest.mark.parametrize(
    ("listed", "district", "town"),
    [
        ("南磨房地区办事处", "朝阳区", "南磨房地区"),
        ("额鲁特街道办事处", "阿拉善左旗", "额鲁特街道"),
        ("济源市克井镇", "济源市", "克井镇"),
        ("龙港县直辖村级区划", "龙港市", ""),
        ("城关镇", "城关区", "城关镇"),
        ("邯郸县城区街道", "邯郸县", "城区街道"),
    ],
)
def test_a_town_is_kept_as_people_write_it(listed, district, town):
    assert clean_town(listed, district) == town


@pytest.mark.parametrize(
    ("listed", "stem"),
    [("多福巷社区居委会", "多福巷"), ("敦达乌苏嘎查", "敦达乌苏嘎查"), ("五福村委会", "五福"), ("上村", "上村")],
)
def test_a_village_is_compared_without_its_rank(listed, stem):
    assert village_stem(listed) == stem
