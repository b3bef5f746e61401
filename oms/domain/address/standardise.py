"""From what a platform or a person wrote to one address of today."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oms.domain.address.contact import Contact, split_contact
from oms.domain.address.match import Match, Reading, match
from oms.domain.address.names import CITY, DISTRICT, PROVINCE
from oms.domain.address.table import ALIAS, MUNICIPALITIES, RANKED, STEM, TABLE_VERSION, Place, Table, table
from oms.domain.address.text import normalise
from oms.domain.address.towns import find_town, home_of

AUTO, REVIEW = "auto", "review"
# Reasons that send an address to a person; the others only explain.
ASKING = frozenset({"no_region", "no_city", "ambiguous", "conflict", "split_unresolved", "town_elsewhere", "guess"})
_NOTHING = re.compile(r"(?:其他|其它)区?|市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划|省直辖|null|None|-+|无")
_EDGE = " \t\n,，;；。.、/\\|-_:："


@dataclass(frozen=True, slots=True)
class Address:
    """An address by the names of today.

    `code` is the six-digit code of the smallest division known (GB/T 2260 as of `table_version`), '' when none is.
    Municipalities repeat the province as city; counties right below a province have no city; 东莞, 中山, 儋州 and 嘉峪关
    have no district. `status` is `auto` (use it) or `review` (ask a person, `reasons` says why). `confidence` 0..1.
    """

    province: str = ""
    city: str = ""
    district: str = ""
    code: str = ""
    town: str = ""
    detail: str = ""
    name: str = ""
    phone: str = ""
    extension: str = ""
    status: str = REVIEW
    reasons: tuple[str, ...] = ()
    confidence: float = 0.0
    table_version: str = TABLE_VERSION


def standardise(
    text: str = "", *, province: str = "", city: str = "", district: str = "", town: str = "", detail: str = ""
) -> Address:
    """Standardise a pasted text, or a platform's columns, or both.

    Columns are believed before text; where they contradict each other or the text the result says `conflict`. Masked
    parts (`丈**路`) are kept as they are. Never raises for any text.
    """
    here = table()
    columns = [_cleaned(value) for value in (province, city, district)]
    contact = split_contact(normalise(text)) if text else Contact("")
    street = " ".join(filter(None, (normalise(town).strip(), normalise(detail).strip(), contact.address)))
    head = _joined(columns)
    whole = f"{head} {street}" if head and street else head or street
    found = match(whole, here)
    if head and (own := match(head, here)).reading and found.reading:
        found = _prefer_columns(own, found, len(head))
    return _address(whole, found, here, contact)


def standardise_many(rows: Iterable[Mapping[str, str]]) -> Iterator[Address]:
    """`standardise` for rows with any of the keys text, province, city, district, town, detail."""
    keys = ("text", "province", "city", "district", "town", "detail")
    return (standardise(**{key: str(row.get(key) or "") for key in keys}) for row in rows)


def _cleaned(value: str) -> str:
    value = normalise(value).strip(_EDGE)
    return "" if _NOTHING.fullmatch(value) else value


def _joined(columns: list[str]) -> str:
    """Columns as one text, without the province said twice (北京 + 北京市)."""
    said: list[str] = []
    for value in columns:
        if value and not (said and said[-1].startswith(value[:2]) and said[-1].rstrip("市") == value.rstrip("市")):
            said.append(value)
    return "".join(said)


def _prefer_columns(own: Match, found: Match, width: int) -> Match:
    """Columns decide the place as far as they go; what the street adds must agree with them."""
    columns, both = own.reading, found.reading
    assert columns is not None and both is not None
    agree = set(columns.unit.heirs) & set(both.unit.heirs) or (
        both.unit.level > columns.unit.level and any(heir.startswith(_prefix(columns)) for heir in both.unit.heirs)
    )
    if agree and both.unit.level >= columns.unit.level:
        return found
    return Match(columns, own.rivals, True, max(own.end, min(found.end, width)))


def _prefix(reading: Reading) -> str:
    code = reading.unit.heirs[0]
    return code[:2] if reading.unit.level == PROVINCE else code[:4] if reading.unit.level == CITY else code


def _address(whole: str, found: Match, here: Table, contact: Contact) -> Address:
    reading = found.reading
    if reading is None:
        detail = whole.strip(_EDGE)
        return Address(
            detail=detail, name=contact.name, phone=contact.phone, extension=contact.extension, reasons=("no_region",)
        )
    reasons: list[str] = []
    if found.conflict:
        reasons.append("conflict")
    if found.rivals:
        reasons.append("ambiguous")
    place, town, end = _settle(whole, found, here, reasons)
    reasons += _remarks(reading, place, here, whole)
    status = REVIEW if ASKING & set(reasons) else AUTO
    return Address(
        place.province,
        place.city,
        place.district,
        place.code,
        town,
        whole[end:].strip(_EDGE),
        contact.name,
        contact.phone,
        contact.extension,
        status,
        tuple(dict.fromkeys(reasons)),
        _confidence(reading, status, reasons),
    )


def _settle(whole: str, found: Match, here: Table, reasons: list[str]) -> tuple[Place, str, int]:
    """The place of today, its town and where the rest begins; towns decide between the heirs of a split district."""
    reading = found.reading
    assert reading is not None
    unit = reading.unit
    start = max(found.end, reading.end)
    candidates = _by_town_first(reading, found, whole, start, here)
    town, home, end = find_town(whole, start, candidates, here)
    place = here.place_of(unit)
    if unit.level != DISTRICT or place.code == "710000":
        return place, town, end
    if moved := here.moved.get((place.code, town)):
        reasons.append("town_moved")
        return here.place(moved), town, end
    if home in unit.heirs and home != place.code:
        place = here.place(home)
    elif unit.split and home not in unit.heirs:
        reasons.append("split_unresolved")
    if town and home != place.code and not unit.until:
        other = home_of(town, place.code[:4], here)
        if other and other != place.code:
            reasons.append("town_elsewhere")
    return place, town, end


def _by_town_first(reading: Reading, found: Match, whole: str, start: int, here: Table) -> tuple[str, ...]:
    unit = reading.unit
    codes = [*unit.heirs]
    if unit.level == DISTRICT:
        codes.append(f"{unit.heirs[0][:4]}00")
    return tuple(dict.fromkeys(codes))


def _remarks(reading: Reading, place: Place, here: Table, whole: str) -> list[str]:
    remarks = []
    unit = reading.unit
    if place.level == PROVINCE:
        remarks.append("no_city")
    elif place.level == CITY and place.code not in here.childless:
        remarks.append("no_district")
    if unit.until and reading.form != STEM:
        remarks.append("historical")
    if reading.form in (STEM, ALIAS, RANKED) and not reading.supported and _doubtful(reading):
        remarks.append("guess")
    if "**" in whole:
        remarks.append("masked")
    return remarks


def _doubtful(reading: Reading) -> bool:
    """A short name with nothing beside it: believed for provinces, cities and county-level cities of today only."""
    unit = reading.unit
    if unit.level == PROVINCE:
        return unit.province not in MUNICIPALITIES
    return bool(unit.until) or (unit.level == DISTRICT and not unit.name.endswith("市"))


def _confidence(reading: Reading, status: str, reasons: list[str]) -> float:
    """Share of such readings that hold, as measured on development rows; 0.5 and below for what a person must see."""
    if status == REVIEW:
        return 0.3 if "conflict" in reasons or "ambiguous" in reasons else 0.5
    if reading.form in (STEM, ALIAS):
        return 0.98 if reading.supported else 0.9
    if reading.unit.level != DISTRICT:
        return 0.97
    if reading.unit.until:
        return 0.98
    return 0.999 if reading.supported else 0.99
