"""Made-up receivers with known answers, in the kinds an acceptance set has; every seed gives other ones.

The places come from the division table (so a place missing there is not found out here: `build_divisions --check` and
the tests compare the table itself with a list of others), everything else from `address_words`.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks import address_words as words
from oms.domain.address.names import CITY, DISTRICT, GENERIC, stem
from oms.domain.address.table import MUNICIPALITIES, TAIWAN, Place, Table, Unit, table

RANKED = ("街道", "镇", "乡")
HEIRS_OF = {
    "重庆市": "四川省",
    "海南省": "广东省",
}  # a city of the one said to be in the other is an old way to write it


@dataclass(frozen=True, slots=True)
class Row:
    """What goes in and what should come out; `codes` empty means that a person must be asked."""

    kind: str
    given: dict[str, str]
    codes: tuple[str, ...] = ()
    town: str = ""
    name: str = ""
    phone: str = ""
    extension: str = ""


@dataclass
class Sets:
    """One generator per kind. `dice` decides everything."""

    dice: random.Random
    here: Table = field(default_factory=table)

    def __post_init__(self) -> None:
        self.districts = [
            place
            for place in map(self.here.place, self.here.places)
            if place.level == DISTRICT and place.code[:2] not in {"71", "81", "82"}
        ]
        self.childless = [self.here.place(code) for code in sorted(self.here.childless) if code != TAIWAN]
        self.cities = {unit.code[:4]: unit.name for unit in self.here.units if unit.level == CITY and not unit.until}
        self.mainland = sorted(code for code in self.cities if code[:2] != "71")
        self.former = [
            unit
            for unit in self.here.units
            if unit.level == DISTRICT and unit.until >= 2000 and self.cities.get(unit.over, unit.name) != unit.name
        ]
        self.meanings: defaultdict[str, set[str]] = defaultdict(set)
        for unit in self.here.units:
            for name in {unit.name, stem(unit.name)}:
                self.meanings[name].update(unit.heirs if unit.level == DISTRICT else (unit.code,))

    def rows(self, count: int) -> Iterator[Row]:
        """`count` rows of every kind."""
        kinds: tuple[Callable[[], Row], ...] = (
            self.full, self.abbreviated, self.no_province, self.no_city, self.district_only, self.with_town,
            self.historical, self.repeated, self.city_only, self.columns, self.masked, self.ambiguous, self.conflict,
            self.conflict_columns, self.borrowed, self.messy,
        )  # fmt: skip
        for kind in kinds:
            for _ in range(count):
                yield kind()

    def _text(self, kind: str, region: str, place: Place, town: str = "") -> Row:
        return Row(kind, {"text": f"{region}{town}{words.street(self.dice)}"}, (place.code,), town)

    def full(self) -> Row:
        place = self.dice.choice(self.districts)
        gap = self.dice.choice(("", "", "", " ", ",", "-"))
        return self._text("full", gap.join((place.province, *_city(place), place.district, "")), place)

    def abbreviated(self) -> Row:
        place = self._pick(self._has_short_name)
        city = "".join(stem(name) for name in _city(place))
        head = stem(place.province) if self.dice.random() < 0.5 or not city else ""
        return self._text("abbreviated", f"{head}{city}{stem(place.district)}{self.dice.choice(('', ' '))}", place)

    def no_province(self) -> Row:
        place = self._pick(lambda p: bool(_city(p)))
        return self._text("no_province", "".join((*_city(place), place.district)), place)

    def no_city(self) -> Row:
        place = self._pick(lambda p: bool(_city(p)) and self._sole(p.district, p.province))
        return self._text("no_city", place.province + place.district, place)

    def district_only(self) -> Row:
        place = self._pick(
            lambda p: (
                p.district not in GENERIC
                and len(self.meanings[p.district]) == 1
                and len(self.meanings[stem(p.district)]) == 1
            )
        )
        return self._text("district_only", place.district, place)

    def with_town(self) -> Row:
        """A town in full, by an older rank, or without its rank before a street."""
        place = self._pick(lambda p: bool(self._towns(p.code))) if self.dice.random() < 0.9 else self._childless()
        town = self.dice.choice(self._towns(place.code))
        written = self.dice.choice((town, town, town.replace("街道", "街道办事处"), town.replace("街道", "镇")))
        street = f"{self.dice.choice(words.ROADS)}{self.dice.randrange(1, 900)}号"
        region = "".join((place.province, *_city(place), place.district))
        return Row("town", {"text": f"{region}{written}{street}"}, (place.code,), town)

    def historical(self) -> Row:
        """A former name under its city; with a town of its heirs half of the time when it was divided."""
        unit: Unit = self.dice.choice(self.former)
        city = self.cities[unit.over]
        province = self.here.places[f"{unit.code[:2]}0000"].name
        head = "" if city == province else city
        region = f"{self.dice.choice((province, stem(province), '') if head else (province,))}{head}{unit.name}"
        if not unit.split or not (towns := self._telling_towns(unit)):
            return Row("historical", {"text": f"{region}{words.street(self.dice)}"}, unit.heirs)
        town, home = self.dice.choice(towns)
        return Row("historical", {"text": f"{region}{town}{words.street(self.dice)}"}, (home,), town)

    def repeated(self) -> Row:
        place = self._pick(lambda p: bool(_city(p)))
        whole = "".join((place.province, *_city(place), place.district))
        again = self.dice.choice(
            (whole, "".join((*_city(place), place.district)), place.district, place.province + place.district)
        )
        return self._text("repeated", whole + self.dice.choice(("", " ")) + again, place)

    def borrowed(self) -> Row:
        """A street or a building called after another place, in or out of the city."""
        place = self._pick(lambda p: bool(_city(p)))
        near = [p.district for p in self.districts if p.code[:4] == place.code[:4] and p.district not in GENERIC]
        far = self.dice.choice(self.districts)
        name = self.dice.choice(
            (stem(self.dice.choice(near)) if near else "新华", stem(far.city or far.province), stem(far.province))
        )
        street = f"{self.dice.choice(words.ROADS)}{self.dice.randrange(1, 99)}号" if self.dice.random() < 0.3 else ""
        region = "".join((place.province, *_city(place), place.district))
        text = f"{region}{street}{name}{self.dice.choice(words.BORROWED)}"
        return Row("borrowed", {"text": text}, (place.code,))

    def city_only(self) -> Row:
        place = self.here.place(f"{self.dice.choice(self.mainland)}00")
        return self._text("no_district", place.province + place.city, place)

    def columns(self) -> Row:
        place = self.dice.choice(self.districts)
        given = {"province": place.province, "city": place.city or "省直辖县级行政区划", "district": place.district}
        if self.dice.random() < 0.3:
            given["province"] = stem(place.province)
        if self.dice.random() < 0.2:
            given["detail"] = f"{place.province}{place.city}{place.district}{words.street(self.dice)}"
        return Row("columns", {"detail": words.street(self.dice), **given}, (place.code,))

    def masked(self) -> Row:
        place = self.dice.choice(self.districts)
        given = {"province": place.province, "city": place.city, "district": place.district}
        hidden = self.dice.choice(("***", "人**路**号", "********", "文**小区*栋", "**街道**路"))
        return Row("masked", {**given, "detail": hidden}, (place.code,))

    def ambiguous(self) -> Row:
        """A name of several districts of today, with nothing beside it but a street without a place's name."""
        names = [place.district for place in self.districts if place.district not in GENERIC]
        several = [name for name, times in Counter(names).items() if times > 1]
        street = f"{self.dice.choice(('体育场路', '文化路', '幸福小区'))}{self.dice.randrange(1, 99)}号"
        return Row("ambiguous", {"text": self.dice.choice(several) + street})

    def conflict(self) -> Row:
        """Two regions in one text."""
        one, other = self._two()
        first, second = ("".join((p.province, *_city(p), p.district)) for p in (one, other))
        city = "".join(_city(one)) or one.province
        text = self.dice.choice(
            (
                f"{first}{second}{words.street(self.dice)}", f"{first}中国{second}{words.street(self.dice)}",
                f"{one.province}{city}{second}{words.street(self.dice)}", f"{first}人民路1号 {second}",
                f"{one.province}{''.join(_city(other)) or other.province}{other.district}{words.street(self.dice)}",
            )
        )  # fmt: skip
        return Row("conflict", {"text": text})

    def conflict_columns(self) -> Row:
        one, other = self._two()
        given = {"province": one.province, "city": one.city, "district": one.district}
        wrong = {"detail": f"{other.province}{other.city}{other.district}{words.street(self.dice)}"}
        if self.dice.random() < 0.5:
            wrong = {"province": other.province, "detail": words.street(self.dice)}
        return Row("conflict_columns", {**given, **wrong})

    def messy(self) -> Row:
        """A whole receiver as people paste it."""
        inner = self.dice.choice((self.full, self.abbreviated, self.no_province, self.with_town, self.repeated))()
        place = self.here.place(inner.codes[0])
        address = inner.given["text"]
        region = "".join((place.province, *_city(place), place.district))
        name, (pasted, number, extension) = words.person(self.dice), words.phone(self.dice)
        text = self.dice.choice(words.PASTES).format(
            name=name, phone=pasted, address=address, region=region, street=words.street(self.dice),
            note=self.dice.choice(words.NOTES), zip=f"{self.dice.randrange(10**5, 10**6 - 1)}",
        )  # fmt: skip
        if self.dice.random() < 0.1:
            text = words.wide(text)
        return Row("messy", {"text": text}, inner.codes, "", name, number, extension)

    def _pick(self, fits: Callable[[Place], bool]) -> Place:
        while True:
            place = self.dice.choice(self.districts)
            if fits(place):
                return place

    def _has_short_name(self, place: Place) -> bool:
        """Only one place of its city goes by it, and the city does not (伊宁, 长沙)."""
        short = stem(place.district)
        return (
            place.district not in GENERIC
            and short != stem(place.city or place.province)
            and sum(short == stem(p.district) for p in self.districts if p.code[:4] == place.code[:4]) == 1
        )

    def _childless(self) -> Place:
        return self.dice.choice([place for place in self.childless if self._towns(place.code)])

    def _two(self) -> tuple[Place, Place]:
        one = self.dice.choice(self.districts)
        return one, self._pick(
            lambda p: HEIRS_OF.get(p.province, p.province) != HEIRS_OF.get(one.province, one.province)
        )

    def _sole(self, name: str, province: str) -> bool:
        mine = [p for p in self.districts if p.province == province and stem(p.district) == stem(name)]
        former = [
            u
            for u in self.here.units
            if u.until and u.level != DISTRICT - 2 and stem(u.name) == stem(name) and u.heirs[0][:2] == mine[0].code[:2]
        ]
        return len(mine) == 1 and not former and name not in GENERIC

    def _towns(self, code: str) -> list[str]:
        return [town for town in self.here.towns(code) if town.endswith(RANKED) and 3 <= len(town) <= 5]

    def _telling_towns(self, unit: Unit) -> list[tuple[str, str]]:
        homes: defaultdict[str, list[str]] = defaultdict(list)
        for heir in unit.heirs:
            for town in self._towns(heir):
                homes[town].append(heir)
        return [(town, heirs[0]) for town, heirs in homes.items() if len(heirs) == 1]


def _city(place: Place) -> tuple[str, ...]:
    """The city as it is written between province and district: municipalities are not repeated."""
    return (place.city,) if place.city and place.code[:2] not in MUNICIPALITIES else ()
