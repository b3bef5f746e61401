"""Scan times: naive local time of China in several spellings, some of them broken."""

import re
from datetime import UTC, datetime, timedelta, timezone

from integrations.channels.fields import CHINA

_SPELLING = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T+]+(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2})(?:[.,]\d+)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_EMPTY_YEAR = 1971  # "0001-01-01" and the epoch stand for "no time"


def scan_time(raw: str) -> datetime | None:
    """Aware UTC, or None for what is no time (`2019-07-25 16:32:162`): a guess would reorder the parcel's history.

    A "+" between date and time is a space that was never form-decoded; naive means GMT+8; epoch (milli)seconds too.
    """
    try:
        if raw.isdecimal() and len(raw) in (10, 13):
            return datetime.fromtimestamp(int(raw[:10]), UTC)
        found = _SPELLING.fullmatch(raw.strip())
        if found is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        at = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found[7]))
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at.year >= _EMPTY_YEAR else None


def local_time(at: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss` in China, as carriers write it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _zone(offset: str | None) -> timezone:
    if not offset:
        return CHINA
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))
