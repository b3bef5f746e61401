"""Parcels can be rebuilt from their events."""

from collections.abc import Sequence

from core.projections import LoggedEvent, Projection, Rows, register
from fulfillment.domain.parcel import Row, evolve
from fulfillment.models import Parcel
from fulfillment.rows import COLUMNS, shares_of, stored


def _rebuild(parcel_id: int, events: Sequence[LoggedEvent]) -> Rows:
    row: Row = {"id": parcel_id}
    for event in events:
        evolve(row, event.type, event.payload, event.occurred_at)
    return _tables(row)


def _tables(row: Row) -> Rows:
    parcel = {name: row[name] for name in COLUMNS}
    return {"fulfillment_parcel": [parcel], "fulfillment_parcelshare": shares_of(row)}


def _stored(parcel_ids: Sequence[int]) -> dict[int, Rows]:
    return {parcel_id: _tables(row) for parcel_id, row in stored(parcel_ids).items()}


def _ids() -> Sequence[int]:
    return list(Parcel.objects.values_list("id", flat=True))


register(Projection("fulfillment.parcel", _rebuild, _stored, _ids))
