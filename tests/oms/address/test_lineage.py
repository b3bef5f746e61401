"""How a former name is followed to today's, rule by rule."""

import pytest

from oms.domain.address.lineage import Change, Lineage, Spell, UnknownHeir

TODAY = {
    "330000": "浙江省",
    "330100": "杭州市",
    "330105": "拱墅区",
    "330111": "富阳区",
    "330200": "宁波市",
    "330212": "鄞州区",
    "330284": "滨海市",
    "330300": "温州市",
    "330304": "桥东区",
}


def lineage(spells, changes=None):
    return Lineage(TODAY, {key: Spell(*years) for key, years in spells.items()}, changes or {}, {})


def heirs(former, spells, changes=None):
    return lineage(spells, changes).heirs(former)


def test_a_written_change_comes_first():
    changes = {("330103", "下城区"): Change("2021-03", ("拱墅区", "~富阳区"), "国务院2021年批复")}
    found = heirs(("330103", "下城区"), {("330103", "下城区"): (0, 2021)}, changes)
    assert found == (("330105", "~330111"), "国务院2021年批复")


def test_the_same_stem_in_the_same_prefecture():
    assert heirs(("330183", "富阳市"), {("330183", "富阳市"): (1995, 2014)}) == (("330111",), "同名")


def test_one_character_becomes_a_prefecture_name():
    assert heirs(("330227", "鄞县"), {("330227", "鄞县"): (1983, 2002)})[0] == ("330212",)


def test_a_namesake_in_another_prefecture_is_not_an_heir():
    assert heirs(("330102", "桥东区"), {("330102", "桥东区"): (0, 2014)}) == ((), "")


def test_the_next_name_of_the_same_code_when_the_years_meet():
    spells = {("330284", "老港市"): (1990, 2010), ("330284", "滨海市"): (2010, 0)}
    assert heirs(("330284", "老港市"), spells) == (("330284",), "同码更名")


def test_a_code_given_away_years_later_is_no_heir():
    spells = {("330284", "老港市"): (1984, 1990), ("330284", "滨海市"): (2010, 0)}
    assert heirs(("330284", "老港市"), spells) == ((), "")


def test_a_change_that_names_nobody_of_today_stops_the_build():
    with pytest.raises(UnknownHeir):
        heirs(("330103", "下城区"), {}, {("330103", "下城区"): Change("2021", ("不存在区",), "x")})


def test_what_leads_nowhere_is_told_and_left_out():
    made = lineage({("330102", "桥东区"): (0, 2014)})
    assert made.lost() == [("330102", "桥东区")]
    assert [row.name for row in made.rows()] == list(TODAY.values())
