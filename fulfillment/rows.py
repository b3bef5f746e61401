"""Between a parcel's state and its row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fulfillment.domain.parcel import ParcelState, Row
from fulfillment.models import Parcel, ParcelShare

COLUMNS = [field.attname for field in Parcel._meta.concrete_fields]


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _read(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


def stored(parcel_ids: Sequence[int]) -> dict[int, Row]:
    """Parcels as a fold leaves them: their columns, and under `shares` what is in them."""
    rows = Parcel.objects.filter(id__in=parcel_ids).order_by("id").values(*COLUMNS)
    result: dict[int, Row] = {row["id"]: {key: _read(value) for key, value in row.items()} for row in rows}
    shares = ParcelShare.objects.filter(parcel_id__in=result).order_by("suborder_id")
    for parcel_id, suborder_id, order_id in shares.values_list("parcel_id", "suborder_id", "order_id"):
        share = {"suborder_id": suborder_id, "order_id": order_id}
        result[parcel_id].setdefault("shares", []).append(share)
    return result


def shares_of(row: Row) -> list[Row]:
    """The rows of `ParcelShare` that a parcel stands for."""
    return [{**share, "live": row["state"] != ParcelState.VOIDED} for share in row["shares"]]
