"""Send again: a new order to the same receiver, with nothing to pay."""

from django.utils.translation import gettext as _

from aftersales.domain import events as e
from aftersales.domain.ticket import Ticket
from aftersales.selectors.situation import situation
from aftersales.services.store import Changes
from core.errors import Conflict, OneRopeError
from oms.services import orders


def send_again(changes: Changes, ticket: Ticket) -> int:
    """Make the ticket's replacement order inside somebody's changes; returns the new order's id.

    Raises Conflict (`replaced`) when it has one, OneRopeError (`no_order`) for a ticket without an order.
    """
    if ticket.header["replacement_id"]:
        raise Conflict(_("Goods have been sent again for this ticket."), code="replaced")
    now = situation(ticket)
    if now.order is None:
        raise OneRopeError(_("Only a ticket about an order can send goods again."), code="no_order")
    items = [
        (no, units) for no, units in sorted(now.units.items()) if units and now.order.lines[no]["requires_shipping"]
    ]
    reason = f"ticket:{ticket.id}"
    order_id = orders.create_replacement(now.order.id, items, reason, key=str(ticket.id))
    changes.add(ticket, e.TICKET_REPLACED, {"order_id": order_id})
    return order_id
