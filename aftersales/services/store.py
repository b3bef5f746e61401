"""Load tickets, change them by events, write events and projections together. The only code that writes ticket rows.

Lock order, within one transaction: tickets (by id), then orders, then refundable amounts (by order id), then stock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from aftersales.domain import events as e
from aftersales.domain.ticket import Ticket, evolve
from aftersales.models import RefundPayment, TicketLine, TicketMessage
from aftersales.models import Ticket as TicketRow
from aftersales.rows import TICKET_COLUMNS, stored_tickets
from core import clock
from core.errors import Conflict, NotFound
from core.events import EventType, NewEvent
from core.services import bulk
from core.services.events import Append, append
from oms.rows import iso

STREAM = "aftersales.ticket"

_REFUNDS = {e.REFUND_REQUESTED.name, e.REFUND_APPROVED.name, e.REFUND_SUCCEEDED.name, e.REFUND_WITHDRAWN.name}
_TOUCHES: Mapping[str, str] = {
    e.TICKET_OPENED.name: "lines",
    e.TICKET_WRITTEN.name: "messages",
    **dict.fromkeys(_REFUNDS, "payments"),
}


class StaleTicket(Conflict):
    """Somebody saved the ticket after this person had opened it."""

    code = "stale_ticket"


class Changes:
    """Tickets in hand and the events decided on them, saved in one go.

    Must live inside one transaction; the tickets it opens are locked in id order before anything is read.
    """

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self._base: dict[int, int] = {}
        self._events: dict[int, list[NewEvent]] = {}
        self.moment: datetime = clock.now()

    def open(self, ticket_ids: Iterable[int]) -> dict[int, Ticket]:
        """Lock and load tickets; ids that do not exist are absent from the answer."""
        wanted = sorted(set(ticket_ids) - self.tickets.keys())
        rows = TicketRow.objects.select_for_update(of=("self",)).filter(id__in=wanted).order_by("id")
        for ticket in stored_tickets(list(rows.values_list("id", flat=True))).values():
            self._hold(ticket)
        return {ticket_id: self.tickets[ticket_id] for ticket_id in ticket_ids if ticket_id in self.tickets}

    def open_one(self, ticket_id: int, expected_version: int | None = None) -> Ticket:
        """Lock and load one ticket. Raises NotFound; StaleTicket when it is no longer at `expected_version`."""
        ticket = self.open([ticket_id]).get(ticket_id)
        if ticket is None:
            raise NotFound(_("There is no such ticket."))
        if expected_version is not None and ticket.version != expected_version:
            raise StaleTicket(
                _("Somebody has changed this ticket since you opened it."),
                fields={"expected": expected_version, "version": ticket.version},
            )
        return ticket

    def start(self, ticket_id: int) -> Ticket:
        """A new ticket with an id drawn beforehand."""
        ticket = Ticket(ticket_id)
        self._hold(ticket)
        return ticket

    def _hold(self, ticket: Ticket) -> None:
        self.tickets[ticket.id] = ticket
        self._base[ticket.id] = ticket.version

    def add(self, ticket: Ticket, event: EventType, payload: dict[str, Any]) -> None:
        """Decide one event: the ticket changes now, the rows at `save`."""
        self._events.setdefault(ticket.id, []).append(NewEvent(event, payload))
        evolve(ticket, event.name, payload, iso(self.moment))

    def save(self) -> list[int]:
        """Append all events and write the projections they touched; returns the ids of the changed tickets."""
        changed = sorted(self._events)
        append([Append(f"{STREAM}:{pk}", self._base[pk], self._events[pk]) for pk in changed], occurred_at=self.moment)
        _write_tickets([self.tickets[pk] for pk in changed])
        for children in ("lines", "messages", "payments"):
            _write_children(children, [self.tickets[pk] for pk in changed if self._touched(pk, children)])
        self._base = {pk: ticket.version for pk, ticket in self.tickets.items()}
        self._events = {}
        return changed

    def _touched(self, ticket_id: int, children: str) -> bool:
        return any(_TOUCHES.get(new.type.name) == children for new in self._events[ticket_id])


def _write_tickets(tickets: Sequence[Ticket]) -> None:
    rows = [{"id": t.id, "version": t.version, **{k: t.header[k] for k in TICKET_COLUMNS}} for t in tickets]
    bulk.upsert(TicketRow, rows, ["id"])


def _write_children(children: str, tickets: Sequence[Ticket]) -> None:
    if children == "lines":
        lines = [{"ticket_id": t.id, **line} for t in tickets for line in t.lines.values()]
        bulk.upsert(TicketLine, lines, ["ticket_id", "line_no"])
    elif children == "messages":
        messages = [{"ticket_id": t.id, **message} for t in tickets for message in t.messages.values()]
        bulk.upsert(TicketMessage, messages, ["ticket_id", "seq"])
    else:
        payments = [{"ticket_id": t.id, **payment} for t in tickets for payment in t.payments.values()]
        bulk.upsert(RefundPayment, payments, ["id"])
