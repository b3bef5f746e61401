"""Between a parcel's state and its row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from fulfillment.domain.parcel import Row
from fulfillment.models import Parcel

COLUMNS = [field.attname for field in Parcel._meta.concrete_fields]


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _read(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


def stored(parcel_ids: Sequence[int]) -> dict[int, Row]:
    """Parcels' rows as a fold leaves them."""
    rows = Parcel.objects.filter(id__in=parcel_ids).order_by("id").values(*COLUMNS)
    return {row["id"]: {key: _read(value) for key, value in row.items()} for row in rows}
