"""Step 6b: hand parcels to their carriers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, NotFound, OneRopeError
from core.money import split
from core.services.bisect import run_bisecting
from fulfillment.domain import events as e
from fulfillment.domain.carriage import TrackStatus
from fulfillment.domain.parcel import ParcelState, Row
from fulfillment.domain.waybill import WaybillState
from fulfillment.models import Waybill
from fulfillment.rows import iso
from fulfillment.selectors import boxes, contents, labels
from fulfillment.selectors.labels import Facts
from fulfillment.selectors.places import staging_bin
from fulfillment.services import carriers
from fulfillment.services.locks import lock_orders_of, lock_stock_of
from fulfillment.services.parcels import ParcelChanges, members
from inventory.services.locks import lock_bins
from oms.domain.status import SubOrderStatus
from oms.models import SubOrderLine
from oms.services.suborders import Departure, depart, move

BATCH = 50


def handover(parcel_ids: Sequence[int]) -> dict[int, OneRopeError | None]:
    """Ship parcels: stock leaves, reservations are posted, the platform hears of it. Returns None or the reason for
    each; one that may not leave keeps no other back. A parcel that has left already is fine."""
    ids = sorted(set(parcel_ids))
    outcome: dict[int, OneRopeError | None] = {}
    for start in range(0, len(ids), BATCH):
        # No transaction around it: a half that went well must let go of its locks before the other half takes some.
        done, failures = run_bisecting(ids[start : start + BATCH], _ship)
        outcome |= dict.fromkeys(done)
        for parcel_id, error in failures:
            if not isinstance(error, OneRopeError):
                raise error
            outcome[parcel_id] = error
    return outcome


def _ship(parcel_ids: Sequence[int]) -> None:
    """Ship all of these or raise what stands in the way of one."""
    changes = ParcelChanges()
    rows = changes.open(parcel_ids)
    if len(rows) < len(parcel_ids):
        raise NotFound(_("There is no such parcel."), code="parcel_not_found")
    leaving = {key: row for key, row in rows.items() if row["state"] != ParcelState.SHIPPED}
    bound = Waybill.objects.select_for_update().filter(parcel_id__in=leaving, state=WaybillState.BOUND).order_by("id")
    waybills = {waybill.parcel_id: waybill for waybill in bound}
    lines = _lock_everything(leaving)
    facts = labels.facts(leaving)
    standing = boxes.standing(one for row in leaving.values() for one in members(row))
    for parcel_id, row in leaving.items():
        if frozenset(members(row)) not in standing:
            raise Conflict(_("What leaves together has changed: open the parcel anew."), code="box_changed")
        _check_may_leave(row, waybills.get(parcel_id), facts[parcel_id])
    freights = carriers.freights(facts, {key: waybill.carrier for key, waybill in waybills.items()})
    weights = contents.weights(lines)
    shares = {key: _parts(row, freights[key], lines, weights) for key, row in leaving.items()}
    depart([_departure(leaving[key], waybills[key], part) for key, parts in shares.items() for part in parts])
    for parcel_id, row in leaving.items():
        for part in shares[parcel_id]:
            changes.add(parcel_id, e.PARCEL_SHIPPED, _shipped(row, waybills[parcel_id], part))
    changes.save()
    Waybill.objects.filter(id__in=[waybill.pk for waybill in waybills.values()]).update(state=WaybillState.SHIPPED)
    # A carrier that fetched the parcel before we said so may have delivered it by now.
    arrived = [row for row in leaving.values() if row["track_status"] == TrackStatus.DELIVERED]
    move([one for row in arrived for one in members(row)], SubOrderStatus.DELIVERED)


def _lock_everything(leaving: Mapping[int, Row]) -> dict[int, list[SubOrderLine]]:
    """Lock what the whole batch touches, each kind in key order: departures one by one would lock across each other.
    Returns the lines of each sub-order."""
    staging = {one: staging_bin(row["warehouse_id"]) for row in leaving.values() for one in members(row)}
    suborder_ids = list(staging)
    lock_orders_of(suborder_ids)
    lock_stock_of(suborder_ids)
    lines: dict[int, list[SubOrderLine]] = {suborder_id: [] for suborder_id in suborder_ids}
    for line in SubOrderLine.objects.filter(suborder_id__in=suborder_ids, qty__gt=0).order_by("id"):
        lines[line.suborder_id].append(line)
    lock_bins((line.sku_id, staging[line.suborder_id]) for held in lines.values() for line in held)
    return lines


def _check_may_leave(row: Row, waybill: Waybill | None, known: Facts) -> None:
    if row["state"] != ParcelState.PACKED:
        raise Conflict(_("The parcel is not packed."), code="not_packed")
    if waybill is None:
        raise Conflict(_("The parcel has no waybill number."), code="no_waybill")
    if known.hash(waybill.carrier) != waybill.content_hash:
        raise Conflict(_("The label is out of date: fetch a new one."), code="stale_label")


@dataclass(frozen=True, slots=True)
class Part:
    """One order's part in a parcel: its lines, and what it bears of the freight, in fen."""

    order_id: int
    suborder_id: int
    lines: Sequence[SubOrderLine]
    place: int
    of: int
    freight_fen: int


def _parts(
    row: Row, freight_fen: int, lines: Mapping[int, Sequence[SubOrderLine]], weights: Mapping[int, int]
) -> list[Part]:
    """The orders in a parcel; they bear its freight by the weight of their goods."""
    inside = members(row)
    freights = split(freight_fen, [weights[one] for one in inside])
    return [
        Part(share["order_id"], one, lines[one], place, len(inside), freights[place])
        for place, (one, share) in enumerate(zip(inside, row["shares"], strict=True))
    ]


def _departure(row: Row, waybill: Waybill, part: Part) -> Departure:
    staging = staging_bin(row["warehouse_id"])
    bins = {line.pk: staging for line in part.lines}
    numbers = [(waybill.carrier, waybill.number)]
    return Departure(part.suborder_id, numbers, bins, part.place, part.of, part.freight_fen)


def _shipped(row: Row, waybill: Waybill, part: Part) -> dict[str, object]:
    return {
        "order_id": part.order_id,
        "suborder_id": part.suborder_id,
        "warehouse_id": row["warehouse_id"],
        "carrier": waybill.carrier,
        "waybill_no": waybill.number,
        "weight_g": row["weight_g"],
        "freight_fen": part.freight_fen,
        "shipped_at": iso(clock.now()),
        "lines": [
            {"line_no": line.line_no, "sku_id": line.sku_id, "qty": line.qty, "net_minor": line.net_minor}
            for line in part.lines
        ],
    }
