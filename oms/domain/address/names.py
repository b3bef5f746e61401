"""How a division's official name is cut: stem, suffix and the short forms people write. Shared by the table's builder
and by the matcher, so that both mean the same by "the same name"."""

import re
from functools import cache

PROVINCE, CITY, DISTRICT = 1, 2, 3

PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|"
    "土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|"
    "柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|"
    "普米族|塔吉克族|塔吉克|怒族|鄂温克族|保安族|裕固族|独龙族|各族"
)
_TRAILING_PEOPLE = re.compile(f"(?:{PEOPLES})+$")
_AUTONOMOUS = re.compile(r"自治(?:区|州|县|旗)$")
_PLAIN = re.compile(r"(?:特别行政区|林区|特区|地区|新区|省|市|盟|州|县|区|旗)$")
# Names that say where in some city a district lies, not which city: without their city they mean nothing.
GENERIC = frozenset({
    "郊区", "市郊区", "城区", "矿区", "新区", "东区", "西区", "南区", "北区", "中区", "市区",
    "市中区", "一区", "二区", "新市区", "新城区", "城中区", "城东区", "城西区", "城南区", "城北区", "东市区",
    "西市区", "中市区", "北市区", "南市区", "南城区", "北城区", "东城区", "西城区", "城关区", "市辖区", "县",
    "市", "工农区", "郊县",
})  # fmt: skip


def level_of(code: str) -> int:
    """1 province, 2 prefecture, 3 county; from the zeros a GB/T 2260 code ends in."""
    if code.endswith("0000"):
        return PROVINCE
    return CITY if code.endswith("00") else DISTRICT


@cache
def stem(name: str) -> str:
    """The name without its rank: 石柱土家族自治县 → 石柱, 浦东新区 → 浦东, 忠县 → 忠县 (one character is no name)."""
    short = _AUTONOMOUS.sub("", name)
    if short != name:
        bare = _TRAILING_PEOPLE.sub("", short)
        return bare if len(bare) >= 2 else short.removesuffix("族")
    short = _PLAIN.sub("", name)
    if len(short) >= 2:
        return short
    return name if len(name) <= 2 else name[:-1]


def variants(name: str) -> tuple[str, ...]:
    """Other full forms of an official name: autonomous units without the peoples (石柱县, 石柱自治县, 伊犁州)."""
    matched = _AUTONOMOUS.search(name)
    if not matched:
        return ()
    rank, base = matched.group(), stem(name)
    short = {
        "自治区": ("自治区", "省"),
        "自治州": ("自治州", "州"),
        "自治县": ("自治县", "县"),
        "自治旗": ("自治旗", "旗"),
    }
    return tuple(form for tail in short[rank] if (form := base + tail) != name)
