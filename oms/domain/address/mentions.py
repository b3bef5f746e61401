"""Every place a text may be naming: names found by the automaton, less those that only name a street or a shop."""

import re
from typing import NamedTuple

from oms.domain.address.names import DISTRICT, PEOPLES
from oms.domain.address.table import ALIAS, FULL, RANKED, STEM, VARIANT, Surface, Table, Unit

_ROAD = re.compile(
    r"[东南西北中上下前后新老大小内外]{0,2}[一二三四五六七八九十\d]{0,2}"
    r"(?:路|街(?!道)|大道|道(?!里|外)|巷|弄|胡同|桥|高速|国道|里(?!程)|站(?!前)|门(?!头沟)|线|书店|日报)"
)
_TOWN = re.compile(r"(?:街道|镇|乡|村|社区|办事处|屯|寨|港|湾|湖|河|山|岛)")
# Buildings carry any name they like; public things tend to stand in the place they are named after.
_BUILDING = re.compile(
    r"[^, \d]{0,2}(?:大厦|大楼|广场|公园|宾馆|酒店|饭店|花园|花苑|小区|新村|公寓|商城|商厦|名都|豪庭|家园|人家|"
    r"小吃|烤|面|菜|火锅|特产)"
)
_PUBLIC = re.compile(r"[^, \d]{0,2}(?:医院|大学|学院|中学|小学|商场|市场|银行|公司|集团|机场|车站|体育|科技|党校|法院)")
# 黔南布依苗族自治州: a people's name cut short, so any run of characters peoples are written with.
_PEOPLES = re.compile(rf"[{''.join(sorted(set(PEOPLES) - {'|'}))}]{{1,16}}自治([区州县旗])")
_RANKS = frozenset("市县区旗省州盟")
_DISTRICT_RANKS = frozenset("市县区旗")


BUILDING, PUBLIC = "building", "public"


class Mention(NamedTuple):
    """`unit` named by text[start:end] in this form. `loose` marks a stem that may only name what follows it: a public
    thing (PUBLIC) or a building (BUILDING)."""

    start: int
    end: int
    unit: Unit
    form: str
    loose: str


def mentions(text: str, table: Table) -> list[Mention]:
    """Everything that may be a place, by start. A name inside a longer one is none, unless another ends before it."""
    hits = [(last + 1 - length, last + 1, surface) for last, (length, surface) in table.automaton.iter(text)]
    if not hits:
        return []
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    spans = {(start, end) for start, end, _ in hits}
    starts = {start for start, _ in spans}
    ends = {end for _, end in spans}
    found: list[Mention] = []
    longer: list[tuple[int, int, Surface]] = []
    for start, end, surface in hits:
        longer = [hit for hit in longer if hit[1] > start]
        if any(_swallows(hit, start, end, surface, ends) for hit in longer):
            continue
        longer.append((start, end, surface))
        found.extend(_readings(text, start, end, surface, spans, starts))
    return found


def _swallows(hit: tuple[int, int, Surface], start: int, end: int, surface: Surface, ends: set[int]) -> bool:
    """Is text[start:end] only a part of this longer name (沙县 in 长沙县, 乌兰 in 乌兰察布)?"""
    if end > hit[1] or (start, end) == hit[:2]:
        return False
    if start == hit[0]:
        return all(unit is not other for unit, _ in surface for other, _ in hit[2])
    return hit[2][0][1] == FULL and hit[1] - hit[0] > 2 and start not in ends


def _readings(
    text: str, start: int, end: int, surface: Surface, spans: set[tuple[int, int]], starts: set[int]
) -> list[Mention]:
    stems = [(unit, form) for unit, form in surface if form == STEM or (form == ALIAS and end - start == 2)]
    readings = [Mention(start, end, unit, form, "") for unit, form in surface if (unit, form) not in stems]
    if not stems:
        return readings
    if (peoples := _PEOPLES.match(text, end)) and any(u.name.endswith(f"自治{peoples[1]}") for u, _ in stems):
        own = [unit for unit, _ in stems if unit.name.endswith(f"自治{peoples[1]}")]
        return readings + [Mention(start, peoples.end(), unit, VARIANT, "") for unit in own]
    following = text[end : end + 1]
    place_follows = end in starts
    if following in _RANKS and following and not place_follows:
        if following in _DISTRICT_RANKS and not readings and (start, end + 1) not in spans:
            readings += [Mention(start, end + 1, u, RANKED, "") for u, _ in stems if u.level == DISTRICT]
        return readings
    if not place_follows and (_ROAD.match(text, end) or _TOWN.match(text, end)):
        return readings
    loose = (
        "" if place_follows else BUILDING if _BUILDING.match(text, end) else PUBLIC if _PUBLIC.match(text, end) else ""
    )
    return readings + [Mention(start, end, unit, form, loose) for unit, form in stems]


def is_shop(text: str, at: int) -> bool:
    """Does what stands at this position make the name before it a shop, a school, a street?"""
    return bool(_ROAD.match(text, at) or _BUILDING.match(text, at) or _PUBLIC.match(text, at))
