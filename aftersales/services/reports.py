"""What the platforms report about refunds, turned into tickets and payments. One ticket per (order, refund number)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from aftersales.domain import events as e
from aftersales.domain.refund_flow import Channel, PaymentStatus
from aftersales.domain.report import KIND_OF, NEEDS_GOODS, supersedes
from aftersales.domain.ticket import MONEY_KINDS, Priority, Row, Ticket, TicketKind, TicketSource
from aftersales.domain.ticket_flow import OPEN, TicketAction, TicketStatus
from aftersales.models import Ticket as TicketRow
from aftersales.services import refunds, returns, room
from aftersales.services.resolve import STRUCK
from aftersales.services.steps import step
from aftersales.services.store import Changes
from aftersales.services.tickets import NewTicket, add_new, note
from oms.models import OrderLine

Key = tuple[int, str]  # (order id, refund number)


@dataclass(frozen=True, slots=True)
class Report:
    """One `oms.refund_reported` fact. `at` is the platform's time as ISO 8601 UTC, None if it gave none."""

    order_id: int
    refund_no: str
    line_id: str
    kind: TicketKind
    status: str
    amount_minor: int
    qty: int
    at: str | None

    @property
    def key(self) -> Key:
        return (self.order_id, self.refund_no)


def read(stream: str, payload: Mapping[str, Any]) -> Report | None:
    """The report in an order's event; None for lines that our own resolution struck (no platform spoke)."""
    if payload["refund_no"].startswith(STRUCK):
        return None
    return Report(
        int(stream.rpartition(":")[2]), payload["refund_no"] or "?", payload["line_id"], KIND_OF[payload["kind"]],
        payload["status"], payload["amount_minor"], payload["qty"], payload["modified_at"],
    )  # fmt: skip


def take(reports: Sequence[Report]) -> None:
    """Apply a batch in its order; repeating it, or any older part of it, changes nothing."""
    with transaction.atomic():
        _lock_keys({report.key for report in reports})
        changes = Changes()
        tickets = _find(changes, reports)
        _open_missing(changes, tickets, reports)
        room.lock(report.order_id for report in reports)
        for report in reports:
            _apply(changes, tickets[report.key], report)
        changes.save()


