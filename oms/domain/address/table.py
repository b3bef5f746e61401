"""The division table in memory: today's places, every name that ever led to one, and the towns below.

Read once, on first use, from the files `build_divisions` wrote; about 25 MB and a fifth of a second. Nothing in it
changes after that, so threads share it freely.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import ahocorasick

from oms.domain.address.names import CITY, DISTRICT, GENERIC, PROVINCE, level_of, stem, variants

DATA = Path(__file__).parent / "data"
TABLE_VERSION = "2026-04"  # month of the latest change in the table
MUNICIPALITIES = frozenset({"11", "12", "31", "50", "81", "82"})
TAIWAN = "710000"
FULL, VARIANT, ALIAS, RANKED, STEM = "full", "variant", "alias", "ranked", "stem"
OLDEST_STEM = 1993  # a name gone longer than this is only believed in full


@dataclass(frozen=True, slots=True)
class Place:
    """A division of today as it is written on a label; parts that do not exist are empty."""

    code: str
    province: str
    city: str = ""
    district: str = ""

    @property
    def level(self) -> int:
        return DISTRICT if self.district else CITY if self.city else PROVINCE


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A name some code carried. `until` is the year it went (0: today's). `heirs` are today's codes, main one first;
    `split` says that no heir keeps nearly all of it. `over` is the prefecture code (four digits) it lay in."""

    code: str
    name: str
    level: int
    until: int
    heirs: tuple[str, ...]
    split: bool
    over: str

    @property
    def province(self) -> str:
        return self.code[:2]


class Surface(NamedTuple):
    """What a text may mean: `firm` readings hold whatever follows, `short` ones (stems, two-letter aliases) may not."""

    firm: tuple[tuple[Unit, str], ...]
    short: tuple[tuple[Unit, str], ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for unit, _ in (*self.firm, *self.short))


class Table:
    """Everything the matcher asks."""

    def __init__(self) -> None:
        self.units = [*_units(), *_taiwan()]
        self.places = {u.code: u for u in self.units if not u.until and (u.code != TAIWAN or u.level == PROVINCE)}
        self._taiwan = {unit.over: unit.name for unit in self.units if unit.code == TAIWAN and unit.level == CITY}
        self.childless = self._childless()
        self.automaton = ahocorasick.Automaton()
        for key, surface in self._surfaces().items():
            self.automaton.add_word(key, (len(key), surface))
        self.automaton.make_automaton()
        self._towns, self._former, self._villages = map(_names, ("towns.csv", "former_towns.csv", "villages.csv"))
        self.moved = {(row["from"], row["town"]): (row["to"], row["since"]) for row in _rows("moves.csv")}

    def place(self, code: str) -> Place:
        """The place of a code of today, by the names of today. City is empty below a province without prefecture."""
        province = self.places[f"{code[:2]}0000"].name
        if level_of(code) == PROVINCE:
            return Place(code, province, province if code[:2] in MUNICIPALITIES else "")
        city = self.places.get(f"{code[:4]}00")
        city_name = province if code[:2] in MUNICIPALITIES else city.name if city else ""
        return Place(code, province, city_name, self.places[code].name if level_of(code) == DISTRICT else "")

    def place_of(self, unit: Unit) -> Place:
        """Where a unit lies today; the main heir of a former one."""
        if unit.code != TAIWAN or unit.level == PROVINCE:
            return self.place(unit.heirs[0])
        city = self._taiwan[unit.over]
        return Place(TAIWAN, self.places[TAIWAN].name, city, unit.name if unit.level == DISTRICT else "")

    @lru_cache(maxsize=4096)  # noqa: B019 - the table lives as long as the process
    def towns(self, code: str) -> tuple[str, ...]:
        """Names of the towns of a division, longest first."""
        return _longest_first(self._towns.get(code, ""))

    @lru_cache(maxsize=4096)  # noqa: B019
    def former_towns(self, code: str) -> tuple[str, ...]:
        """Names of towns that lay in what is this division today and are listed no more, longest first."""
        return _longest_first(self._former.get(code, ""))

    @lru_cache(maxsize=512)  # noqa: B019
    def villages(self, code: str) -> frozenset[str]:
        """Villages (without rank) that only this heir of a divided district has in its city."""
        return frozenset(self._villages.get(code, "").split("|")) - {""}

    @lru_cache(maxsize=512)  # noqa: B019
    def districts(self, city: str) -> tuple[str, ...]:
        """Codes of today's districts of a prefecture (four digits)."""
        return tuple(code for code in self.places if code[:4] == city and level_of(code) == DISTRICT)

    def _childless(self) -> frozenset[str]:
        """Prefectures without districts: 东莞, 中山, 儋州, 嘉峪关."""
        parents = {code[:4] for code in self.places if level_of(code) == DISTRICT}
        return frozenset(code for code in self.places if level_of(code) == CITY and code[:4] not in parents)

    def _surfaces(self) -> dict[str, Surface]:
        found: dict[str, list[tuple[Unit, str]]] = {}
        cities = {
            (u.code[:4], stem(u.name)) for u in self.units if u.level == CITY and not u.until and u.name[-1] == "市"
        }
        for unit in self.units:
            for key, form in _forms(unit):
                if (
                    form == STEM
                    and unit.level == DISTRICT
                    and any((h[:4], key) in cities for h in (unit.over, *unit.heirs))
                ):
                    continue  # 长沙 alone is the city, never 长沙县
                bucket = found.setdefault(key, [])
                if all(other is not unit for other, _ in bucket):
                    bucket.append((unit, form))
        for row in _rows("aliases.csv"):
            found.setdefault(row["alias"], []).append((self.places[row["code"]], ALIAS))
        return {key: _surface(key, bucket) for key, bucket in found.items()}


