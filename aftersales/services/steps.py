"""One step of a ticket's lifecycle inside somebody's changes."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from aftersales.choices import TICKET_STATUS
from aftersales.domain import events as e
from aftersales.domain.sla import Clock
from aftersales.domain.ticket import Ticket
from aftersales.domain.ticket_flow import IllegalMove, TicketAction, TicketStatus, move
from aftersales.services.desk import resumed
from aftersales.services.store import Changes
from core.errors import Conflict
from oms.rows import iso


def step(changes: Changes, ticket: Ticket, action: TicketAction, *, resolution: str = "", fault: str = "") -> None:
    """Fire `action`. Raises Conflict (`illegal_move`) when the lifecycle has no such step.

    A ticket that leaves the wait for its buyer unanswered gets back the working time it had left.
    """
    status = ticket.header["status"]
    try:
        target = move(status, action)
    except IllegalMove as exc:
        message = _("This cannot be done with a ticket that is “%(status)s”.") % {"status": dict(TICKET_STATUS)[status]}
        raise Conflict(message, code="illegal_move", fields={"status": status, "action": action.value}) from exc
    changes.add(ticket, e.TICKET_MOVED, {"action": action.value, "status": target.value,
        "resolution": resolution or ticket.header["resolution"], "fault": fault or ticket.header["fault"],
        **_clock_columns(ticket, target, changes.moment)})  # fmt: skip


def _clock_columns(ticket: Ticket, target: TicketStatus, moment: datetime) -> dict[str, Any]:
    header = ticket.header
    paused_at = header["paused_at"]
    if not paused_at or target is TicketStatus.WAITING_BUYER or header["first_response_at"]:
        return {"amber_at": header["amber_at"], "respond_by": header["respond_by"]}
    before = Clock(datetime.fromisoformat(header["amber_at"]), datetime.fromisoformat(header["respond_by"]))
    after = resumed(before, datetime.fromisoformat(paused_at), moment)
    return {"amber_at": iso(after.amber_at), "respond_by": iso(after.respond_by)}
