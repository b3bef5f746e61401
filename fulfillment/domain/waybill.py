"""The life of a waybill number, and what its label must say. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum


class WaybillState(StrEnum):
    """`prints` on the row says how often a bound one was printed."""

    ASKED = "asked"  # the intent is committed; the carrier may or may not have heard of it
    UNKNOWN = "unknown"  # no answer came: ask by reference, never anew
    REFUSED = "refused"
    BOUND = "bound"
    SHIPPED = "shipped"
    VOID = "void"


MOVES: Mapping[WaybillState, frozenset[WaybillState]] = {
    # Never straight to VOID: the carrier may have granted a number that must be given back.
    WaybillState.ASKED: frozenset({WaybillState.BOUND, WaybillState.REFUSED, WaybillState.UNKNOWN}),
    WaybillState.UNKNOWN: frozenset({WaybillState.BOUND, WaybillState.REFUSED}),
    WaybillState.REFUSED: frozenset({WaybillState.VOID}),
    WaybillState.BOUND: frozenset({WaybillState.SHIPPED, WaybillState.VOID}),
    WaybillState.SHIPPED: frozenset(),
    WaybillState.VOID: frozenset(),
}

# One of these per parcel at most; a parcel without one, and without a refusal, may ask for a number.
LIVE = frozenset({WaybillState.ASKED, WaybillState.UNKNOWN, WaybillState.BOUND, WaybillState.SHIPPED})
UNANSWERED = frozenset({WaybillState.ASKED, WaybillState.UNKNOWN})


def may_move(current: str, target: str) -> bool:
    return target in MOVES[WaybillState(current)]


def content_hash(
    *, receiver_record: str, goods: Sequence[tuple[str, int]], warehouse: str, carrier: str, order_no: str
) -> str:
    """What makes a printed label wrong when it changes: the receiver (by the id of its sealed record), the goods, the
    sending warehouse, the carrier, the order number."""
    told = [receiver_record, [list(item) for item in goods], warehouse, carrier, order_no]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
