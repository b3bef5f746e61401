"""Cells of a SKU sheet as people write them → values, and back. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from catalog.domain import barcode

MAX_WHOLE = 2**31 - 1
_TRUE, _FALSE = {"是", "1", "true", "yes", "y", "√", "有"}, {"否", "0", "false", "no", "n", "×", "无"}
TEMPERATURES = {
    **dict.fromkeys(("ambient", "常温"), "ambient"),
    **dict.fromkeys(("chilled", "冷藏"), "chilled"),
    **dict.fromkeys(("frozen", "冷冻"), "frozen"),
}
_BETWEEN = re.compile(r"[;,；，、\n]+")
Counted = tuple[tuple[str, int], ...]


class CellError(ValueError):
    """A cell that cannot be meant: `code` is one of catalog.choices.CELL_ERROR, `text` the part at fault."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text


def plain(text: str) -> str:
    """Without the full-width forms that an input method leaves in numbers and codes."""
    return unicodedata.normalize("NFKC", text).strip()


def code(text: str) -> str:
    """A SKU code: printable, and without the signs that lists of codes are written with."""
    value = plain(text)
    if not value.isprintable() or any(mark in value for mark in ";,*"):
        raise CellError("code_characters", value)
    return value


def whole(text: str) -> int:
    """A count, a weight in g or a length in mm."""
    value = plain(text).replace(",", "")
    if not value.isdecimal() or int(value) > MAX_WHOLE:
        raise CellError("not_whole", text)
    return int(value)


def hundredths(text: str) -> int:
    """Yuan as fen, percent as basis points: at most two decimals, not negative."""
    try:
        value = Decimal(plain(text).replace(",", "").removesuffix("%").removeprefix("¥"))
    except InvalidOperation as exc:
        raise CellError("not_amount", text) from exc
    if not value.is_finite() or value < 0 or value > MAX_WHOLE:
        raise CellError("not_amount", text)
    scaled = value * 100
    if scaled != int(scaled):
        raise CellError("not_amount", text)
    return int(scaled)


def flag(text: str) -> bool:
    value = plain(text).lower()
    if value not in _TRUE | _FALSE:
        raise CellError("not_yes_no", text)
    return value in _TRUE


def temperature(text: str) -> str:
    value = TEMPERATURES.get(plain(text).lower())
    if value is None:
        raise CellError("not_temperature", text)
    return value


def counted(text: str) -> Counted:
    """`A*2; B` → (("A", 2), ("B", 1)): codes with how many units each stands for."""
    result: dict[str, int] = {}
    for part in filter(None, (plain(part) for part in _BETWEEN.split(text))):
        name, _star, qty = part.replace("×", "*").partition("*")
        count = whole(qty) if qty else 1
        if not name.strip() or not count:
            raise CellError("not_counted", part)
        if name.strip() in result:
            raise CellError("repeated_code", part)
        result[name.strip()] = count
    return tuple(result.items())


def barcodes(text: str) -> Counted:
    """Barcodes, each with the units it stands for; every one must be readable."""
    result = counted(text)
    for value, _qty in result:
        if wrong := barcode.problem(value):
            raise CellError(wrong, value)
    return result


def as_text(pairs: Iterable[tuple[str, int]]) -> str:
    """What `counted` reads."""
    return "; ".join(name if qty == 1 else f"{name}*{qty}" for name, qty in pairs)


def misfits(row: Mapping[str, object], parts: Counted | None) -> dict[str, str]:
    """What does not go together in a row, as {column: code}. `parts` None: the sheet says nothing of components."""
    found = {}
    if parts and not row["is_bundle"]:
        found["components"] = "components_without_bundle"
    if parts and any(name == row["code"] for name, _qty in parts):
        found["components"] = "bundle_in_itself"
    if not str(row["name"]).strip():
        found["name"] = "required"
    return found
