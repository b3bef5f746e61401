"""Typed look-ups in a platform's rows, shared by every mapper.

All are forgiving of form (numbers as text, text as numbers, PHP's `[]` for an empty object, blanks) and strict of
meaning: an amount or quantity that cannot be one is refused rather than guessed. Odd values leave a warning in `Notes`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Unreadable
from core.money import split, to_minor
from integrations.channels.limits import fit
from integrations.channels.reading import refuse
from oms.domain.canonical import AdjustmentKind, Canonical, CanonicalAdjustment, CanonicalNothing

CHINA = timezone(timedelta(hours=8), "GMT+8")  # Chinese platforms write naive local time
MAX_QTY = 1_000_000
_MAX_NOTE = 200
# Ciphertext of the platforms: framed by a mark of its own (TOP and Pinduoduo `~…~1~`, `$…$`, Douyin `##…##`), or JD's
# bare base64 without a single character of another script
_CIPHERTEXT = re.compile(r"([~$#@])[^\s]{10,}\1|[A-Za-z0-9+/]{40,}={0,2}")
_EMPTY_YEAR = 1971  # "0001-01-01" and the epoch stand for "no time"

Row = Mapping[str, Any]


class Notes:
    """Warnings gathered while reading one message: `code: detail`, each once, in order. Never the buyer's data."""

    def __init__(self, *first: str) -> None:
        self._seen: dict[str, None] = dict.fromkeys(first)

    def add(self, code: str, detail: object = "") -> None:
        self._seen[(f"{code}: {detail}" if detail != "" else code)[:_MAX_NOTE]] = None

    def all(self) -> tuple[str, ...]:
        return tuple(self._seen)


def text(value: object) -> str:
    """Stripped text of a string or number; '' for anything else. Whole fractions lose their '.0' (ids as floats)."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() else str(value)
    return ""


def hidden(*parts: str) -> bool:
    """Whether any of a receiver's texts is masked with stars or is ciphertext."""
    return any("*" in part or _CIPHERTEXT.fullmatch(part) for part in parts)


def first(row: Row, *names: str) -> str:
    """The first of these fields with any text."""
    return next((found for name in names if (found := text(row.get(name)))), "")


def mapping(value: object) -> Row:
    """The object in `value`, or an empty one (also for PHP's `[]`)."""
    return value if isinstance(value, dict) else {}


def rows(value: object, child: str = "") -> list[Row]:
    """The objects in a list, in `{"<child>": [...]}`, or the single object itself; anything else is no rows."""
    if child and isinstance(value, dict) and child in value:
        value = value[child]
    if isinstance(value, dict):
        return [value] if value else []
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def flag(value: object) -> bool:
    """True for true, 1, "1", "true", "yes" in any case."""
    return value is True or text(value).lower() in ("1", "true", "yes")


def amount(row: Row, name: str, currency: str, *, signed: bool = False) -> int | None:
    """Minor units of a money field, None when absent or blank.

    Raises Unreadable `bad_amount` for what is no amount, or is below zero where only adjustments may be (`signed`).
    """
    value = row.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        minor = to_minor(value, currency)
    except ValueError as exc:
        raise Unreadable(f"{name} is not an amount", code="bad_amount") from exc
    if minor < 0 and not signed:
        refuse("bad_amount", f"{name} is below zero")
    return minor


def owed(row: Row, name: str, currency: str, *, signed: bool = False) -> int:
    """Like `amount`, with 0 for absent."""
    return amount(row, name, currency, signed=signed) or 0


def quantity(value: object, notes: Notes, line: str) -> int:
    """Whole units. A fraction is rounded up and noted (`fractional_quantity`): it cannot be picked as it stands.

    Raises Unreadable `bad_quantity` for what is no count, is negative or exceeds MAX_QTY.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        refuse("bad_quantity", f"line {line} has no quantity")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as exc:
        raise Unreadable(f"line {line} has no quantity", code="bad_quantity") from exc
    if not number.is_finite() or not 0 <= number <= MAX_QTY:
        refuse("bad_quantity", f"line {line} has quantity {str(value)[:20]}")
    whole = int(number)
    if whole != number:
        notes.add("fractional_quantity", f"line {line} asks for {number}")
        whole += 1
    return whole


def moment(row: Row, name: str, notes: Notes, zone: tzinfo = UTC) -> datetime | None:
    """Aware UTC of an ISO or `yyyy-MM-dd HH:mm:ss` text (naive means `zone`) or of epoch (milli)seconds."""
    value = row.get(name)
    if value is None or isinstance(value, bool) or not (raw := text(value)):
        return None
    try:
        if raw.isdecimal() and len(raw) in (10, 13):
            return datetime.fromtimestamp(int(raw[:10]), UTC)
        found = datetime.fromisoformat(raw.replace("/", "-"))
        aware = found if found.tzinfo else found.replace(tzinfo=zone)
        return aware.astimezone(UTC) if found.year >= _EMPTY_YEAR else None
    except (ValueError, OverflowError):
        notes.add("bad_time", name)
        return None


def apportion(total: int, weights: Sequence[int], keys: Sequence[str]) -> list[int]:
    """`core.money.split`, with remainder cents going by `keys` order so that shuffled lines get the same shares."""
    order = sorted(range(len(keys)), key=lambda index: (len(keys[index]), keys[index]))
    shares = split(total, [weights[index] for index in order])
    result = [0] * len(keys)
    for index, share in zip(order, shares, strict=True):
        result[index] = share
    return result


def absorb_cents(nets: Sequence[int], gap: int, keys: Sequence[str]) -> list[int] | None:
    """`nets` raised by `gap` in all, when that is mere rounding: less than one minor unit a line that costs something.
    One unit each, in the order of `apportion`. None when the gap is more than rounding."""
    costly = [index for index, net in enumerate(nets) if net > 0]
    if abs(gap) >= len(costly):
        return None
    result, step = list(nets), 1 if gap > 0 else -1
    for index in sorted(costly, key=lambda index: (len(keys[index]), keys[index]))[: abs(gap)]:
        result[index] += step
    return result


def adjusted(*parts: tuple[AdjustmentKind, int]) -> tuple[CanonicalAdjustment, ...]:
    """The adjustments that are not zero."""
    return tuple(CanonicalAdjustment(kind, minor) for kind, minor in parts if minor)


def each(platform: str, found: Sequence[Row], read_one: Callable[[Row], Canonical]) -> list[Canonical]:
    """Map every row, within `limits`. A single bad row raises; a bad one among others becomes a CanonicalNothing with
    topic `unreadable` and the code in its warnings, so that its neighbours still get through."""
    if len(found) == 1:
        return [fit(read_one(found[0]))]
    messages: list[Canonical] = []
    for row in found:
        try:
            messages.append(fit(read_one(row)))
        except Unreadable as exc:
            messages.append(CanonicalNothing(platform, "unreadable", warnings=(f"{exc.code}: {exc.message}",)))
    if messages and all(isinstance(entry, CanonicalNothing) and entry.topic == "unreadable" for entry in messages):
        return [fit(read_one(found[0]))]
    return messages
