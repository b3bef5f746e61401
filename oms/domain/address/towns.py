"""The street, town or township at the start of what follows the district."""

import re
from functools import lru_cache
from typing import NamedTuple

from oms.domain.address.table import Table

_RANK = re.compile(r"(?:街道办事处|街道办|街道|地区办事处|办事处|民族乡|镇|乡|苏木|管委会|管理委员会)$")
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
    r"[^\d,; ]{0,10}?(?:(?:经济技术|高新技术(?:产业)?|经济|高新|产业|综合)?(?:开发区|示范区|保税区|度假区)|"
    r"高新区|经开区|工业园区?|产业园区?)"
)
_LEAD = re.compile(r"[\W_]*")


class TownHit(NamedTuple):
    """`town` as the list writes it (as written when unlisted, '' when none), the code of the division that lists it,
    and the stretch of text it takes; nothing is taken when the words also name a place in the street."""

    town: str
    home: str
    begin: int
    end: int


@lru_cache(maxsize=8192)
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
        for code in codes:
            if listed := _listed(text, at, code, table):
                return listed
    for at in starts:
        if written := _as_written(text, at, codes, table):
            return written
    return TownHit("", "", start, start)


def home_of(town: str, city: str, table: Table) -> str:
    """The only district of a prefecture (four digits) that lists this very town; empty if none or several do."""
    homes = [code for code in table.districts(city) if town in table.towns(code)]
    return homes[0] if len(homes) == 1 else ""


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


def _listed(text: str, at: int, code: str, table: Table) -> TownHit | None:
    for town, short in _by_first(code, table).get(text[at : at + 1], ()):
        if text.startswith(town, at):
            return TownHit(town, code, at, at + len(town))
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
    grouped: dict[str, list[tuple[str, str]]] = {}
    for town in table.towns(code):
        if _RANK.search(town):  # the list also holds prisons, farms and development zones
            grouped.setdefault(town[0], []).append((town, town_stem(town)))
    return {first: tuple(pairs) for first, pairs in grouped.items()}
