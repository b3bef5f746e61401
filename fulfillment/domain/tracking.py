"""What a parcel's scans come to. Pure, and the same whatever order the scans arrived in."""

from collections.abc import Iterable
from dataclasses import dataclass

from fulfillment.domain.carriage import CustomerNode, TrackStatus

_RANK = {
    TrackStatus.CREATED: 0,
    TrackStatus.PICKED_UP: 1,
    TrackStatus.IN_TRANSIT: 2,
    TrackStatus.OUT_FOR_DELIVERY: 3,
    TrackStatus.AT_LOCKER: 4,
    TrackStatus.DELIVERED: 5,
}
_TIE = {**_RANK, TrackStatus.EXCEPTION: 6, TrackStatus.RETURNING: 7, TrackStatus.RETURNED: 8}
_BACK = frozenset({TrackStatus.RETURNING, TrackStatus.RETURNED})

# Where trouble and the way back may be entered from, and what may follow; everything else only climbs.
_FOLLOWS: dict[TrackStatus, frozenset[TrackStatus]] = {
    TrackStatus.DELIVERED: _BACK,
    TrackStatus.RETURNING: frozenset({TrackStatus.RETURNED, TrackStatus.DELIVERED}),
    TrackStatus.RETURNED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: its time as an ISO 8601 UTC text (texts of one form sort as times do), and what it says."""

    at: str
    status: TrackStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """A parcel's tracking columns; times are ISO texts or None."""

    status: TrackStatus
    first_scan_at: str | None
    last_scan_at: str | None
    delivered_at: str | None


def progress(scans: Iterable[Scan]) -> Progress:
    """Merge scans. `first_scan_at` is the first time the carrier had the parcel in hand."""
    known = sorted((scan for scan in scans if scan.status != TrackStatus.UNKNOWN), key=lambda s: (s.at, _TIE[s.status]))
    moved = [scan.at for scan in known if scan.status != TrackStatus.CREATED]
    held = [scan.at for scan in known if _in_hand(scan.status)]
    delivered = [scan.at for scan in known if scan.status == TrackStatus.DELIVERED]
    return Progress(
        status=_status(scan.status for scan in known),
        first_scan_at=held[0] if held else None,
        last_scan_at=moved[-1] if moved else None,
        delivered_at=delivered[0] if delivered else None,
    )


def _in_hand(status: TrackStatus) -> bool:
    return status in _BACK or _RANK.get(status, 0) > 0


def _status(statuses: Iterable[TrackStatus]) -> TrackStatus:
    """Walk the statuses in time order: ranks only climb; an exception shows until something newer comes; a parcel that
    turned back goes on to RETURNED, or to a delivery after all."""
    current = reached = TrackStatus.CREATED
    for status in statuses:
        if current in _FOLLOWS:
            if status not in _FOLLOWS[current]:
                continue
        elif status in _RANK and _RANK[status] < _RANK[reached]:
            status = reached  # an exception is left at the height it was entered from
        if status in _RANK:
            reached = status
        current = status
    return current


def nodes(scans: Iterable[Scan]) -> list[CustomerNode]:
    """What the customer should have heard by now, in the order of life."""
    statuses = {scan.status for scan in scans}
    reached = []
    if any(_RANK.get(status, 0) > 0 for status in statuses):
        reached.append(CustomerNode.PICKED_UP)
    if statuses & {TrackStatus.EXCEPTION, *_BACK}:
        reached.append(CustomerNode.EXCEPTION)
    if TrackStatus.DELIVERED in statuses:
        reached.append(CustomerNode.DELIVERED)
    return reached


_OVERTAKEN_BY: dict[CustomerNode, frozenset[TrackStatus]] = {
    CustomerNode.PICKED_UP: frozenset({TrackStatus.DELIVERED, *_BACK}),
    CustomerNode.EXCEPTION: frozenset({TrackStatus.DELIVERED}),
    CustomerNode.DELIVERED: frozenset(),
}


def is_late(node: CustomerNode, status: TrackStatus) -> bool:
    """Would the customer hear this after the parcel has gone past it? (News of a pick-up is stale once it is there.)"""
    return status in _OVERTAKEN_BY[node]
