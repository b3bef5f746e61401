"""The life of a waybill number. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class WaybillState(StrEnum):
    ASKED = "asked"  # the intent is committed; the carrier may or may not have heard of it
    UNKNOWN = "unknown"  # no answer came: ask by reference, never anew
    REFUSED = "refused"
    BOUND = "bound"
    SHIPPED = "shipped"
    VOID = "void"


MOVES: Mapping[WaybillState, frozenset[WaybillState]] = {
    WaybillState.ASKED: frozenset({WaybillState.BOUND, WaybillState.REFUSED, WaybillState.UNKNOWN, WaybillState.VOID}),
    WaybillState.UNKNOWN: frozenset({WaybillState.BOUND, WaybillState.REFUSED, WaybillState.VOID}),
    WaybillState.REFUSED: frozenset(),
    WaybillState.BOUND: frozenset({WaybillState.SHIPPED, WaybillState.VOID}),
    WaybillState.SHIPPED: frozenset(),
    WaybillState.VOID: frozenset(),
}
