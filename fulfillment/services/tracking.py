"""Step 7: merge what carriers tell us. Each scan once, never backwards, each customer node once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from core import clock
from fulfillment.domain import events as e
from fulfillment.domain.carriage import NODE_OF, CustomerNode, ParcelTrack, TrackEvent, TrackStatus
from fulfillment.domain.parcel import ParcelState, Row
from fulfillment.domain.tracking import Scan, is_late, nodes, progress
from fulfillment.models import CustomerNodeSent, Parcel, TrackingScan
from fulfillment.rows import iso
from fulfillment.services.parcels import ParcelChanges, members
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders


def apply_tracks(tracks: Sequence[ParcelTrack]) -> list[str]:
    """Apply pushes; outcome per track: `advanced`, `same`, or `no_parcel` (a number that is not ours)."""
    with transaction.atomic():
        holders = _holders(tracks)
        owners = [_owner(holders, track) for track in tracks]
        changes = ParcelChanges()
        rows = changes.open(sorted({owner for owner in owners if owner is not None}))
        before = {parcel_id: row["version"] for parcel_id, row in rows.items()}
        _keep_scans(rows, [(owner, track) for owner, track in zip(owners, tracks, strict=True) if owner is not None])
        _advance(changes, rows)
        changes.save()
        delivered = [row for row in rows.values() if row["track_status"] == TrackStatus.DELIVERED]
        arrived = [suborder_id for row in delivered for suborder_id in members(row)]
        suborders.move(_on_their_way(arrived), SubOrderStatus.DELIVERED)
    return [
        "no_parcel" if owner is None else "advanced" if rows[owner]["version"] > before[owner] else "same"
        for owner in owners
    ]


def _holders(tracks: Sequence[ParcelTrack]) -> Mapping[str, dict[str, int]]:
    """Number → {carrier → parcel} of parcels that were not taken apart. One that we have not handed over yet counts:
    carriers fetch parcels before we say so."""
    numbers = {track.waybill_no for track in tracks} - {""}
    held = Parcel.objects.filter(waybill_no__in=numbers).exclude(state=ParcelState.VOIDED).order_by("id")
    holders: dict[str, dict[str, int]] = {}
    for parcel_id, carrier, number in held.values_list("id", "carrier", "waybill_no"):
        holders.setdefault(number, {})[carrier] = parcel_id
    return holders


def _owner(holders: Mapping[str, dict[str, int]], track: ParcelTrack) -> int | None:
    """By carrier and number; by number alone where only one carrier uses it: an aggregator may name a company in its
    own way."""
    named = holders.get(track.waybill_no, {})
    if track.carrier in named:
        return named[track.carrier]
    return next(iter(named.values())) if len(named) == 1 else None


def _keep_scans(rows: Mapping[int, Row], told: Iterable[tuple[int, ParcelTrack]]) -> None:
    TrackingScan.objects.bulk_create(
        [
            TrackingScan(
                parcel_id=parcel_id, key=scan_key(rows[parcel_id], event), status=event.status.value,
                code=event.code[:30], at=event.at, place=event.place[:120], text=event.text[:400],
            )
            for parcel_id, track in told
            for event in track.events
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def scan_key(row: Row, event: TrackEvent) -> str:
    """What makes two scans one: carrier, number, code and what we read it as, time, place. A re-worded text is no new
    scan, unless it is all there is to tell two scans without a time apart."""
    when = iso(event.at) if event.at is not None else event.text
    told = "\x1f".join([row["carrier"], row["waybill_no"], event.code, event.status.value, when, event.place])
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def _advance(changes: ParcelChanges, rows: Mapping[int, Row]) -> None:
    scans: dict[int, list[Scan]] = {parcel_id: [] for parcel_id in rows}
    kept = TrackingScan.objects.filter(parcel_id__in=rows)
    for parcel_id, at, received, status in kept.values_list("parcel_id", "at", "received_at", "status"):
        scans[parcel_id].append(Scan(iso(at or received), TrackStatus(status)))
    sent = set(CustomerNodeSent.objects.filter(parcel_id__in=rows).values_list("parcel_id", "node"))
    news: list[CustomerNodeSent] = []
    for parcel_id, row in rows.items():
        payload = _columns(scans[parcel_id])
        if any(row[column] != value for column, value in payload.items()):
            status = payload.pop("track_status")
            changes.add(parcel_id, e.TRACKING_ADVANCED, {"status": status, **payload})
        for node in nodes(scans[parcel_id]):
            if (parcel_id, node.value) not in sent:
                news.append(CustomerNodeSent(parcel_id=parcel_id, node=node.value, at=clock.now()))
                told = _node(row, node, scans[parcel_id])
                for share in row["shares"]:
                    changes.add(parcel_id, e.PARCEL_NODE, {**told, **share})
    # The parcels are locked, so nobody else can have sent these; the unique row is the proof that it stays so.
    CustomerNodeSent.objects.bulk_create(news)


def _columns(scans: Sequence[Scan]) -> dict[str, Any]:
    told = asdict(progress(scans))
    return {"track_status": told.pop("status").value, **told}


def _node(row: Row, node: CustomerNode, scans: Sequence[Scan]) -> dict[str, Any]:
    """What is told of it to every order in the parcel."""
    times = [scan.at for scan in scans if NODE_OF.get(scan.status) == node]
    return {
        "node": node.value,
        "carrier": row["carrier"],
        "waybill_no": row["waybill_no"],
        "at": min(times, default=iso(clock.now())),
        "late": is_late(node, TrackStatus(row["track_status"])),
    }


def _on_their_way(suborder_ids: Sequence[int]) -> list[int]:
    """Those of the sub-orders that we know to have left: a delivery we hear of before the hand-over waits for it."""
    shipped = SubOrder.objects.filter(id__in=suborder_ids, status=SubOrderStatus.SHIPPED)
    return list(shipped.values_list("id", flat=True))
