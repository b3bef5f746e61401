"""Which place a text means: every district it may name is weighed with the provinces and cities that speak for it or
against it. The weights say only this: a full name beats a short one, today beats yesterday, near beats far."""

import re
from dataclasses import dataclass

from oms.domain.address.mentions import Mention, is_shop, mentions
from oms.domain.address.names import CITY, DISTRICT, GENERIC, PROVINCE
from oms.domain.address.table import ALIAS, FULL, MUNICIPALITIES, RANKED, STEM, TAIWAN, VARIANT, Table, Unit
from oms.domain.address.towns import find_town

WEIGHT = {FULL: 10.0, VARIANT: 9.0, ALIAS: 8.0, RANKED: 7.0, STEM: 5.0}
CITY_SUPPORT = {FULL: 5.0, VARIANT: 5.0, ALIAS: 4.0, RANKED: 4.0, STEM: 4.0}
PROVINCE_SUPPORT = {FULL: 3.0, VARIANT: 3.0, ALIAS: 2.0, RANKED: 2.0, STEM: 2.0}
AGAINST = {FULL: 6.0, VARIANT: 6.0, ALIAS: 3.0, RANKED: 3.0, STEM: 3.0}
CITY_ALONE = {FULL: 8.0, VARIANT: 8.0, ALIAS: 7.0, RANKED: 6.0, STEM: 7.0}
BEYOND_CITIES = 12.0  # more than any city can score by itself
CLOSE_CALL, CLOSE_CALL_FORMER = 1.5, 3.0  # former names are compared more loosely: nobody knows which the writer meant
MAX_GAP = {FULL: 4.0}
_FILLER = re.compile(r"(?:[\W_]|中国|市辖区|辖区|省直辖县级行政区划|自治区直辖县级行政区划|县|市)*")
_SCHOOL = re.compile(
    r"(?:师范|农业|工业|理工|科技|财经|医科|中医药|传媒|工商|海洋|农林|建筑)?(?:大学|学院)(?![路街道城医附.])"
)
_ZONE = re.compile(r"[\W_]*[^省市县]{0,8}?(?:开发区|高新区|园区|新区|示范区|管理区|保税区|度假区|新城)[\W_]*")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read the text. `unit` is the smallest place named; text[start:end] names it and its parents."""

    unit: Unit
    score: float
    form: str
    start: int
    end: int
    supported: bool
    members: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The best reading, others nearly as good (`rivals`), and whether the text names a second place (`conflict`)."""

    reading: Reading | None
    rivals: tuple[Reading, ...] = ()
    conflict: bool = False
    end: int = 0


def match(text: str, table: Table) -> Match:
    """Read the place a text names. Positions are those of `text`."""
    found = mentions(text, table)
    if not found:
        return Match(None)
    lead = _FILLER.match(text).end()  # type: ignore[union-attr] # matches the empty string at least
    above = [m for m in found if m.unit.level != DISTRICT]
    readings = [r for m in found if m.unit.level == DISTRICT and (r := _district(text, m, above, lead))]
    readings.sort(key=_by_score)
    if readings and readings[0].score >= BEYOND_CITIES and _is_all(readings[0], found):
        return Match(readings[0], _rivals(readings[0], readings), False, _past_repeats(text, readings[0], found, table))
    readings += [r for m in above if (r := _alone(text, m, above, lead))]
    readings.sort(key=_by_score)
    if not readings or readings[0].score <= 0:
        return Match(None)
    best = readings[0]
    rivals = _rivals(best, readings)
    end = _past_repeats(text, best, found, table)
    other = _second_place(text, best, end, readings, above)
    if other and other.unit.level == DISTRICT and other.end > end and text[other.end :].strip(" ,;。"):
        best = other  # the first was picked from a list, the second is what was typed before the street
        end = _past_repeats(text, best, found, table)
    return Match(best, rivals, other is not None, end)


def _by_score(reading: Reading) -> float:
    return -reading.score


def _is_all(reading: Reading, found: list[Mention]) -> bool:
    """Does the text name no place outside this stretch?"""
    return all(reading.start <= m.start and m.end <= reading.end for m in found)


def _rivals(best: Reading, readings: list[Reading]) -> tuple[Reading, ...]:
    """Other places the same words may mean nearly as well."""
    close = CLOSE_CALL_FORMER if best.unit.until else CLOSE_CALL
    near = (r for r in readings if r is not best and best.score - r.score <= close)
    return tuple(r for r in near if _same_words(best, r) and _differ(best, r) and not _outdone(r, best))


def _outdone(reading: Reading, best: Reading) -> bool:
    """A namesake that lay in the same prefecture earlier (芳村区 had two codes), or that came under the city named
    only by its heirs while the best one lay in it."""
    unit, other = reading.unit, best.unit
    if unit.name != other.name or unit.level != other.level:
        return False
    if unit.over == other.over:
        return 0 < unit.until < other.until
    cities = {m.unit.code[:4] for m in best.members if m.unit.level == CITY}
    return other.over in cities and unit.over not in cities