def _surface(key: str, bucket: list[tuple[Unit, str]]) -> Surface:
    short = tuple(pair for pair in bucket if pair[1] == STEM or (pair[1] == ALIAS and len(key) == 2))
    return Surface(tuple(pair for pair in bucket if pair not in short), short)


def _forms(unit: Unit) -> Iterator[tuple[str, str]]:
    yield unit.name, FULL
    for variant in variants(unit.name):
        yield variant, VARIANT
    short = stem(unit.name)
    if short != unit.name and len(short) >= 2 and unit.name not in GENERIC and not 0 < unit.until < OLDEST_STEM:
        yield short, STEM


def _units() -> Iterator[Unit]:
    for row in _rows("divisions.csv"):
        code, name, until = row["code"], row["name"], row["until"]
        heirs = tuple(heir.lstrip("~") for heir in row["heirs"].split()) or (code,)
        split = sum(not heir.startswith("~") for heir in row["heirs"].split()) > 1
        yield Unit(code, name, level_of(code), int(until[:4]) if until else 0, heirs, split, code[:4])


def _taiwan() -> Iterator[Unit]:
    """Cities and districts of 台湾: names only, the standard has one code for all of it."""
    for number, row in enumerate(_rows("taiwan.csv")):
        over = f"71{20 + number}"  # a prefecture number of our own, clear of the province's 7100
        yield Unit(TAIWAN, row["city"], CITY, 0, (TAIWAN,), False, over)
        for name in filter(None, row["districts"].split("|")):
            yield Unit(TAIWAN, name, DISTRICT, 0, (TAIWAN,), False, over)


def _longest_first(listed: str) -> tuple[str, ...]:
    return tuple(sorted(listed.split("|"), key=len, reverse=True)) if listed else ()


def _names(name: str) -> dict[str, str]:
    """Code → names, still joined by bars: split when somebody asks."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split(",", 1) for line in lines)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


_lock = Lock()
_table: Table | None = None


def table() -> Table:
    """The one table of this process."""
    global _table
    if _table is None:
        with _lock:
            if _table is None:
                _table = Table()
    return _table