def _lock_keys(keys: Iterable[Key]) -> None:
    """One writer per refund until the commit, also for one that has no ticket to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(t, 2) AS k"
            " FROM unnest(%s::text[]) AS t ORDER BY 1) AS locks",
            [[f"{order_id}:{refund_no}" for order_id, refund_no in keys]],
        )


def _find(changes: Changes, reports: Sequence[Report]) -> dict[Key, Ticket]:
    """Tickets that already carry these refund numbers, locked; and those that are about one without naming it yet."""
    wanted = {report.key for report in reports}
    rows = TicketRow.objects.filter(order_id__in={report.order_id for report in reports})
    found = {(row.order_id or 0, row.refund_no): row.pk for row in rows if (row.order_id, row.refund_no) in wanted}
    nameless = [row.pk for row in rows if not row.refund_no and row.status in OPEN and row.kind in MONEY_KINDS]
    changes.open(sorted([*found.values(), *nameless]))
    tickets = {key: changes.tickets[pk] for key, pk in found.items()}
    for report in reports:
        if report.key not in tickets:
            same = [changes.tickets[pk] for pk in nameless if _is_about(changes.tickets[pk], report)]
            if len(same) == 1:
                changes.add(same[0], e.TICKET_LINKED, {"refund_no": report.refund_no})
                tickets[report.key] = same[0]
    return tickets


def _is_about(ticket: Ticket, report: Report) -> bool:
    """Whether a ticket that somebody opened before the platform wrote is this very refund: same order, same sum.
    A refund that we pay ourselves is another one."""
    header = ticket.header
    direct = any(payment["channel"] == Channel.DIRECT for payment in ticket.held_payments())
    sums = {header["amount_minor"], *(payment["amount_minor"] for payment in ticket.held_payments())}
    return (
        header["order_id"] == report.order_id and not header["refund_no"] and report.amount_minor in sums and not direct
    )


def _open_missing(changes: Changes, tickets: dict[Key, Ticket], reports: Sequence[Report]) -> None:
    missing = {report.key: report for report in reports if report.key not in tickets}
    lines = _lines_of(missing.values())
    new = [
        NewTicket(
            kind=report.kind,
            source=TicketSource.PLATFORM,
            title=_title(report),
            order_id=report.order_id,
            amount_minor=report.amount_minor,
            refund_no=report.refund_no,
            lines=lines.get(report.key, ()),
        )
        for report in missing.values()
    ]
    tickets.update(zip(missing, add_new(changes, new), strict=True))


def _title(report: Report) -> str:
    label = {
        TicketKind.REFUND_ONLY: _("Refund"),
        TicketKind.RETURN_REFUND: _("Return and refund"),
        TicketKind.EXCHANGE: _("Exchange"),
    }[report.kind]
    return f"{label} {report.refund_no}"


def _lines_of(reports: Iterable[Report]) -> dict[Key, list[tuple[int, int | None, int]]]:
    """The order lines that reports with a line id are about; a report without a quantity means the whole line."""
    named = [report for report in reports if report.line_id]
    rows = OrderLine.objects.filter(order_id__in={report.order_id for report in named})
    by_id = {(row.order_id, row.line_id): row for row in rows}
    result = {}
    for report in named:
        row = by_id.get((report.order_id, report.line_id))
        if row is not None:
            result[report.key] = [(row.line_no, row.sku_id, min(report.qty or row.qty, row.qty))]
    return result


def _apply(changes: Changes, ticket: Ticket, report: Report) -> None:
    header = ticket.header
    if not supersedes(header["platform_status"], header["platform_modified_at"], report.status, report.at):
        return
    told = {
        "kind": report.kind.value, "platform_status": report.status, "platform_modified_at": report.at,
        "amount_minor": report.amount_minor,
    }  # fmt: skip
    if all(header[key] == value for key, value in told.items()):
        return
    changes.add(ticket, e.TICKET_REPORTED, told)
    _REACTIONS[report.status](changes, ticket, report)


def _requested(changes: Changes, ticket: Ticket, report: Report) -> None:
    if not ticket.is_open:
        step(changes, ticket, TicketAction.REOPEN)  # the buyer has asked again under the same number


def _approved(changes: Changes, ticket: Ticket, report: Report) -> None:
    """Agreed on the platform: the money is as good as gone, so it is held; goods that shall come back are expected."""
    _requested(changes, ticket, report)
    held = _platform_payment(ticket)
    if held is not None and held["status"] == PaymentStatus.REQUESTED:
        changes.add(ticket, e.REFUND_APPROVED, refunds.payload_of(ticket, held, refund_no=report.refund_no))
    elif held is None and report.amount_minor and room.try_hold(report.order_id, report.amount_minor):
        payload = refunds.new_payment(ticket, report.amount_minor, Channel.PLATFORM, report.refund_no)
        changes.add(ticket, e.REFUND_APPROVED, payload)
    waits = ticket.header["status"] in {TicketStatus.NEW, TicketStatus.WORKING, TicketStatus.WAITING_BUYER}
    if report.kind in NEEDS_GOODS and waits and returns.expect(changes, ticket):
        step(changes, ticket, TicketAction.EXPECT_GOODS)
    elif report.kind is TicketKind.REFUND_ONLY and ticket.held_payments() and waits:
        step(changes, ticket, TicketAction.ASK_REFUND)


def _ended(changes: Changes, ticket: Ticket, report: Report) -> None:
    """Refused or withdrawn on the platform: nothing is paid through it and nothing is expected back."""
    held = _platform_payment(ticket)
    if held is not None:
        refunds.drop(changes, ticket, held)
    returns.call_off(changes, ticket)
    if ticket.held_payments():
        return  # we pay something ourselves; its own end settles the ticket
    if ticket.header["status"] == TicketStatus.REFUNDING:
        step(changes, ticket, TicketAction.REFUND_OFF)
    if ticket.is_open:
        step(changes, ticket, TicketAction.CLOSE)


def _succeeded(changes: Changes, ticket: Ticket, report: Report) -> None:
    """The platform has paid: count its money, never pay it again."""
    if report.amount_minor:
        _count_platform_money(changes, ticket, report)
    for payment in ticket.held_payments():
        if payment["status"] == PaymentStatus.REQUESTED:
            refunds.drop(changes, ticket, payment)
    if ticket.held_payments():
        note(changes, ticket, _("The platform has paid this refund while one of our own is approved: withdraw ours."))
    elif ticket.header["status"] != TicketStatus.RESOLVED:
        step(changes, ticket, TicketAction.REFUND_DONE)


def _count_platform_money(changes: Changes, ticket: Ticket, report: Report) -> None:
    held = _platform_payment(ticket)
    if held is None:
        payload = refunds.new_payment(ticket, report.amount_minor, Channel.PLATFORM, report.refund_no)
    else:
        room.free(report.order_id, held["amount_minor"])
        payload = refunds.payload_of(ticket, held, refund_no=report.refund_no, amount_minor=report.amount_minor)
    beyond = room.reported(report.order_id, report.amount_minor)
    changes.add(ticket, e.REFUND_SUCCEEDED, payload)
    if beyond:
        _raise_alarm(changes, report, beyond)


def _raise_alarm(changes: Changes, report: Report, beyond: int) -> None:
    """More was refunded than the order had: a person must get it back."""
    key = f"refunded-beyond:{report.order_id}:{report.refund_no}"
    if TicketRow.objects.filter(dedupe_key=key).exists():
        return
    title = _("Refunded beyond what was paid: refund %(refund_no)s") % {"refund_no": report.refund_no}
    add_new(changes, [NewTicket(
        kind=TicketKind.OTHER, source=TicketSource.PLATFORM, title=title, order_id=report.order_id,
        amount_minor=beyond, dedupe_key=key, priority=Priority.URGENT,
    )])  # fmt: skip


def _platform_payment(ticket: Ticket) -> Row | None:
    return next((p for p in ticket.held_payments() if p["channel"] == Channel.PLATFORM), None)


_REACTIONS = {
    "requested": _requested,
    "approved": _approved,
    "rejected": _ended,
    "closed": _ended,
    "succeeded": _succeeded,
}
