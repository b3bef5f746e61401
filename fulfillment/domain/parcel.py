"""A parcel as a fold over its events. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from fulfillment.domain import events as e
from fulfillment.domain.carriage import CustomerNode, TrackStatus

Row = dict[str, Any]


class ParcelState(StrEnum):
    OPEN = "open"
    PACKED = "packed"
    SHIPPED = "shipped"
    VOIDED = "voided"


# Tracking only climbs; EXCEPTION may be entered from anywhere before the end and left again upwards; a parcel that
# turns back goes on to RETURNED and nowhere else.
_RANK = {
    TrackStatus.CREATED: 0,
    TrackStatus.PICKED_UP: 1,
    TrackStatus.IN_TRANSIT: 2,
    TrackStatus.OUT_FOR_DELIVERY: 3,
    TrackStatus.AT_LOCKER: 4,
    TrackStatus.DELIVERED: 5,
}
_FINAL = {TrackStatus.DELIVERED, TrackStatus.RETURNED}


def merge(scans: list[tuple[str, TrackStatus]]) -> TrackStatus:
    """The parcel's status from all its scans `(time text, status)`, whatever order they came in.

    The highest rank reached stands; an exception newer than everything else shows until something newer comes; a way
    back overrules everything but a delivery.
    """
    known = sorted((at, status) for at, status in scans if status != TrackStatus.UNKNOWN)
    statuses = {status for _at, status in known}
    if TrackStatus.DELIVERED in statuses:
        return TrackStatus.DELIVERED
    for back in (TrackStatus.RETURNED, TrackStatus.RETURNING):
        if back in statuses:
            return back
    if known and known[-1][1] == TrackStatus.EXCEPTION:
        return TrackStatus.EXCEPTION
    return max((s for s in statuses if s in _RANK), key=lambda s: _RANK[s], default=TrackStatus.CREATED)


def nodes(scans: list[tuple[str, TrackStatus]]) -> list[CustomerNode]:
    """What the customer should have heard by now, in order of life."""
    statuses = {status for _at, status in scans}
    reached = []
    if statuses & set(_RANK) - {TrackStatus.CREATED}:
        reached.append(CustomerNode.PICKED_UP)
    if TrackStatus.EXCEPTION in statuses or statuses & {TrackStatus.RETURNING, TrackStatus.RETURNED}:
        reached.append(CustomerNode.EXCEPTION)
    if TrackStatus.DELIVERED in statuses:
        reached.append(CustomerNode.DELIVERED)
    return reached


def evolve(row: Row, event_type: str, payload: Mapping[str, Any], at: str) -> None:
    """Apply one event to a parcel's row (JSON-safe values) in place."""
    row["version"] = row.get("version", 0) + 1
    if event_type == e.PARCEL_OPENED.name:
        row.update(
            **payload, state=ParcelState.OPEN.value, weight_g=0, carrier="", waybill_no="", freight_fen=0,
            track_status=TrackStatus.CREATED.value, opened_at=at, packed_at=None, shipped_at=None, first_scan_at=None,
            last_scan_at=None, delivered_at=None,
        )  # fmt: skip
    elif event_type == e.PARCEL_PACKED.name:
        row.update(state=ParcelState.PACKED.value, weight_g=payload["weight_g"], packed_at=at)
    elif event_type == e.WAYBILL_BOUND.name:
        row.update(carrier=payload["carrier"], waybill_no=payload["waybill_no"], freight_fen=payload["freight_fen"])
    elif event_type == e.PARCEL_SHIPPED.name:
        row.update(state=ParcelState.SHIPPED.value, shipped_at=at)
    elif event_type == e.TRACKING_ADVANCED.name:
        row.update(
            track_status=payload["status"],
            first_scan_at=payload["first_scan_at"],
            last_scan_at=payload["last_scan_at"],
            delivered_at=payload["delivered_at"],
        )
    elif event_type == e.PARCEL_VOIDED.name:
        row.update(state=ParcelState.VOIDED.value)
    elif event_type != e.PARCEL_NODE.name:
        raise KeyError(event_type)
