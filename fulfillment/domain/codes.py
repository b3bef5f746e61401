"""What a gun may read on the floor. Pure.

Our own labels: `P12` a parcel, `S12` a sub-order, `T12-3` place 3 on the cart of walk 12, `W12` a wave. Everything
else is a bin code, a barcode or a waybill number.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_CODE = 64
_OWN = re.compile(r"([PSTW])(\d{1,18})(?:-(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class OwnCode:
    """`kind` is the letter, `number` the id, `place` the place on the cart (totes only, else 0)."""

    kind: str
    number: int
    place: int = 0


def clean(raw: str) -> str:
    """The code as it was printed: full-width characters of a Chinese input method made plain, control characters of
    the gun dropped, upper case."""
    return _plain(raw).upper()[:MAX_CODE]


def spellings(raw: str) -> set[str]:
    """How a code that the gun sent may be written in master data: input methods and Caps Lock change its case."""
    plain = _plain(raw)[:MAX_CODE]
    return {plain, plain.upper(), plain.lower()}


def _plain(raw: str) -> str:
    plain = unicodedata.normalize("NFKC", raw)
    return "".join(ch for ch in plain if unicodedata.category(ch)[0] != "C").strip()


def own(code: str) -> OwnCode | None:
    """`code` (cleaned) as one of our own labels, or None."""
    found = _OWN.fullmatch(code)
    if found is None or (found[1] == "T") != (found[3] is not None):
        return None
    return OwnCode(found[1], int(found[2]), int(found[3] or 0))
