"""The return desk: expect a parcel, take it in, grade what is in it, put it away, go on with its ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.domain import events as e
from aftersales.domain.return_flow import Grade, IllegalReturn, ReturnAction, ReturnStatus, move, sellable
from aftersales.domain.ticket import Row, Ticket
from aftersales.models import ReturnLine, ReturnParcel, ReturnReceipt
from aftersales.selectors.places import putaway_bins
from aftersales.selectors.situation import situation
from aftersales.services.after_return import go_on
from aftersales.services.store import Changes
from catalog.models import Sku
from core import clock
from core.errors import Conflict, NotFound, OneRopeError
from core.events import EventType, NewEvent
from core.services.events import Append, append
from inventory.selectors.costs import unit_costs
from inventory.services import movements

STREAM = "aftersales.return"
WAITING = (ReturnStatus.EXPECTED, ReturnStatus.ARRIVED)


def expect(changes: Changes, ticket: Ticket, *, carrier: str = "", waybill_no: str = "") -> bool:
    """Announce a ticket's parcel to the warehouse that sent the goods, inside somebody's changes.

    False when nothing of it has left or a parcel is expected already.
    """
    if ReturnParcel.objects.filter(ticket_id=ticket.id, status__in=WAITING).exists():
        return False
    gone = list(situation(ticket).gone())
    if not gone:
        return False
    parcel = ReturnParcel.objects.create(
        ticket_id=ticket.id, order_id=ticket.header["order_id"], warehouse_id=_warehouse(gone),
        status=ReturnStatus.EXPECTED, carrier=carrier[:40], waybill_no=waybill_no.strip()[:60],
        expected_at=changes.moment,
    )  # fmt: skip
    ReturnLine.objects.bulk_create(_expected_lines(parcel, gone))
    _append(parcel, e.RETURN_EXPECTED)
    return True


def _warehouse(gone: Sequence[tuple[Row, Row, int]]) -> int:
    """The one that sent most of it: a buyer sends one parcel."""
    units: dict[int, int] = {}
    for suborder, _line, qty in gone:
        units[suborder["warehouse_id"]] = units.get(suborder["warehouse_id"], 0) + qty
    return max(sorted(units), key=lambda warehouse_id: units[warehouse_id])


def _expected_lines(parcel: ReturnParcel, gone: Sequence[tuple[Row, Row, int]]) -> list[ReturnLine]:
    booked = unit_costs(f"ship:{suborder['id']}" for suborder, _line, _qty in gone)
    today = dict(Sku.objects.filter(id__in={line["sku_id"] for _sub, line, _qty in gone}).values_list("id", "cost_fen"))
    lines: dict[int, ReturnLine] = {}
    for suborder, line, qty in gone:
        sku_id = line["sku_id"]
        cost = booked.get((f"ship:{suborder['id']}", sku_id), today[sku_id])
        known = lines.setdefault(sku_id, ReturnLine(parcel=parcel, sku_id=sku_id, qty=0, unit_cost_fen=cost))
        known.qty += qty
    return list(lines.values())


def call_off(changes: Changes, ticket: Ticket) -> None:
    """The buyer keeps the goods: an expected parcel of the ticket is expected no more."""
    for parcel in ReturnParcel.objects.select_for_update().filter(ticket_id=ticket.id, status=ReturnStatus.EXPECTED):
        _step(parcel, ReturnAction.CANCEL)
        _append(parcel, e.RETURN_CANCELLED)


def set_waybill(parcel_id: int, carrier: str, waybill_no: str) -> None:
    """Note the number the buyer gave. Raises Conflict (`illegal_return`) once the parcel is put away."""
    with transaction.atomic():
        parcel = _locked(parcel_id)
        if parcel.status not in WAITING:
            raise _refusal(parcel)
        parcel.carrier, parcel.waybill_no = carrier.strip()[:40], waybill_no.strip()[:60]
        parcel.save(update_fields=["carrier", "waybill_no"])


def arrive(parcel_id: int, *, waybill_no: str = "") -> None:
    """The parcel is on the desk; a second scan of it changes nothing."""
    with transaction.atomic():
        parcel = _locked(parcel_id)
        if parcel.status == ReturnStatus.ARRIVED:
            return
        _arrive(parcel, waybill_no)


def _arrive(parcel: ReturnParcel, waybill_no: str = "") -> None:
    parcel.waybill_no = parcel.waybill_no or waybill_no.strip()[:60]
    parcel.arrived_at = clock.now()
    _step(parcel, ReturnAction.ARRIVE)
    _append(parcel, e.RETURN_ARRIVED)


def arrive_unknown(warehouse_id: int, waybill_no: str, note: str = "") -> ReturnParcel:
    """A parcel that nobody announced: it is on record, and waits for somebody to find out whose it is.

    The same waybill on the desk is the same parcel.
    """
    number = waybill_no.strip()[:60]
    with transaction.atomic():
        known = ReturnParcel.objects.filter(
            ticket=None, waybill_no=number, warehouse_id=warehouse_id, status=ReturnStatus.ARRIVED
        ).first()
        if known is not None:
            return known
        now = clock.now()
        parcel = ReturnParcel.objects.create(
            warehouse_id=warehouse_id, status=ReturnStatus.ARRIVED, waybill_no=number, note=note[:200],
            expected_at=now, arrived_at=now,
        )  # fmt: skip
        _append(parcel, e.RETURN_ARRIVED)
    return parcel


@dataclass(frozen=True, slots=True)
class Graded:
    """`qty` units of a SKU found in a parcel. `bin_code` '' lets the desk choose."""

    sku_id: int
    grade: Grade
    qty: int
    bin_code: str = ""


def grade(parcel_id: int, found: Sequence[Graded]) -> None:
    """Put away what was in the parcel and go on with its ticket: ask for the refund, make the replacement.

    Grade A goes back to where it can be sold, at the cost it was shipped at; the rest to quarantine, frozen. Raises
    OneRopeError (`nothing_found`, `no_bin`, `not_in_parcel`), Conflict (`illegal_return`).
    """
    found = [item for item in found if item.qty > 0]
    if not found:
        raise OneRopeError(_("Say what was in the parcel."), code="nothing_found")
    with transaction.atomic():
        changes = Changes()
        ticket_id = ReturnParcel.objects.filter(id=parcel_id).values_list("ticket_id", flat=True).first()
        ticket = changes.open_one(ticket_id) if ticket_id else None
        parcel = _locked(parcel_id)
        if parcel.status in {ReturnStatus.EXPECTED, ReturnStatus.CANCELLED}:
            _arrive(parcel)
        expected = {line.sku_id: line for line in parcel.lines.all()}
        parcel.graded_at = clock.now()
        _step(parcel, ReturnAction.GRADE)
        receipts = _receipts(parcel, found, expected)
        ReturnReceipt.objects.bulk_create(receipts)
        _append(parcel, e.RETURN_GRADED, {"lines": [_told(receipt) for receipt in receipts]})
        if ticket is not None:
            go_on(changes, ticket, as_expected=_as_expected(expected, receipts))
        changes.save()
        _put_away(parcel, receipts)  # stock is locked last, as everywhere


def _receipts(parcel: ReturnParcel, found: Iterable[Graded], expected: Mapping[int, ReturnLine]) -> list[ReturnReceipt]:
    merged: dict[tuple[int, str], ReturnReceipt] = {}
    wanted = [(item.sku_id, sellable(item.grade), item.bin_code) for item in found]
    bins = putaway_bins(parcel.warehouse_id, wanted)
    today = dict(Sku.objects.filter(id__in={item.sku_id for item in found}).values_list("id", "cost_fen"))
    for item, want in zip(found, wanted, strict=True):
        if item.sku_id not in today:
            raise NotFound(_("There is no such SKU."), code="sku_not_found")
        line = expected.get(item.sku_id)
        cost = line.unit_cost_fen if line else today[item.sku_id]
        receipt = merged.setdefault(
            (item.sku_id, item.grade.value),
            ReturnReceipt(
                parcel=parcel, sku_id=item.sku_id, grade=item.grade.value, qty=0, bin_id=bins[want], unit_cost_fen=cost
            ),
        )
        receipt.qty += item.qty
    return list(merged.values())


def _as_expected(expected: Mapping[int, ReturnLine], receipts: Sequence[ReturnReceipt]) -> bool:
    """Everything that was announced came, as new, and nothing else."""
    came = {receipt.sku_id: receipt.qty for receipt in receipts if receipt.grade == Grade.A}
    only_a = len(came) == len(receipts)
    return only_a and came == {sku_id: line.qty for sku_id, line in expected.items()}


def _put_away(parcel: ReturnParcel, receipts: Sequence[ReturnReceipt]) -> None:
    for frozen in (False, True):
        changes = [
            movements.Change(r.sku_id, parcel.warehouse_id, r.bin_id, r.qty, r.unit_cost_fen)
            for r in receipts
            if sellable(r.grade) is not frozen
        ]
        if changes:
            key = f"return:{parcel.pk}:{'frozen' if frozen else 'sellable'}"
            movements.receive(changes, key=key, reason="return", frozen=frozen)


def _told(receipt: ReturnReceipt) -> Row:
    return {
        "sku_id": receipt.sku_id, "qty": receipt.qty, "grade": receipt.grade, "bin_id": receipt.bin_id,
        "unit_cost_fen": receipt.unit_cost_fen,
    }  # fmt: skip


def _locked(parcel_id: int) -> ReturnParcel:
    parcel = ReturnParcel.objects.select_for_update().filter(id=parcel_id).first()
    if parcel is None:
        raise NotFound(_("There is no such return parcel."), code="parcel_not_found")
    return parcel


def _step(parcel: ReturnParcel, action: ReturnAction) -> None:
    try:
        parcel.status = move(parcel.status, action)
    except IllegalReturn as exc:
        raise _refusal(parcel) from exc


def _refusal(parcel: ReturnParcel) -> Conflict:
    message = _("The parcel is “%(status)s”; this cannot be done with it.") % {"status": parcel.get_status_display()}
    return Conflict(message, code="illegal_return", fields={"status": parcel.status})


def _append(parcel: ReturnParcel, event: EventType, more: Mapping[str, Any] | None = None) -> None:
    """Save the parcel and tell what happened to it."""
    payload = {
        "return_id": parcel.pk, "ticket_id": parcel.ticket_id, "order_id": parcel.order_id,
        "warehouse_id": parcel.warehouse_id, "carrier": parcel.carrier, "waybill_no": parcel.waybill_no, **(more or {}),
    }  # fmt: skip
    append([Append(f"{STREAM}:{parcel.pk}", parcel.version, [NewEvent(event, payload)])])
    parcel.version += 1
    parcel.save()
