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
from fulfillment.models import Parcel, ParcelShare, Waybill
from fulfillment.rows import COLUMNS, iso, shares_of, stored
from fulfillment.selectors import boxes, contents
from fulfillment.services.locks import lock_orders_of
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder
from oms.services import suborders

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
        regrouped = [key for key in changed if _regroups(self._events[key])]
        shares = [{"parcel_id": key, **share} for key in regrouped for share in shares_of(self.rows[key])]
        bulk.upsert(ParcelShare, shares, ["parcel_id", "suborder_id"])
        self._base, self._events = {key: row["version"] for key, row in self.rows.items()}, {}


def _regroups(events: Iterable[NewEvent]) -> bool:
    """Do these change what is in the parcel?"""
    return any(new.type in {e.PARCEL_OPENED, e.PARCEL_VOIDED} for new in events)


def open_for(suborder_ids: Sequence[int]) -> list[int]:
    """A parcel for every sub-order that has none alive, one for all that leave together; returns the new ids. Call it
    inside a transaction."""
    # The sub-order's row is the queue for two who would open a parcel for it at once.
    list(SubOrder.objects.select_for_update(of=("self",)).filter(id__in=suborder_ids).order_by("id").values_list("id"))
    alive = set(
        ParcelShare.objects.filter(suborder_id__in=suborder_ids, live=True).values_list("suborder_id", flat=True)
    )
    wanted = [box for box in boxes.of(suborder_ids) if not alive.intersection(member.pk for member in box)]
    forecast = contents.expected_weights([member.pk for member in box] for box in wanted)
    used = _last_numbers([box[0].pk for box in wanted])
    changes = ParcelChanges()
    for parcel_id, box, expected_g in zip(_next_ids(len(wanted)), wanted, forecast, strict=True):
        first = box[0]
        payload: dict[str, Any] = {
            "suborder_id": first.pk, "order_id": first.order_id, "warehouse_id": first.warehouse_id,
            "seq": used.get(first.pk, 0) + 1, "expected_g": expected_g or 0,
        }  # fmt: skip
        if len(box) > 1:
            payload["shares"] = [{"suborder_id": member.pk, "order_id": member.order_id} for member in box]
        changes.start(parcel_id)
        changes.add(parcel_id, e.PARCEL_OPENED, payload)
    changes.save()
    return sorted(changes.rows)


def _last_numbers(suborder_ids: Sequence[int]) -> dict[int, int]:
    """Sub-order id → the highest number a parcel that goes by it had."""
    rows = Parcel.objects.filter(suborder_id__in=suborder_ids).values_list("suborder_id").annotate(last=Max("seq"))
    return dict(rows)


def reforecast(suborder_ids: Iterable[int]) -> None:
    """Expect the weight of what these sub-orders want now, as long as their parcels are open."""
    changes = ParcelChanges()
    opened = changes.open(_with_shares_of(suborder_ids, [ParcelState.OPEN]))
    forecast = contents.expected_weights(members(row) for row in opened.values())
    for (parcel_id, row), weight in zip(opened.items(), forecast, strict=True):
        expected_g = weight or 0
        if row["state"] == ParcelState.OPEN and row["expected_g"] != expected_g:
            changes.add(parcel_id, e.PARCEL_REFORECAST, {"expected_g": expected_g})
    changes.save()


def members(row: Row) -> list[int]:
    """The sub-orders whose goods are in a parcel."""
    return [share["suborder_id"] for share in row["shares"]]


def _with_shares_of(suborder_ids: Iterable[int], states: Iterable[str]) -> list[int]:
    shares = ParcelShare.objects.filter(suborder_id__in=set(suborder_ids), live=True, parcel__state__in=list(states))
    return sorted(set(shares.values_list("parcel_id", flat=True)))


def regroup(suborder_ids: Iterable[int], reason: str) -> None:
    """These sub-orders were taken back, or leave with other ones than before: parcels here that do not hold exactly
    what leaves together are taken apart, their numbers void. Of what is left in them and is on its way through the
    floor, new ones are opened: what was packed is verified again, for the box must be opened.

    A number that is still being asked for is voided when it comes. Repeating it changes nothing.
    """
    ids = set(suborder_ids)
    changes = ParcelChanges()
    opened = changes.open(_with_shares_of(ids, HERE))
    lock_orders_of(ids.union(*(members(row) for row in opened.values())))
    standing = boxes.standing(one for row in opened.values() for one in members(row))
    wrong = [key for key, row in opened.items() if row["state"] in HERE and frozenset(members(row)) not in standing]
    take_apart(changes, wrong, reason)
    changes.save()
    left = SubOrder.objects.filter(id__in={one for parcel_id in wrong for one in members(opened[parcel_id])})
    suborders.move(list(left.filter(status="packed").values_list("id", flat=True)), SubOrderStatus.PICKED)
    open_for(sorted(left.filter(status__in=["waved", "picked"]).values_list("id", flat=True)))
    if wrong:
        ring("fulfillment.tasks.fetch_waybills")


def take_apart(changes: ParcelChanges, parcel_ids: Sequence[int], reason: str) -> None:
    """Inside somebody's changes: void parcels in hand that have not left, and their numbers."""
    void_numbers(changes, parcel_ids, reason)
    for parcel_id in parcel_ids:
        changes.add(parcel_id, e.PARCEL_VOIDED, {"reason": reason})


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