def _district(text: str, m: Mention, above: list[Mention], lead: int) -> Reading | None:
    unit = m.unit
    score = WEIGHT[m.form] - _age(unit)
    city = _support(text, m, above, CITY) if unit.province not in MUNICIPALITIES else None
    if not city and m.form == FULL and _is_also_city(m, above):
        return None  # 吐鲁番市 alone is the prefecture, not the county-level city it grew out of
    if city and city[0].unit.name == unit.name and 0 < unit.until < 2010:
        return None  # 岳阳市岳阳市…: the city is said twice, nobody means the one that was inside it
    province = _support(text, city[0] if city else m, above, PROVINCE, unit)
    members = [m]
    if city:
        members.insert(0, city[0])
        score += city[1]
    if province:
        members.insert(0, province[0])
        score += province[1] + (2.0 if unit.province in MUNICIPALITIES else 0.0)
    supported = len(members) > 1
    if m.form == STEM and supported and _is_inside(text, members[-2], m):
        return None  # 南宁市锦绣江南: an estate that ends in the name
    at_front = members[0].start <= lead
    if not supported and ((m.form in (STEM, ALIAS) and (m.loose or not at_front)) or _needs_city(unit)):
        return None
    score -= min(3.0, 0.3 * max(0, members[0].start - lead))
    score -= sum(AGAINST[a.form] for a in _against(unit, above, m.start))
    return Reading(unit, score, m.form, members[0].start, m.end, supported, tuple(members))


def _is_inside(text: str, upper: Mention, m: Mention) -> bool:
    """Are there characters of another name between the parent and the short name?"""
    between = text[upper.end : m.start]
    return between.isalpha() and not _FILLER.fullmatch(between) and not _ZONE.fullmatch(between)


def _is_also_city(m: Mention, above: list[Mention]) -> bool:
    return any(a.start == m.start and a.end == m.end and a.unit.level == CITY and not a.unit.until for a in above)


def _alone(text: str, m: Mention, above: list[Mention], lead: int) -> Reading | None:
    """A text that names no district: a city or a province by itself."""
    unit = m.unit
    score = CITY_ALONE[m.form] - _age(unit) - (0.0 if unit.level == CITY or unit.province in MUNICIPALITIES else 3.0)
    if (
        m.form == STEM
        and unit.level == CITY
        and any(a.start == m.start and a.unit.level == PROVINCE and not _is_over(a.unit, unit) for a in above)
    ):
        return None  # 海南 is the province, not the prefecture in 青海
    members = [m]
    if unit.level == CITY and (province := _support(text, m, above, PROVINCE, unit)):
        members.insert(0, province[0])
        score += province[1]
    if m.form in (STEM, ALIAS) and len(members) == 1 and m.start > lead:
        return None
    score -= min(6.0, 0.5 * max(0, members[0].start - lead)) + (2.0 if m.loose and len(members) == 1 else 0.0)
    score -= sum(AGAINST[a.form] for a in _against(unit, above, m.start))
    return (
        Reading(unit, score, m.form, members[0].start, m.end, len(members) > 1, tuple(members)) if score > 0 else None
    )


def _support(
    text: str, below: Mention, above: list[Mention], level: int, unit: Unit | None = None
) -> tuple[Mention, float] | None:
    """The mention of this level that speaks for `unit` best, and how much."""
    unit = unit or below.unit
    table = CITY_SUPPORT if level == CITY else PROVINCE_SUPPORT
    best: tuple[Mention, float] | None = None
    for m in above:
        if m.end <= below.start and m.unit.level == level and _is_over(m.unit, unit):
            worth = table[m.form] - (0.0 if not m.unit.until else 0.5) - _gap(text, m.end, below.start, below.form)
            if best is None or worth >= best[1]:
                best = (m, worth)
    return best if best and best[1] > 0 else None


def _is_over(upper: Unit, lower: Unit) -> bool:
    """Did `upper` ever contain `lower`, then or now?"""
    width = 2 if upper.level == PROVINCE else 4
    code = upper.code[:width] if upper.code != TAIWAN or width == 2 else upper.over
    return (
        lower.over[:width] == code
        or any(heir[:width] == code for heir in lower.heirs)
        or (upper.level == CITY and lower.level == CITY and upper.heirs == lower.heirs)
    )


def _gap(text: str, start: int, end: int, form: str) -> float:
    if start == end or _FILLER.fullmatch(text, start, end):
        return 0.0
    if _ZONE.fullmatch(text, start, end):
        return 1.0
    return min(MAX_GAP.get(form, 6.0), 0.8 * (end - start))


