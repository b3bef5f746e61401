"""One key for one door, whoever wrote it down."""

import re

from oms.domain.address.standardise import Address
from oms.domain.address.towns import town_stem

_NOISE = re.compile(r"[\W_]|电联|请?打电话|送货上门|号(?=楼|院|$)|第(?=[\d一二三四五六七八九十])")


def dedupe_key(address: Address) -> str:
    """Code, town stem and street without punctuation, so that different pastes of one address meet. No person in it."""
    detail = _NOISE.sub("", address.detail).lower()
    return f"{address.code}|{town_stem(address.town)}|{detail}"
