"""The street, town or township at the start of what follows the district."""

import re
from functools import lru_cache

from oms.domain.address.table import Table

_LEAD = re.compile(r"[\W_]*")
_RANK = re.compile(r"(?:街道办事处|街道办|街道|办事处|地区办事处|民族乡|镇|乡|苏木|农场|管委会|管理委员会)$")
_WRITTEN = re.compile(r"([\u4e00-\u9fff]{1,9}?(?:街道办事处|街道办|街道|办事处|镇|乡|苏木))(?![路街巷道弄镇乡企])")
_NOT_AFTER_STEM = re.compile(
    r"[东南西北中一二三四五六七八九十\d]{0,2}(?:路|街(?!道)|大道|道|巷|弄|桥|村|社区|小区|新村|花园|花苑|广场|大厦|公寓|工业|开发|站|港路|家园|苑|城|园)"
)
_PEOPLES = re.compile(r"(?:[\u4e00-\u9fff]{1,4}族)+(?=乡|镇)")
LOOK_AHEAD = 24


@lru_cache(maxsize=8192)
def town_stem(name: str) -> str:
    """The town without its rank: 康桥镇 and 康桥街道 are one place in two years."""
    short = _RANK.sub("", name)
    return short if len(short) >= 2 else name


def find_town(text: str, start: int, codes: tuple[str, ...], table: Table) -> tuple[str, str, int]:
    """`(town, code of the division that lists it, end)`. A listed town is written as the list has it; one that only
    looks like a town is kept as written with code ''; nothing found is `("", "", start)`."""
    begin = _LEAD.match(text, start).end()  # type: ignore[union-attr]
    for code in codes:
        if listed := _listed(text, begin, code, table):
            return listed[0], code, listed[1]
    written = _WRITTEN.match(text, begin)
    if written and not _odd(written.group(1)):
        name = written.group(1).replace("街道办事处", "街道").replace("街道办", "街道")
        for code in codes:
            for town in table.towns(code):
                if town_stem(town) == town_stem(name):
                    return town, code, written.end()
        return name, "", written.end()
    window = text[begin : begin + LOOK_AHEAD]
    for code in codes:
        for town in table.towns(code):
            if len(town) >= 4 and town.endswith(("街道", "镇")) and town in window:
                return town, code, start
    return "", "", start


def home_of(town: str, city: str, table: Table) -> str:
    """The only district of a prefecture (four digits) that lists this very town; empty if none or several do."""
    homes = [code for code in table.districts(city) if town in table.towns(code)]
    return homes[0] if len(homes) == 1 else ""


def _listed(text: str, begin: int, code: str, table: Table) -> tuple[str, int] | None:
    by_first = _by_first(code, table)
    for town, short in by_first.get(text[begin : begin + 1], ()):
        if text.startswith(town, begin):
            return town, begin + len(town)
        end = begin + len(short)
        if short != town and text.startswith(short, begin):
            rank = re.compile(r"街道办事处|街道办|街道|办事处|镇(?!路|街)|乡(?!路|街)").match(text, end)
            if rank:
                return town, rank.end()
            if (
                short[-1] not in "路街道"
                and not _NOT_AFTER_STEM.match(text, end)
                and text[end : end + 1] not in ("", "区", "县", "市")
            ):
                return town, end
    return None


@lru_cache(maxsize=4096)
def _by_first(code: str, table: Table) -> dict[str, tuple[tuple[str, str], ...]]:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for town in table.towns(code):
        grouped.setdefault(town[0], []).append((town, town_stem(town)))
    return {first: tuple(pairs) for first, pairs in grouped.items()}


def _odd(name: str) -> bool:
    """Not a town: 城乡, 老乡, 集镇 and the like, or one that swallowed a street."""
    short = town_stem(name)
    return short == name or bool(re.search(r"[路号]|大道", short)) or name in ("城乡街道", "集镇")