def _age(unit: Unit) -> float:
    if not unit.until:
        return 1.0 if unit.code == TAIWAN else 0.0  # nearly every order is to the mainland
    return 1.0 if unit.until >= 2015 else 2.0 if unit.until >= 2005 else 3.0 if unit.until >= 1994 else 5.0


def _needs_city(unit: Unit) -> bool:
    return bool(unit.name in GENERIC or (unit.until and unit.until < 1990))


def _against(unit: Unit, above: list[Mention], before: int) -> list[Mention]:
    """Provinces and cities named before `before` that never contained the unit (one per stretch of text)."""
    own = [m for m in above if m.unit is unit or _is_over(m.unit, unit)]
    against: list[Mention] = []
    for m in above:
        if m.end > before:
            continue
        if m.loose or any(o.start < m.end and m.start < o.end for o in own):
            continue
        if against and against[-1].end > m.start:
            if AGAINST[m.form] > AGAINST[against[-1].form]:
                against[-1] = m
            continue
        against.append(m)
    return against


def _same_words(one: Reading, other: Reading) -> bool:
    return one.members[-1].start < other.end and other.members[-1].start < one.end


def _differ(best: Reading, other: Reading) -> bool:
    """Are these two places, neither part of the other?"""
    if set(best.unit.heirs) & set(other.unit.heirs) and best.unit.code != TAIWAN:
        return False  # a former name and today's
    if best.unit.level != other.unit.level:
        parent, child = sorted((best.unit, other.unit), key=lambda unit: unit.level)
        return not _is_over(parent, child)
    return best.unit is not other.unit


def _second_place(text: str, best: Reading, end: int, readings: list[Reading], above: list[Mention]) -> Reading | None:
    """Another place the text names besides the best one, which ends (with its repetitions) at `end`."""
    said_again = {(r.start, r.end) for r in readings if not _differ(best, r)}
    said_again |= {(m.start, m.end) for r in readings if not _differ(best, r) for m in r.members[-1:]}
    for other in sorted(readings, key=lambda r: -r.unit.level):
        named = other.members[-1]
        if other.form not in (FULL, VARIANT) or (best.start < named.end and named.start < best.end):
            continue
        if (named.start, named.end) in said_again or not _differ(best, other):
            continue
        chained = any(m not in best.members for m in other.members[:-1])
        near = end <= named.start and _gap(text, end, named.start, FULL) == 0.0
        if chained or (near and _is_plain(text, other)):
            return other
    for m in _against(best.unit, above, len(text)):
        if m.form not in (FULL, VARIANT) or (m.start < best.end and best.start < m.end):
            continue
        if m.start < best.start or _gap(text, end, m.start, FULL) == 0.0:
            return Reading(m.unit, 0.0, m.form, m.start, m.end, False, (m,))
    for m in above:
        if m.start >= end and m.unit.level == PROVINCE and not _is_over(m.unit, best.unit) and _names_school(text, m):
            return Reading(m.unit, 0.0, m.form, m.start, m.end, False, (m,))
    return None


def _names_school(text: str, m: Mention) -> bool:
    """A university called after a province stands in it; those of the municipalities have branches everywhere."""
    return m.form == STEM and m.unit.province not in MUNICIPALITIES and _SCHOOL.match(text, m.end) is not None


def _is_plain(text: str, reading: Reading) -> bool:
    """A district of today by its full name that is not the start of a shop's (沙县小吃)."""
    unit = reading.unit
    return not unit.until and len(unit.name) > 2 and not is_shop(text, reading.end)


def _past_repeats(text: str, best: Reading, found: list[Mention], table: Table) -> int:
    """Where the place ends when it is said again (浙江省宁波江东区江东区…, 永州市祁阳市梅溪镇湖南省祁阳县梅溪镇…)."""
    named = best.members[-1]
    end = named.start if named.loose else named.end  # 双流机场 stays whole
    for m in found:
        if m.start < best.end:
            continue
        same = bool(set(m.unit.heirs) & set(best.unit.heirs)) and m.unit.level == best.unit.level
        parent = m.unit.level < best.unit.level and _is_over(m.unit, best.unit)
        if (m.form == STEM and not same) or _starts_town(text, m, best, table):
            continue
        if ((same or parent) and (_gap(text, end, m.start, FULL) == 0.0)) or (
            same and m.form in (FULL, VARIANT) and m.start - end <= 16 and _support(text, m, found, PROVINCE)
        ):
            end = m.end
    return end


def _starts_town(text: str, m: Mention, best: Reading, table: Table) -> bool:
    """Is the name only the start of a town's (通河县通河镇, 卧龙区卧龙岗街道)?"""
    hit = find_town(text, m.start, best.unit.heirs, table)
    return bool(hit.home) and hit.begin == m.start and hit.end >= m.end
