"""From what a platform or a person wrote to one address of today."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from oms.domain.address.contact import Contact, split_contact
from oms.domain.address.match import Match, Reading, match
from oms.domain.address.mentions import mentions
from oms.domain.address.names import CITY, PROVINCE
from oms.domain.address.settle import ASKING, settle
from oms.domain.address.table import TABLE_VERSION, Table, table
from oms.domain.address.text import normalise

AUTO, REVIEW = "auto", "review"
_NOTHING = re.compile(r"(?:其他|其它)区?|市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划|省直辖|null|None|-+|无")
_ZONE = re.compile(r"开发|高新|园区|新区|新城|示范|管理|管委|保税|度假|农场|林场|实验|口岸|产业|经开")
_EDGE = " \t\n,，;；。.、/\\|-_:："


@dataclass(frozen=True, slots=True)
class Address:
    """An address by the names of today.

    `code` is the six-digit code of the smallest division known (GB/T 2260 as of `table_version`); '' when none is.
    Municipalities repeat the province as city; counties right below a province have no city; 东莞, 中山, 儋州 and
    嘉峪关 have no district. `status` is `auto` (use it) or `review` (ask a person; `reasons` says why, and may remark
    on an `auto` too). `confidence` 0..1 is the share of such readings that hold.
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
    head, district, own = _columns(province, city, district)
    contact = split_contact(normalise(text)) if text else Contact("")
    street = " ".join(filter(None, (_cleaned(town), normalise(detail).strip(), contact.address)))
    whole = f"{head} {street}" if head and street else head or street
    found = _found(own, head, street, whole)
    address = _address(whole, found, here, contact)
    if district and not address.district and address.code not in here.childless and not _ZONE.search(district):
        reasons = (*address.reasons, "district_unknown")
        address = replace(address, status=REVIEW, reasons=reasons, confidence=min(address.confidence, 0.5))
    return address


def standardise_many(rows: Iterable[Mapping[str, str]]) -> Iterator[Address]:
    """`standardise` for rows with any of the keys text, province, city, district, town, detail."""
    keys = ("text", "province", "city", "district", "town", "detail")
    return (standardise(**{key: str(row.get(key) or "") for key in keys}) for row in rows)


@lru_cache(maxsize=4096)
def _columns(province: str, city: str, district: str) -> tuple[str, str, Match]:
    """What columns say, as one text; the district column by itself; and how they read alone. A shop's orders write
    their few hundred regions over and over."""
    columns = [_cleaned(value) if value else "" for value in (province, city, district)]
    head = _joined(columns)
    return head, columns[2], match(head, table())


def _found(own: Match, head: str, street: str, whole: str) -> Match:
    """How columns and street read together; where the columns say a place to their last character and the street names
    none, just as the columns do alone: a space stands between them, and no name has one."""
    if own.reading and own.end == len(head) and not own.conflict and not mentions(street, table()):
        return own
    found = match(whole, table())
    return _prefer_columns(own, found, len(head)) if own.reading and found.reading else found


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
    if found.reading is None:
        who = (contact.name, contact.phone, contact.extension)
        return Address("", "", "", "", "", whole.strip(_EDGE), *who, reasons=("no_region",))
    place, town, reasons, confidence = settle(whole, found, here)
    return Address(
        province=place.province,
        city=place.city,
        district=place.district,
        code=place.code,
        town=town.town,
        detail=f"{whole[found.end : town.begin].strip(_EDGE)}{whole[town.end :]}".strip(_EDGE),
        name=contact.name,
        phone=contact.phone,
        extension=contact.extension,
        status=REVIEW if ASKING & set(reasons) else AUTO,
        reasons=reasons,
        confidence=confidence,
    )
