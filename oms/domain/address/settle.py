"""From a reading to the place of today: heirs of split districts, moved towns, and what a person should know."""

from typing import NamedTuple

from oms.domain.address.match import Match, Reading
from oms.domain.address.mentions import BUILDING
from oms.domain.address.names import CITY, DISTRICT, PROVINCE
from oms.domain.address.table import ALIAS, MUNICIPALITIES, RANKED, STEM, TAIWAN, Place, Table
from oms.domain.address.towns import TownHit, find_town, home_of, village_home

# Reasons that send an address to a person; the others only explain.
ASKING = frozenset(
    {
        "no_region",  # nothing known is named
        "no_city",  # only a province
        "ambiguous",  # one name, several places
        "conflict",  # two places
        "split_unresolved",  # a former district whose parts went to several of today's
        "town_elsewhere",  # the town lies in another district of this city
        "guess",  # a short name that may be a shop's
        "district_unknown",  # the district column says something nobody knows
    }
)


# Towns that changed district since then follow by themselves: nobody's address book can know yet. For older moves
# the writer had time, so a district of today that no longer holds the town is a question.
TRUSTED_SINCE = "2024"


class Settled(NamedTuple):
    place: Place
    town: TownHit
    reasons: tuple[str, ...]
    confidence: float


def settle(text: str, found: Match, table: Table) -> Settled:
    """Decide what the best reading means today. Towns choose between the heirs of a split district, and between
    rivals for the guess a person is shown."""
    reading = found.reading
    assert reading is not None
    reasons = [reason for reason, holds in (("conflict", found.conflict), ("ambiguous", found.rivals)) if holds]
    town = _town_of(text, reading, found.end, table)
    for rival in found.rivals if not town.home else ():
        other = _town_of(text, rival, found.end, table)
        if other.home:
            reading, town = rival, other
            break
    place, notes = _place(text, reading, town, table)
    reasons += notes
    reasons += _remarks(text, reading, place, table)
    return Settled(place, town, tuple(dict.fromkeys(reasons)), _confidence(reading, reasons))


def _town_of(text: str, reading: Reading, start: int, table: Table) -> TownHit:
    """The town below a reading: asked of its heirs, then of the city, which lists the towns of its zones."""
    unit = reading.unit
    if reading.members[-1].loose:
        return TownHit("", "", start, start)
    city = (f"{unit.heirs[0][:4]}00",) if unit.level == DISTRICT else ()
    return find_town(text, start, (*unit.heirs, *city), table)


def _place(text: str, reading: Reading, town: TownHit, table: Table) -> tuple[Place, list[str]]:
    unit = reading.unit
    place = table.place_of(unit)
    if unit.level != DISTRICT or place.code == TAIWAN:
        return place, []
    if moved := table.moved.get((place.code, town.town)):
        code, since = moved
        return (table.place(code), ["town_moved"]) if since >= TRUSTED_SINCE else (place, ["town_elsewhere"])
    if town.home in unit.heirs:
        return table.place(town.home), []
    if unit.split:
        home = village_home(text, town.end, unit.heirs, table)
        return (table.place(home), []) if home else (place, ["split_unresolved"])
    elsewhere = home_of(town.town, place.code[:4], table) if town.town and not town.home and not unit.until else ""
    return place, ["town_elsewhere"] if elsewhere and elsewhere != place.code else []


def _remarks(text: str, reading: Reading, place: Place, table: Table) -> list[str]:
    remarks = []
    unit = reading.unit
    if place.level == PROVINCE:
        remarks.append("no_city")
    elif place.level == CITY and place.code not in table.childless:
        remarks.append("no_district")
    if unit.until and reading.form != STEM:
        remarks.append("historical")
    if reading.form in (STEM, ALIAS, RANKED) and _doubtful(reading):
        remarks.append("guess")
    if "**" in text:
        remarks.append("masked")
    return remarks


def _doubtful(reading: Reading) -> bool:
    """A short name that may be a shop's (杭州西湖文化广场), or one with nothing beside it: alone it is believed for
    provinces, cities and county-level cities of today only."""
    unit = reading.unit
    if reading.supported:
        return unit.level == DISTRICT and reading.members[-1].loose == BUILDING
    if unit.level == PROVINCE:
        return unit.province not in MUNICIPALITIES
    if reading.members[-1].loose == BUILDING or (reading.members[-1].loose and unit.name == "中山市"):
        return True  # 中山 is a man's name, on parks and hospitals of every city
    return bool(unit.until) or (unit.level == DISTRICT and not unit.name.endswith("市"))


def _confidence(reading: Reading, reasons: list[str]) -> float:
    """How often such a reading holds, by what speaks for it; half and less for what a person must see."""
    if ASKING & set(reasons):
        return 0.3 if "conflict" in reasons or "ambiguous" in reasons else 0.5
    if reading.form in (STEM, ALIAS):
        return 0.98 if reading.supported else 0.9
    if reading.unit.level != DISTRICT:
        return 0.97
    if reading.unit.until:
        return 0.98
    return 0.999 if reading.supported else 0.99
