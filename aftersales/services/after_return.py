"""What follows when a ticket's goods are back."""

from django.utils.translation import gettext as _

from aftersales.domain.resolution import Resolution
from aftersales.domain.ticket import Ticket
from aftersales.domain.ticket_flow import TicketAction, TicketStatus
from aftersales.services import refunds, tickets
from aftersales.services.replacement import send_again
from aftersales.services.steps import step
from aftersales.services.store import Changes
from core.errors import OneRopeError


def go_on(changes: Changes, ticket: Ticket, *, as_expected: bool) -> None:
    """The goods are in: do what the ticket was resolved to do with them.

    A parcel that is not what was announced goes to a person instead, and so does a refund that cannot be asked for.
    """
    if ticket.header["status"] != TicketStatus.WAITING_GOODS:
        return
    step(changes, ticket, TicketAction.GOODS_IN)
    if not as_expected:
        tickets.note(changes, ticket, _("The parcel is not what was expected: see what the return desk found."))
    elif ticket.header["resolution"] == Resolution.EXCHANGE:
        if not ticket.header["replacement_id"]:
            send_again(changes, ticket)
        step(changes, ticket, TicketAction.FINISH)
    elif ticket.header["amount_minor"] and not ticket.held_payments():
        _ask_refund(changes, ticket)
    elif ticket.held_payments():
        step(changes, ticket, TicketAction.ASK_REFUND)  # agreed on the platform before the goods were sent


def _ask_refund(changes: Changes, ticket: Ticket) -> None:
    try:
        refunds.ask(changes, ticket, ticket.header["amount_minor"], "platform")
    except OneRopeError as refusal:
        tickets.note(changes, ticket, str(refusal.message))  # the goods are in whatever became of the money
