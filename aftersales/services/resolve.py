"""Decide a ticket. Each resolution does what it says to the order, the stock and the money, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.domain.refund_flow import Channel
from aftersales.domain.resolution import Resolution, offers
from aftersales.domain.ticket import Fault, Ticket
from aftersales.domain.ticket_flow import TicketAction
from aftersales.selectors.situation import Situation, situation
from aftersales.services import refunds, returns
from aftersales.services.replacement import send_again
from aftersales.services.steps import step
from aftersales.services.store import Changes
from core.errors import Conflict, OneRopeError
from core.services import audit
from oms.services import orders

STRUCK = "ticket-"  # refund numbers under which our own strikes appear on an order


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decided, and the particulars that some resolutions need. `amount_minor` None: the ticket's own."""

    resolution: Resolution
    amount_minor: int | None = None
    channel: Channel = Channel.PLATFORM
    fault: str = ""
    reason: str = ""
    carrier: str = ""
    waybill_no: str = ""
    replace_first: bool = False


def resolve(ticket_id: int, choice: Choice, *, expected_version: int | None = None) -> None:
    """Do what `choice` says.

    Raises Conflict: `not_possible_now` (the goods have moved on), `already_shipped`, `not_refundable`,
    `refund_pending`; OneRopeError: `part_of_line`, `bad_amount`; StaleTicket. Nothing has happened then.
    """
    fault = Fault(choice.fault).value if choice.fault else ""
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        now = situation(ticket)
        possible = offers(ticket.header["kind"], now.stage, ticket.header["status"], some_here=now.some_here)
        if choice.resolution not in {offer.resolution for offer in possible}:
            raise Conflict(
                _("This is not possible any more: the order or the ticket has moved on."),
                code="not_possible_now",
                fields={"stage": now.stage.value, "status": ticket.header["status"]},
            )
        _DO[choice.resolution](changes, ticket, now, choice, fault)
        after = {"resolution": choice.resolution.value, "fault": fault}
        audit.record("ticket.resolve", f"aftersales.ticket:{ticket_id}", reason=choice.reason, after=after)
        changes.save()


def _amount(ticket: Ticket, choice: Choice) -> int:
    return int(ticket.header["amount_minor"] if choice.amount_minor is None else choice.amount_minor)


def _cancel(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    assert now.order is not None
    if now.whole or not set(now.order.lines) - set(_struck_lines(now)):
        orders.cancel([now.order.id], f"ticket:{ticket.id}")
    else:
        line_ids = [now.order.lines[no]["line_id"] for no in _struck_lines(now)]
        orders.drop_lines(now.order.id, line_ids, f"{STRUCK}{ticket.id}")
    if _amount(ticket, choice) and ticket.header["platform_status"] != "succeeded":
        refunds.ask(changes, ticket, _amount(ticket, choice), choice.channel, resolution=choice.resolution, fault=fault)
    else:
        step(changes, ticket, TicketAction.FINISH, resolution=choice.resolution, fault=fault)


def _struck_lines(now: Situation) -> list[int]:
    """The ticket's lines, which must be whole: a part of a line leaves the order by the platform's refund."""
    assert now.order is not None
    for no, units in now.units.items():
        if units != now.order.lines[no]["qty"]:
            message = _("Only whole lines can be struck here; the platform's refund takes single units out by itself.")
            raise OneRopeError(message, code="part_of_line", fields={"line_no": no})
    return sorted(now.units)


def _return(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    if not returns.expect(changes, ticket, carrier=choice.carrier, waybill_no=choice.waybill_no):
        raise Conflict(_("A parcel of this ticket is expected already."), code="return_expected")
    step(changes, ticket, TicketAction.EXPECT_GOODS, resolution=choice.resolution, fault=fault)


def _refund(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    refunds.ask(changes, ticket, _amount(ticket, choice), choice.channel, resolution=choice.resolution, fault=fault)


def _exchange(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    if choice.replace_first:
        send_again(changes, ticket)
    _return(changes, ticket, now, choice, fault)


def _reship(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    send_again(changes, ticket)
    step(changes, ticket, TicketAction.FINISH, resolution=choice.resolution, fault=fault)


def _answer(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    step(changes, ticket, TicketAction.FINISH, resolution=choice.resolution, fault=fault)


def _reject(changes: Changes, ticket: Ticket, now: Situation, choice: Choice, fault: str) -> None:
    returns.call_off(changes, ticket)
    step(changes, ticket, TicketAction.CLOSE, resolution=choice.resolution, fault=fault)


_DO: dict[Resolution, Callable[[Changes, Ticket, Situation, Choice, str], None]] = {
    Resolution.CANCEL: _cancel,
    Resolution.RETURN: _return,
    Resolution.REFUND: _refund,
    Resolution.EXCHANGE: _exchange,
    Resolution.RESHIP: _reship,
    Resolution.ANSWER: _answer,
    Resolution.REJECT: _reject,
}
