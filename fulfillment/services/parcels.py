"""Open, change and void parcels: the only code that writes their rows, always with the event that says why."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max

from core import clock
from core.doorbell import ring
from core.events import EventType, NewEvent
from core.services import bulk
from core.services.events import Append, append
from fulfillment.domain import events as e
from fulfillment.domain.parcel import HERE, ParcelState, Row, evolve
from fulfillment.domain.waybill import WaybillState
from fulfillment.models import Parcel, Waybill
from fulfillment.rows import COLUMNS, iso, stored
from fulfillment.selectors import contents
from oms.models import SubOrder

STREAM = "fulfillment.parcel"


class ParcelChanges:
    """Parcels in hand and the events decided on them, saved in one go.

    Must live inside one transaction; the parcels it opens are locked in id order before anything is read.
    """

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self._base: dict[int, int] = {}
        self._events: dict[int, list[NewEvent]] = {}
        self._moment = clock.now()

    def open(self, parcel_ids: Iterable[int]) -> dict[int, Row]:
        """Lock and load parcels; ids that do not exist are absent from the answer."""
        wanted = sorted(set(parcel_ids) - self.rows.keys())
        list(Parcel.objects.select_for_update(of=("self",)).filter(id__in=wanted).order_by("id").values_list("id"))
        for parcel_id, row in stored(wanted).items():
            self.rows[parcel_id], self._base[parcel_id] = row, row["version"]
        return {parcel_id: self.rows[parcel_id] for parcel_id in parcel_ids if parcel_id in self.rows}

    def start(self, parcel_id: int) -> None:
        """A new parcel with an id drawn beforehand."""
        self.rows[parcel_id], self._base[parcel_id] = {"id": parcel_id, "version": 0}, 0

    def add(self, parcel_id: int, event: EventType, payload: dict[str, Any]) -> None:
        """Decide one event: the row in hand changes now, the stored one at `save`."""
        self._events.setdefault(parcel_id, []).append(NewEvent(event, payload))
        evolve(self.rows[parcel_id], event.name, payload, iso(self._moment))

    def save(self) -> None:
        changed = sorted(self._events)
        append(
            [Append(f"{STREAM}:{key}", self._base[key], self._events[key]) for key in changed], occurred_at=self._moment
        )
        bulk.upsert(Parcel, [{name: self.rows[key][name] for name in COLUMNS} for key in changed], ["id"])
        self._base, self._events = {key: row["version"] for key, row in self.rows.items()}, {}


def open_for(suborder_ids: Sequence[int]) -> list[int]:
    """A parcel for every sub-order that has none alive; returns the new ids. Call it inside a transaction."""
    # The sub-order's row is the queue for two who would open a parcel for it at once.
    locked = SubOrder.objects.select_for_update(of=("self",)).filter(id__in=suborder_ids).order_by("id")
    suborders = {suborder.pk: suborder for suborder in locked}
    alive = Parcel.objects.filter(suborder_id__in=suborders).exclude(state=ParcelState.VOIDED)
    waiting = sorted(suborders.keys() - set(alive.values_list("suborder_id", flat=True)))
    forecast = contents.expected_weights(waiting)
    used = _last_numbers(waiting)
    changes = ParcelChanges()
    for parcel_id, suborder_id in zip(_next_ids(len(waiting)), waiting, strict=True):
        suborder = suborders[suborder_id]
        payload = {
            "suborder_id": suborder_id, "order_id": suborder.order_id, "warehouse_id": suborder.warehouse_id,
            "seq": used.get(suborder_id, 0) + 1, "expected_g": forecast[suborder_id] or 0,
        }  # fmt: skip
        changes.start(parcel_id)
        changes.add(parcel_id, e.PARCEL_OPENED, payload)
    changes.save()
    return sorted(changes.rows)


def _last_numbers(suborder_ids: Sequence[int]) -> dict[int, int]:
    """Sub-order id → the highest number a parcel of it had."""
    rows = Parcel.objects.filter(suborder_id__in=suborder_ids).values_list("suborder_id").annotate(last=Max("seq"))
    return dict(rows)


def reforecast(suborder_ids: Iterable[int]) -> None:
    """Expect the weight of what these sub-orders want now, as long as their parcels are open."""
    changes = ParcelChanges()
    live = Parcel.objects.filter(suborder_id__in=set(suborder_ids), state=ParcelState.OPEN).order_by("id")
    opened = changes.open(list(live.values_list("id", flat=True)))
    forecast = contents.expected_weights(row["suborder_id"] for row in opened.values())
    for parcel_id, row in opened.items():
        expected_g = forecast[row["suborder_id"]] or 0
        if row["state"] == ParcelState.OPEN and row["expected_g"] != expected_g:
            changes.add(parcel_id, e.PARCEL_REFORECAST, {"expected_g": expected_g})
    changes.save()


def void_for(suborder_ids: Sequence[int], reason: str) -> None:
    """Take apart the parcels of these sub-orders that have not left, and void their numbers. A number that is still
    being asked for is voided when it comes."""
    changes = ParcelChanges()
    live = Parcel.objects.filter(suborder_id__in=suborder_ids, state__in=HERE).values_list("id", flat=True)
    opened = changes.open(sorted(live))
    here = [parcel_id for parcel_id, row in opened.items() if row["state"] in HERE]
    void_numbers(changes, here, reason)
    for parcel_id in here:
        changes.add(parcel_id, e.PARCEL_VOIDED, {"reason": reason})
    changes.save()


def void_numbers(changes: ParcelChanges, parcel_ids: Sequence[int], reason: str) -> None:
    """Take the bound or refused numbers off parcels in hand; the carrier gets them back later."""
    rows = Waybill.objects.select_for_update().filter(
        parcel_id__in=parcel_ids, state__in=[WaybillState.BOUND, WaybillState.REFUSED]
    )
    waybills = list(rows.order_by("id"))
    for waybill in waybills:
        if waybill.state == WaybillState.BOUND:
            payload = {"carrier": waybill.carrier, "waybill_no": waybill.number, "reason": reason}
            changes.add(waybill.parcel_id, e.WAYBILL_VOIDED, payload)
    Waybill.objects.filter(id__in=[waybill.pk for waybill in waybills]).update(state=WaybillState.VOID)
    if waybills:
        ring("fulfillment.tasks.fetch_waybills")


def _next_ids(count: int) -> list[int]:
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('fulfillment_parcel', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]
