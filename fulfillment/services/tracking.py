"""Step 7: merge what carriers tell us. Each scan once, never backwards, each customer node once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core import clock
from fulfillment.domain import events as e
from fulfillment.domain.carriage import ParcelTrack, TrackEvent, TrackStatus
from fulfillment.domain.parcel import ParcelState, Row, merge, nodes
from fulfillment.models import CustomerNodeSent, Parcel, TrackingScan
from fulfillment.rows import iso
from fulfillment.services.parcels import ParcelChanges
from oms.domain.status import SubOrderStatus
from oms.services import suborders


def apply_tracks(tracks: Sequence[ParcelTrack]) -> list[str]:
    """Apply pushes; outcome per track: `advanced`, `same`, or `no_parcel` (a number that is not ours)."""
    with transaction.atomic():
        found = _parcels(tracks)
        changes = ParcelChanges()
        rows = changes.open(sorted(set(found.values())))
        outcomes = []
        for track in tracks:
            parcel_id = found.get((track.carrier, track.waybill_no)) or found.get(("", track.waybill_no))
            outcomes.append(_apply(changes, rows[parcel_id], track) if parcel_id else "no_parcel")
        changes.save()
        delivered = [
            row["suborder_id"]
            for row in rows.values()
            if row["track_status"] == TrackStatus.DELIVERED and row["state"] == ParcelState.SHIPPED
        ]
        if delivered:
            suborders.move(delivered, SubOrderStatus.DELIVERED)
    return outcomes


def _parcels(tracks: Sequence[ParcelTrack]) -> dict[tuple[str, str], int]:
    """Parcel per (carrier, number), and per ('', number) where only one carrier uses the number: an aggregator may
    name a company in its own way."""
    numbers = {track.waybill_no for track in tracks}
    live = Parcel.objects.filter(waybill_no__in=numbers, state=ParcelState.SHIPPED).order_by("id")
    found: dict[tuple[str, str], int] = {}
    holders: dict[str, set[int]] = {}
    for parcel_id, carrier, number in live.values_list("id", "carrier", "waybill_no"):
        found[carrier, number] = parcel_id
        holders.setdefault(number, set()).add(parcel_id)
    found |= {("", number): ids.copy().pop() for number, ids in holders.items() if len(ids) == 1}
    return found


def _apply(changes: ParcelChanges, row: Row, track: ParcelTrack) -> str:
    fresh = TrackingScan.objects.bulk_create(
        [
            TrackingScan(
                parcel_id=row["id"], key=_key(row, event), status=event.status.value, code=event.code[:30], at=event.at,
                place=event.place[:120], text=event.text[:400],
            )
            for event in track.events
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if not fresh:
        return "same"
    scans = list(TrackingScan.objects.filter(parcel_id=row["id"]).values_list("at", "status", "received_at"))
    told = [(iso(at or received), TrackStatus(status)) for at, status, received in scans]
    payload = {"status": merge(told).value, **_times(told)}
    before = {key: row[{"status": "track_status"}.get(key, key)] for key in payload}
    if before == payload:
        return "same"
    changes.add(row["id"], e.TRACKING_ADVANCED, payload)
    _tell_customer(changes, row, told)
    return "advanced"


def _times(told: Sequence[tuple[str, TrackStatus]]) -> dict[str, str | None]:
    moved = sorted(at for at, status in told if status not in {TrackStatus.CREATED, TrackStatus.UNKNOWN})
    delivered = sorted(at for at, status in told if status == TrackStatus.DELIVERED)
    return {
        "first_scan_at": moved[0] if moved else None,
        "last_scan_at": moved[-1] if moved else None,
        "delivered_at": delivered[0] if delivered else None,
    }


def _tell_customer(changes: ParcelChanges, row: Row, told: list[tuple[str, TrackStatus]]) -> None:
    for node in nodes(told):
        _sent, new = CustomerNodeSent.objects.get_or_create(
            parcel_id=row["id"], node=node.value, defaults={"at": clock.now()}
        )
        if new:
            payload = {
                "node": node.value, "order_id": row["order_id"], "suborder_id": row["suborder_id"],
                "carrier": row["carrier"], "waybill_no": row["waybill_no"], "at": iso(clock.now()),
            }  # fmt: skip
            changes.add(row["id"], e.PARCEL_NODE, payload)


def _key(row: Row, event: TrackEvent) -> str:
    at = iso(event.at) if isinstance(event.at, datetime) else ""
    told = "\x1f".join([row["waybill_no"], event.code, at, event.place or event.text[:60]])
    return hashlib.sha256(told.encode()).hexdigest()
