"""Between a ticket's state and its rows. Read by the write path and by the replay, so both mean the same columns."""

from collections.abc import Iterable, Sequence
from typing import Any

from aftersales.domain.ticket import Row, Ticket
from aftersales.models import RefundPayment, TicketLine, TicketMessage
from aftersales.models import Ticket as TicketRow
from core.projections import Rows
from oms.rows import read

TICKET_COLUMNS = [f.attname for f in TicketRow._meta.concrete_fields if f.name not in {"id", "version"}]
LINE_COLUMNS = [f.attname for f in TicketLine._meta.concrete_fields if f.name not in {"id", "ticket"}]
MESSAGE_COLUMNS = [f.attname for f in TicketMessage._meta.concrete_fields if f.name not in {"id", "ticket"}]
PAYMENT_COLUMNS = [f.attname for f in RefundPayment._meta.concrete_fields if f.name != "ticket"]


def stored_tickets(ticket_ids: Sequence[int]) -> dict[int, Ticket]:
    """The states of many tickets, read from their projections in four queries."""
    tickets: dict[int, Ticket] = {}
    for row in TicketRow.objects.filter(id__in=ticket_ids).order_by("id").values("id", "version", *TICKET_COLUMNS):
        ticket = Ticket(row.pop("id"), row.pop("version"), {key: read(value) for key, value in row.items()})
        tickets[ticket.id] = ticket
    for ticket_id, line in _children(TicketLine, ticket_ids, LINE_COLUMNS):
        tickets[ticket_id].lines[line["line_no"]] = line
    for ticket_id, message in _children(TicketMessage, ticket_ids, MESSAGE_COLUMNS):
        tickets[ticket_id].messages[message["seq"]] = message
    for ticket_id, payment in _children(RefundPayment, ticket_ids, PAYMENT_COLUMNS):
        tickets[ticket_id].payments[payment["id"]] = payment
    return tickets


def _children(model: Any, ticket_ids: Sequence[int], columns: Sequence[str]) -> Iterable[tuple[int, Row]]:
    for row in model.objects.filter(ticket_id__in=ticket_ids).order_by("id").values("ticket_id", *columns):
        yield row.pop("ticket_id"), {key: read(value) for key, value in row.items()}


def rows_of(ticket: Ticket) -> Rows:
    """The projection rows that a state stands for, in key order."""
    return {
        "aftersales_ticket": [{"version": ticket.version, **{k: ticket.header.get(k) for k in TICKET_COLUMNS}}],
        "aftersales_ticketline": [_pick(ticket.lines[no], LINE_COLUMNS) for no in sorted(ticket.lines)],
        "aftersales_ticketmessage": [_pick(ticket.messages[seq], MESSAGE_COLUMNS) for seq in sorted(ticket.messages)],
        "aftersales_refundpayment": [_pick(ticket.payments[pk], PAYMENT_COLUMNS) for pk in sorted(ticket.payments)],
    }


def _pick(row: Row, columns: Sequence[str]) -> Row:
    return {column: row.get(column) for column in columns}
