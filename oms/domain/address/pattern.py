"""What makes two doubtful addresses the same question, so that one answer settles both."""

import re
from dataclasses import replace
from typing import NamedTuple

from oms.domain.address.settle import ASKING
from oms.domain.address.standardise import Address
from oms.domain.address.table import table
from oms.domain.address.text import normalise

REMEMBERED = "remembered"  # the reason of an address that an earlier answer settled
LEAD = 12  # characters of the street that count, up to its first number
_LEAD = re.compile(rf"[\u4e00-\u9fffA-Za-z]{{2,{LEAD}}}")
# The columns alone are in doubt: the street cannot change the answer.
_COLUMNS_ONLY = frozenset({"district_unknown"})


class Pattern(NamedTuple):
    """The region as the platform wrote it, the town found, and the start of the street where it matters."""

    province: str
    city: str
    district: str
    town: str
    lead: str


def pattern_of(address: Address, province: str, city: str, district: str) -> Pattern | None:
    """What is asked about an address that a person must see; None when nothing about it could be said of another one
    (a street that is masked or has no name, where the street decides)."""
    asked = ASKING & set(address.reasons)
    if not asked:
        return None
    region = (normalise(province).strip(), normalise(city).strip(), normalise(district).strip())
    if asked <= _COLUMNS_ONLY:
        return Pattern(*region, "", "") if any(region) else None
    found = _LEAD.match(address.detail)
    if "*" in address.detail[: LEAD + 1] or not (found or address.town):
        return None
    return Pattern(*region, address.town, found.group() if found else "")


def is_place(code: str) -> bool:
    """May this code be the answer: a district of today, or a city that has none?"""
    here = table()
    return code in here.places and (bool(here.place(code).district) or code in here.childless)


def settled_as(address: Address, code: str) -> Address:
    """The address where an earlier answer puts it. What was asked stays among the reasons."""
    place = table().place(code)
    return replace(
        address, province=place.province, city=place.city, district=place.district, code=code, status="auto",
        reasons=(REMEMBERED, *address.reasons),
    )  # fmt: skip
