"""Tickets can be rebuilt from their events."""

from collections.abc import Sequence

from aftersales.domain.ticket import Ticket, evolve
from aftersales.models import Ticket as TicketRow
from aftersales.rows import rows_of, stored_tickets
from core.projections import LoggedEvent, Projection, Rows, register


def _rebuild(ticket_id: int, events: Sequence[LoggedEvent]) -> Rows:
    ticket = Ticket(ticket_id)
    for event in events:
        evolve(ticket, event.type, event.payload, event.occurred_at)
    return rows_of(ticket)


def _stored(ticket_ids: Sequence[int]) -> dict[int, Rows]:
    return {ticket_id: rows_of(ticket) for ticket_id, ticket in stored_tickets(ticket_ids).items()}


def _ids() -> Sequence[int]:
    return list(TicketRow.objects.values_list("id", flat=True))


register(Projection("aftersales.ticket", _rebuild, _stored, _ids))
