"""The street, town or township at the start of what follows the district."""

import re
from functools import lru_cache
from typing import NamedTuple

from oms.domain.address.table import Table

_RANK = re.compile(r"(?:街道办事处|街道办|街道|地区办事处|办事处|地区|民族乡|镇|乡|苏木|管委会|管理委员会)$")
_NO_TOWN = re.compile(r"开发区|园区|新区|示范区|保税|产业|工业区|港区|景区|度假区|试验区")
_RANK_NEXT = re.compile(r"街道办事处|街道办|街道|办事处|镇(?!路|街|区)|乡(?!路|街)")
_WRITTEN = re.compile(r"([\u4e00-\u9fff]{1,9}?(?:街道办事处|街道办|街道|办事处|镇|乡|苏木))(?![路街巷道弄镇乡企区])")
# After a town's bare name: these make it a street, a village or a building of the same name …
_SOMETHING_ELSE = re.compile(
    r"[东南西北中一二三四五六七八九十\d]{0,2}(?:路|街(?!道)|文化|大街|大道|大路|道|巷|弄|桥|村|社区|小区|新村|花园|花苑|广场|大厦|公寓|"
    r"工业|开发|站|港路|家园|苑|城|园|国际|中心|商|地铁|火车|机场|医院|学|[A-Za-z])"
)
# … and this, that a street follows and the bare name was the town.
_STREET_AHEAD = re.compile(r"[\u4e00-\u9fff\d]{1,8}?(?:路|街|道|巷|弄|村|社区|小区|工业|花园|新村|公寓|大厦|\d+号)")
_ZONE_FIRST = re.compile(
    r"[^\d,; ]{0,10}?(?:(?:经济技术|高新技术(?:产业)?|经济|高新|产业|综合)?"
    r"(?:开发区|示范区|保税区|度假区|[试实]验区|管理区|集聚区|聚集区|合作区)|高新区|经开区|新区|工业园区?|产业园区?)"
)
_STREET_NEXT = re.compile(r"[东南西北中]?(?:路|街|大道|巷)")
_OFFICE_NEXT = re.compile(r"(?<=街道)办(?:事处)?|(?<=地区)办事处")
_VILLAGE = re.compile(
    r"(?:[一二三四五六七八九十\d]{0,2}(?:新村|社区|小区|村|区|苑|组)|[\d一二三四五六七八九十]|$|[\W_])"
)
_LEAD = re.compile(r"[\W_]*")


class TownHit(NamedTuple):
    """`town` as the list writes it (as written when unlisted, '' when none), the code of the division that lists it,
    and the stretch of text it takes; nothing is taken when the words also name a place in the street."""

    town: str
    home: str
    begin: int
    end: int


@lru_cache(maxsize=1 << 16)  # more than there are towns
def town_stem(name: str) -> str:
    """The town without its rank: 康桥镇 and 康桥街道 are one place in two years."""
    short = _RANK.sub("", name)
    return short if len(short) >= 2 else name


def find_town(text: str, start: int, codes: tuple[str, ...], table: Table) -> TownHit:
    """The town at `start`, past separators and the name of a development zone; `codes` say whose lists to ask."""
    begin = _LEAD.match(text, start).end()  # type: ignore[union-attr] # matches the empty string at least
    starts = [begin]
    if zone := _ZONE_FIRST.match(text, begin):
        starts.insert(0, zone.end())
    for at in starts:
        for listed in (_listed_in_full, _listed_in_short):
            for code in codes:
                if hit := listed(text, at, code, table):
                    return hit
    for at in starts:
        if written := _as_written(text, at, codes, table):
            return written
    return TownHit("", "", start, start)


def home_of(town: str, city: str, table: Table) -> str:
    """The only district of a prefecture (four digits) that lists this very town; empty if none or several do."""
    homes = [code for code in table.districts(city) if town in table.towns(code)]
    return homes[0] if len(homes) == 1 else ""


def village_home(text: str, start: int, codes: tuple[str, ...], table: Table) -> str:
    """Which of the heirs of a divided district has the village, estate or community at `start`; '' if none."""
    at = _LEAD.match(text, start).end()  # type: ignore[union-attr] # matches the empty string at least
    for length in range(6, 1, -1):
        for code in codes:
            if text[at : at + length] in table.villages(code) and _VILLAGE.match(text, at + length):
                return code
    return ""


def _as_written(text: str, at: int, codes: tuple[str, ...], table: Table) -> TownHit | None:
    """Something with a town's rank: a listed town under its older rank, or an unlisted one as it stands."""
    ahead = text[at : at + 14]
    if not any(rank in ahead for rank in ("街道", "镇", "乡", "办事处", "苏木")):
        return None
    written = _WRITTEN.match(text, at)
    if not written:
        return None
    name = written.group(1).replace("街道办事处", "街道").replace("街道办", "街道")
    short = town_stem(name)
    if short == name or re.search(r"[路号]|大道|开发区|园区", short) or short in ("城", "集", "老", "村"):
        return None
    for code in codes:
        for town in table.towns(code):
            if town_stem(town) == short:
                return TownHit(town, code, at, written.end())
    return TownHit(name, "", at, written.end())


def _listed_in_full(text: str, at: int, code: str, table: Table) -> TownHit | None:
    for town, short in _by_first(code, table).get(text[at : at + 1], ()):
        end = at + len(town)
        if text.startswith(town, at) and (short != town or not _STREET_NEXT.match(text, end)):
            office = _OFFICE_NEXT.match(text, end)
            return TownHit(town, code, at, office.end() if office else end)
    return None


def _listed_in_short(text: str, at: int, code: str, table: Table) -> TownHit | None:
    """A town of this division without its rank."""
    for town, short in _by_first(code, table).get(text[at : at + 1], ()):
        if short == town or not text.startswith(short, at):
            continue
        end = at + len(short)
        if rank := _RANK_NEXT.match(text, end):
            return TownHit(town, code, at, rank.end())
        if short[-1] == "路" or _SOMETHING_ELSE.match(text, end) or text[end : end + 1] in ("区", "县", "市"):
            continue
        taken = _STREET_AHEAD.match(text, end) or not text[end:].strip()
        return TownHit(town, code, at, end if taken else at)
    return None


@lru_cache(maxsize=4096)
def _by_first(code: str, table: Table) -> dict[str, tuple[tuple[str, str], ...]]:
    """First character → (town, stem): towns of today before former ones, longest first. A former town whose stem is
    that of one of today is the same place under an older rank: it is left to the stem."""
    today = [town for town in table.towns(code) if _is_town(town)]
    stems = {town_stem(town) for town in today}
    former = [town for town in table.former_towns(code) if _is_town(town) and town_stem(town) not in stems]
    grouped: dict[str, list[tuple[str, str]]] = {}
    for town in (*today, *former):
        grouped.setdefault(town[0], []).append((town, town_stem(town)))
    return {first: tuple(pairs) for first, pairs in grouped.items()}


def _is_town(name: str) -> bool:
    """The list also holds development zones, which are no place of a street by themselves."""
    return _RANK.search(name) is not None or (len(name) >= 3 and not _NO_TOWN.search(name))
