"""A pasted receiver comes apart the same way, however it was put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.address import dedupe_key, standardise
from tests.oms.address.pastes import NAMES, PASTES, PHONES, RECEIVERS, paste


@pytest.mark.parametrize("template", PASTES)
def test_every_paste_of_every_receiver_comes_apart(template):
    wrong = []
    for region, street, code in RECEIVERS:
        for name, phone in zip(NAMES, PHONES * 3, strict=True):
            text = paste(template, region, street, name, phone)
            got = standardise(text)
            if (got.name, got.phone, got.code) != (name, phone, code):
                wrong.append((text, got.name, got.phone, got.code))
    assert wrong == []


@given(st.sampled_from(PASTES), st.sampled_from(RECEIVERS), st.sampled_from(NAMES), st.sampled_from(PHONES))
def test_one_door_has_one_key(template, receiver, name, phone):
    region, street, _ = receiver
    plain = standardise(province="", detail=region + street)
    assert dedupe_key(standardise(paste(template, region, street, name, phone))) == dedupe_key(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("浙江省杭州市西湖区文三路478号", "杭州西湖文三路478号"),
        ("江苏省昆山市花桥镇绿地大道1号", "苏州昆山市花桥绿地大道1号"),
        ("浙江省杭州市江干区九堡街道九环路31号", "浙江省杭州市上城区九堡街道九环路31号"),
        ("湖南省永州市祁阳县梅溪镇春光村", "湖南永州市祁阳市梅溪镇湖南省祁阳县梅溪镇春光村"),
        ("广东省東莞市虎門鎮連升路58號", "广东省东莞市东莞市虎门镇连升路58号"),
    ],
)
def test_spellings_of_one_address_share_a_key(one, other):
    assert dedupe_key(standardise(one)) == dedupe_key(standardise(other))


def test_the_key_tells_doors_apart():
    doors = ["上海市静安区共和新路1988号", "上海市静安区共和新路198号8", "上海市静安区共和新路1988号2楼"]
    assert len({dedupe_key(standardise(door)) for door in doors}) == 3


@pytest.mark.parametrize(
    ("text", "name", "phone", "extension"),
    [
        ("王先生，13186844346-3060， 福建省福州市仓山区盖山镇齐安路", "王先生", "13186844346", "3060"),
        ("李四 0571-88886666转802 杭州市西湖区文三路1号", "李四", "0571-88886666", "802"),
        ("13800138000 张三 深圳市龙华区民治街道1980园3栋317 518000 11010119900307121X", "张三", "13800138000", ""),
        ("200801000001，张三，13688888888，广东省 深圳市 福田区 红荔路888号", "张三", "13688888888", ""),
        ("上海市闵行区纪鹤路30115801691123", "", "15801691123", ""),
        ("丈** 1389289**** 浙江省杭州市西湖区丈**路", "丈**", "1389289****", ""),
        ("浙江省杭州市西湖区文三路478号", "", "", ""),
        ("江苏省苏州市 昆山市 花桥镇 绿地大道", "", "", ""),
        ("Amy Chen 13800138000 上海市浦东新区张江镇", "Amy Chen", "13800138000", ""),
        ("阿依古丽·买买提 13800138000 新疆喀什地区喀什市", "阿依古丽·买买提", "13800138000", ""),
    ],
)
def test_numbers_that_are_not_the_phone(text, name, phone, extension):
    got = standardise(text)
    assert (got.name, got.phone, got.extension) == (name, phone, extension)
    assert not any(number in got.detail for number in ("518000", "19900307", "200801000001") if phone)


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("📦石雪 ☎️16688026589 🏠江苏省盐城市大丰区大桥镇胜利路267号", "石雪", "16688026589"),
        ("【黄晶】【15375378698】【浙江省杭州市拱墅区小河街道天津街405号】", "黄晶", "15375378698"),
        ("手机13625853796收件人秦涛军地址广东省阳江市阳东区那龙镇府前街844号", "秦涛军", "13625853796"),
        ("许顺娜/(+86)18407133719/湖南省 岳阳市 岳阳县 建设路254号", "许顺娜", "18407133719"),
        ("汉中市西乡县中山路517号13幢1647Michael Chen16585783648", "Michael Chen", "16585783648"),
        ("内蒙古自治区兴安盟扎赉特旗 工农巷652号 格桑卓玛 15999602751", "格桑卓玛", "15999602751"),
        ("【陆川】【19380445667】【湖南省娄底市新化县文化路】", "陆川", "19380445667"),
        ("云南文山西畴 西湖花园3栋，东方老师，15292058381", "东方老师", "15292058381"),
        ("金华武义 工农巷682号  兰儿红  17522360725  周末送货", "兰儿红", "17522360725"),
        ("1、Jenny 17373202788 江西吉安吉州 中山路71号", "Jenny", "17373202788"),
        ("安徽省淮南市大通区人民路531号；安森；194-0976-4752；谢谢", "安森", "19409764752"),
        ("河南省许昌市魏都区大石头村18组906号（John Smith收）19853824058", "John Smith", "19853824058"),
        ("重庆市涪陵区大木乡开元大道883号迪丽热巴·迪力木拉提14146119601", "迪丽热巴·迪力木拉提", "14146119601"),
        ("辽宁沈阳辽中 红星村3组司马阿姨19658441626", "司马阿姨", "19658441626"),
        ("联系人 Tom 电话 18692923100 地址 江西省景德镇市浮梁县三龙镇北京路191号", "Tom", "18692923100"),
        ("西藏自治区阿里地区革吉县开元大道385号39幢1368  李河东  17386552441  放门口", "李河东", "17386552441"),
    ],
)
def test_receivers_as_they_are_pasted(text, name, phone):
    got = standardise(text)
    assert (got.name, got.phone, got.status) == (name, phone, "auto"), got
