"""Every place a text may be naming: names found by the automaton, less those that only name a street or a shop."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from oms.domain.address.names import CITY, DISTRICT, GENERIC, PEOPLES
from oms.domain.address.table import FULL, MUNICIPALITIES, RANKED, VARIANT, Surface, Table, Unit

_ROAD = re.compile(
    r"[东南西北中上下前后新老大小内外]{0,2}[一二三四五六七八九十\d]{0,2}"
    r"(?:路|街(?!道)|大道|道(?!里|外)|巷|弄|胡同|桥|高速|国道|里(?!程)|站(?!前)|门(?!头沟)|线|书店|日报)"
)
_STREET = re.compile(
    r"[东南西北中]?(?:路|大道|大街|街(?!道))(?!办事处|[^\d,]{0,2}(?:[乡镇]|街道))"
)  # 息县路口乡 is no street
_STREET_STARTS = frozenset("路大街东南西北中")
_TOWN = re.compile(r"(?:街道|镇|乡|村|社区|办事处|屯|寨|港|湾|湖|河|山|岛)")
# Below its city a short name is a street's only if the street follows at once: not 南昌青云谱五一路, 兰州榆中山水人家 …
_ROAD_AT_ONCE = re.compile(
    r"(?!(?:五一|五四|八一|七一|三八|六一|二七|一二九|[一二三四五六七八九十]里|大桥|小桥|新桥|老街|新街|中街|前街|后街))"
    r"[东南西北中]?[一二三四五六七八九十\d]?(?:镇|乡|街道|办事处|大街|大道|胡同|高速|国道|书店|日报|"
    r"(?<=[东南西北中])[路街]|"
    r"(?:路|街(?!道)|道(?!里|外)|巷|弄|桥|里(?!程)|线|村|社区)(?=$|[\W_\d与和及交]|[东南西北中]?[一二三四五六七八九十]?段))"
)
# … and a doubt if it may be the start of another name (从化街口, 麦积桥南) or of a zone (北戴河新区).
_DOUBTFUL_NEXT = re.compile(r"(?:路|街|道|巷|弄|桥|村|社区|站|门|线)|[东南西北]大?街")
_TOWN_STREET = re.compile(r"[东南西北]大?街")
_ZONE = re.compile(r"新区|新城区")
# Buildings carry any name they like; public things tend to stand in the place they are named after. An estate with a
# name of its own (赣州安远阳光花园) says nothing of the words before it.
_BUILDING = re.compile(
    r"[^, \d]{0,2}(?:大厦|大楼|广场(?![东南西北中]?路)|公园|宾馆|酒店|饭店|商城|商厦|小吃|烤[鸭鱼肉]|烧烤|面[馆店庄]|"
    r"菜馆|火锅|特产)|"
    r"[^, \d]?(?:花园(?![路村乡镇])|花苑|小区|新村|公寓|名都|豪庭|家园|人家)"
)
_PUBLIC = re.compile(r"[^, \d]{0,2}(?:医院|大学|学院|中学|小学|商场|市场|银行|公司|集团|机场|车站|体育|科技|党校|法院)")
# 黔南布依苗族自治州: a people's name cut short, so any run of characters peoples are written with.
_PEOPLES = re.compile(rf"[{''.join(sorted(set(PEOPLES) - {'|'}))}]{{1,16}}自治([区州县旗])")
_AFTER_SHORT = re.compile(r"$|[\W_\d]|[\u4e00-\u9fff]{2,4}(?:路|街|道)")
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
    for hit in hits:
        start, end, surface = hit
        if longer:
            longer = [other for other in longer if other[1] > start]
            if any(_swallows(other, hit, starts, ends) for other in longer):
                continue
        astride = any(other[0] < start for other in longer)  # 阳新 in 洛阳新区
        if astride and not surface.firm:
            if start in ends and start + 1 not in starts and not _ROAD.match(text, end):  # 青岛市北 is 青岛 + 市北
                loose = "" if _AFTER_SHORT.match(text, end) else BUILDING
                short = _right_after(start, surface.short, found)
                found.extend(Mention(start, end, unit, form, loose) for unit, form in short)
            continue
        longer.append(hit)
        if text.startswith("街道", end) and any(
            m.end == start and m.unit.level == DISTRICT and not m.unit.until for m in found
        ):
            continue  # 肇东市朝阳区街道: a town called after a part of the town
        street = text[end : end + 1] in _STREET_STARTS and _STREET.match(text, end)
        borrowed = street or (start not in ends and _BUILDING.match(text, end))  # 三明市迎宾大道8号沙县小吃
        firm = surface.firm
        if borrowed:
            own = set(_right_after(start, firm, found))  # 自贡市荣县北街 is in 荣县
            firm = tuple((unit, form) for unit, form in firm if not _is_weak(unit) or (unit, form) in own)
        found.extend(Mention(start, end, unit, form, "") for unit, form in firm)
        if surface.short and not astride:
            found.extend(_short_readings(text, start, end, surface, spans, starts, found))
    return found


def _is_weak(unit: Unit) -> bool:
    """A full name that streets are called after as well: 鄞县大道, 郊区路."""
    return bool(unit.until) or len(unit.name) == 2 or unit.name in GENERIC


def _swallows(
    longer: tuple[int, int, Surface], hit: tuple[int, int, Surface], starts: set[int], ends: set[int]
) -> bool:
    """Is this name only a part of the longer one (沙县 in 长沙县, 乌兰 in 乌兰察布, 浙江 in 浙江省)?"""
    start, end, surface = hit
    if end > longer[1]:
        return False
    if start == longer[0]:
        # 青岛 stays beside 青岛市 only for 青岛市北区, where another name starts at its end.
        return end not in starts or not any(unit in longer[2].units for unit in surface.units)
    return bool(longer[2].firm) and longer[2].firm[0][1] == FULL and longer[1] - longer[0] > 2 and start not in ends


def _short_readings(
    text: str,
    start: int,
    end: int,
    surface: Surface,
    spans: set[tuple[int, int]],
    starts: set[int],
    before: list[Mention],
) -> Iterator[Mention]:
    """What short names mean given what follows them: 黄州 in 黄州路 is no place, 富阳 in 富阳县 is one."""
    short = surface.short
    if peoples := _PEOPLES.match(text, end):
        own = [unit for unit, _ in short if unit.name.endswith(f"自治{peoples[1]}")]
        if own:
            yield from (Mention(start, peoples.end(), unit, VARIANT, "") for unit in own)
            return
    following = text[end : end + 1]
    place_follows = end in starts
    if following in _RANKS and following and not place_follows:
        if following in _DISTRICT_RANKS and not surface.firm and (start, end + 1) not in spans:
            yield from (Mention(start, end + 1, u, RANKED, "") for u, _ in short if u.level == DISTRICT)
        return
    if not place_follows and (_ROAD.match(text, end) or _TOWN.match(text, end)):
        short = _anchored(text, start, end, short, before)
        if not short:
            return
    loose = ""
    if not place_follows:
        if _BUILDING.match(text, end) or _DOUBTFUL_NEXT.match(text, end):
            loose = BUILDING
        elif _PUBLIC.match(text, end):
            loose = PUBLIC
    if _ZONE.match(text, end):
        yield from (Mention(start, end, u, form, BUILDING if u.level == DISTRICT else loose) for u, form in short)
        return
    yield from (Mention(start, end, unit, form, loose) for unit, form in short)


def is_shop(text: str, at: int) -> bool:
    """Does what stands at this position make the name before it a shop, a school, a street?"""
    return bool(_ROAD.match(text, at) or _BUILDING.match(text, at) or _PUBLIC.match(text, at))


def _anchored(
    text: str, start: int, end: int, short: tuple[tuple[Unit, str], ...], before: list[Mention]
) -> tuple[tuple[Unit, str], ...]:
    """Those readings of a short name that stand right after their own city and before no street of that name."""
    own = tuple(_right_after(start, short, before))
    if own and _ROAD_AT_ONCE.match(text, end):
        # A county's town has a north street of its own: 沧州吴桥北街.
        return tuple(pair for pair in own if pair[0].name[-1] in "县市旗") if _TOWN_STREET.match(text, end) else ()
    return own


def _right_after(start: int, short: tuple[tuple[Unit, str], ...], before: list[Mention]) -> Iterator[tuple[Unit, str]]:
    """Districts of today among `short` whose own city ends where they start."""
    above = [m.unit for m in before if m.end == start and m.unit.level != DISTRICT]
    for unit, form in short:
        if unit.level == DISTRICT and not unit.until and any(_right_below(unit, upper) for upper in above):
            yield unit, form


def _right_below(unit: Unit, upper: Unit) -> bool:
    """Is `upper` the city of a district, or the province of one without a city?"""
    if upper.level == CITY:
        return upper.code[:4] == unit.over
    return upper.code[:2] == unit.province and (unit.province in MUNICIPALITIES or unit.over[2:] == "90")
