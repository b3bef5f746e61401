"""Open, change and void parcels: the only code that writes their rows, always with the event that says why."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from core import clock
from core.events import EventType, NewEvent
from core.services.events import Append, append
from fulfillment.domain import events as e
from fulfillment.domain.parcel import ParcelState, Row, evolve
from fulfillment.domain.weighing import PACKAGING_G
from fulfillment.models import Parcel, Waybill
from fulfillment.rows import COLUMNS, iso, stored
from oms.models import SubOrder

STREAM = "fulfillment.parcel"


class ParcelChanges:
    """Parcels in hand, locked in id order, and the events decided on them; saved in one go."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self._base: dict[int, int] = {}
        self._events: dict[int, list[NewEvent]] = {}
        self._moment = clock.now()

    def open(self, parcel_ids: Iterable[int]) -> dict[int, Row]:
        wanted = sorted(set(parcel_ids) - self.rows.keys())
        list(Parcel.objects.select_for_update().filter(id__in=wanted).order_by("id").values_list("id"))
        for parcel_id, row in stored(wanted).items():
            self.rows[parcel_id], self._base[parcel_id] = row, row["version"]
        return {parcel_id: self.rows[parcel_id] for parcel_id in parcel_ids if parcel_id in self.rows}

    def start(self, parcel_id: int) -> None:
        self.rows[parcel_id], self._base[parcel_id] = {"id": parcel_id, "version": 0}, 0

    def add(self, parcel_id: int, event: EventType, payload: dict[str, Any]) -> None:
        self._events.setdefault(parcel_id, []).append(NewEvent(event, payload))
        evolve(self.rows[parcel_id], event.name, payload, iso(self._moment))

    def save(self) -> None:
        changed = sorted(self._events)
        append(
            [Append(f"{STREAM}:{key}", self._base[key], self._events[key]) for key in changed], occurred_at=self._moment
        )
        rows = [Parcel(**self.rows[key]) for key in changed]
        if rows:
            updated = [column for column in COLUMNS if column != "id"]
            Parcel.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=updated)
        self._base, self._events = {key: row["version"] for key, row in self.rows.items()}, {}


def open_for(suborder_ids: Sequence[int]) -> list[int]:
    """A parcel for every sub-order that has none alive; returns the new ids."""
    waiting = (
        SubOrder.objects.filter(id__in=suborder_ids)
        .exclude(id__in=Parcel.objects.exclude(state=ParcelState.VOIDED).values("suborder_id"))
        .prefetch_related("lines__sku")
        .order_by("id")
    )
    changes = ParcelChanges()
    suborders = list(waiting)
    for parcel_id, suborder in zip(_next_ids(len(suborders)), suborders, strict=True):
        weight = sum(line.sku.weight_g * line.qty for line in suborder.lines.all())
        changes.start(parcel_id)
        payload = {
            "suborder_id": suborder.pk, "order_id": suborder.order_id, "warehouse_id": suborder.warehouse_id, "seq": 1,
            "expected_g": weight + PACKAGING_G,
        }  # fmt: skip
        changes.add(parcel_id, e.PARCEL_OPENED, payload)
    changes.save()
    return sorted(changes.rows)


def void(parcel_ids: Sequence[int], reason: str) -> None:
    """Take apart parcels that have not left, and void their waybills; shipped or voided ones are left alone."""
    changes = ParcelChanges()
    for parcel_id, row in changes.open(parcel_ids).items():
        if row["state"] in {ParcelState.OPEN, ParcelState.PACKED}:
            changes.add(parcel_id, e.PARCEL_VOIDED, {"reason": reason})
    changes.save()
    Waybill.objects.filter(parcel_id__in=parcel_ids, state__in=["asked", "unknown", "bound"]).update(state="void")


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('fulfillment_parcel', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]
