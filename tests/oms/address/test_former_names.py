"""Names of divisions that are gone lead to today's, or say why they cannot."""

import pytest

from oms.domain.address import standardise
from oms.domain.address.table import table


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("北京市崇文区广渠门内大街", "110101"),
        ("上海市卢湾区淮海中路", "310101"),
        ("上海市闸北区共和新路", "310106"),
        ("天津市塘沽区洞庭路", "120116"),
        ("天津大港区大港油田", "120116"),
        ("重庆市江北区观音桥", "500157"),
        ("重庆市渝北区回兴街道", "500157"),
        ("无锡市崇安区中山路", "320213"),
        ("苏州市平江区", "320508"),
        ("南京市下关区", "320106"),
        ("浙江省富阳市富春街道", "330111"),
        ("杭州市下城区东新路", "330105"),
        ("南通市海门市人民西路", "320614"),
        ("河北省保定市南市区长城南大街", "130606"),
        ("青岛市四方区", "370203"),
        ("沈阳市东陵区文化东路", "210112"),
        ("哈尔滨市动力区", "230110"),
        ("山东省莱芜市莱城区", "370116"),
        ("湖北襄樊襄阳区", "420607"),
        ("安徽省巢湖市居巢区", "340181"),
        ("安徽省巢湖市庐江县", "340124"),
        ("安徽省六安市寿县", "340422"),
        ("四川省资阳市简阳市", "510185"),
        ("吉林省四平市公主岭市", "220184"),
        ("云南省思茅市翠云区", "530802"),
        ("云南路南彝族自治县", "530126"),
        ("贵州省毕节地区毕节市", "520502"),
        ("广东省番禺市", "440113"),
        ("陕西省西安市户县", "610118"),
        ("河北省滦县", "130284"),
        ("四川省成都市郫县", "510117"),
        ("海南省通什市", "469001"),
        ("四川省重庆市万县市龙宝区", "500101"),
        ("湖北省宜昌市枝城市", "420581"),
    ],
)
def test_a_former_name_leads_to_today(text, code):
    address = standardise(text)
    assert (address.code, address.status) == (code, "auto"), address
    assert "historical" in address.reasons


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州市江干区九堡街道九环路", "330102"),
        ("杭州市江干区下沙街道金湾公寓", "330114"),
        ("杭州市江干区白杨街道", "330114"),
        ("江苏省连云港市云台区海州湾街道上海路", "320703"),  # not 海州街道
        ("杭州市江干区五福新村12号", "330102"),  # a village that only one of the heirs has
        ("山西省大同市南郊区水泊寺乡", "140213"),  # a town gone since: most of its villages lie there
        ("重庆市渝北区统景镇", "500109"),
        ("贵州省遵义市遵义县南白镇", "520304"),
        ("汕头市潮阳市谷饶镇", "440513"),
        ("海南省琼山市府城镇", "460107"),
    ],
)
def test_the_town_decides_between_heirs(text, code):
    address = standardise(text)
    assert (address.code, address.status) == (code, "auto"), address


@pytest.mark.parametrize("text", ["杭州市江干区某某新村12号", "石家庄市桥东区中山东路", "福建省莆田县", "江苏无锡县"])
def test_a_split_without_a_town_is_a_question(text):
    address = standardise(text)
    assert address.status == "review"
    assert "split_unresolved" in address.reasons


def test_a_name_gone_from_this_city_is_not_taken_for_its_namesake_elsewhere():
    # 张家口 still has a 桥东区; 石家庄's went in 2014.
    assert standardise("石家庄市桥东区中山东路126号").city == "石家庄市"


def test_a_town_that_moved_lately_follows_by_itself():
    address = standardise("重庆市北碚区水土街道康宁路")
    assert (address.code, address.status, address.reasons) == ("500157", "auto", ("town_moved",))


def test_a_town_that_moved_long_ago_is_a_question():
    address = standardise("浙江省杭州市余杭区临平街道南大街")
    assert (address.code, address.status, address.reasons) == ("330110", "review", ("town_elsewhere",))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("232701", "加格达奇区"),
        ("469025", "定安县"),
        ("469030", "白沙黎族自治县"),
        ("410307", "洛龙区"),
    ],
)
def test_a_reused_code_does_not_pass_for_its_new_place(code, name):
    former = [unit for unit in table().units if (unit.code, unit.name) == (code, name)]
    assert len(former) == 1
    assert code not in former[0].heirs
    assert table().places[former[0].heirs[0]].name == name
