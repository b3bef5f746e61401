"""JSON lines in, JSON lines out: the shape of `manage.py parse_addresses`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from oms.domain.address.standardise import Address, standardise

COLUMNS = ("text", "province", "city", "district", "town", "detail")
_FIELDS = tuple(field.name for field in fields(Address))
_encode = json.JSONEncoder(ensure_ascii=False).encode


def answers(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each line that is not blank, in order. A line that is no JSON object is answered with the
    reason `unreadable`, so that positions keep matching."""
    for line in lines:
        if line.strip():
            yield _encode(_answer(line)) + "\n"


def _answer(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        return {"id": None, **_plain(Address(reasons=("unreadable",)))}
    values = {key: row[key] for key in COLUMNS if isinstance(row.get(key), str)}
    return {"id": row.get("id"), **_plain(standardise(**values))}


def _plain(address: Address) -> dict[str, Any]:
    return {name: getattr(address, name) for name in _FIELDS}
