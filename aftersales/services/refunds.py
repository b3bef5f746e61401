"""Money back: ask, approve, confirm, withdraw. The amount is held against what was paid from the first step on, so two
people and the platform together cannot pay it twice."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.choices import PAYMENT_STATUS
from aftersales.domain import events as e
from aftersales.domain.refund_flow import Channel, IllegalPayment, PaymentAction
from aftersales.domain.refund_flow import move as move_payment
from aftersales.domain.ticket import Row, Ticket
from aftersales.domain.ticket_flow import TicketAction, TicketStatus
from aftersales.models import RefundPayment
from aftersales.services import room
from aftersales.services.desk import Desk
from aftersales.services.steps import step
from aftersales.services.store import Changes
from core.errors import Conflict, NotFound, OneRopeError
from core.events import EventType
from core.services import audit
from oms.models import Order
from oms.services.store import next_ids


def request(
    ticket_id: int, amount_minor: int, *, channel: str = Channel.PLATFORM, expected_version: int | None = None
) -> int:
    """Ask for a refund on a ticket; returns the payment's id. Raises what `ask` raises, and StaleTicket."""
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        payment_id = ask(changes, ticket, amount_minor, channel)
        changes.save()
    return payment_id


def ask(
    changes: Changes, ticket: Ticket, amount_minor: int, channel: str, *, resolution: str = "", fault: str = ""
) -> int:
    """Hold the amount and note the request inside somebody's changes; a rule may approve it at once.

    Raises Conflict: `refund_pending` (the ticket has one under way), `already_refunded` (the platform has paid it),
    `not_refundable` (less is left of the order); OneRopeError: `no_order`, `bad_amount`.
    """
    order_id = ticket.header["order_id"]
    if order_id is None:
        raise OneRopeError(_("Only a ticket about an order can be refunded."), code="no_order")
    if amount_minor <= 0:
        raise OneRopeError(_("Say how much is to be refunded."), code="bad_amount")
    if ticket.held_payments():
        raise Conflict(_("A refund of this ticket is under way."), code="refund_pending")
    if ticket.header["platform_status"] == "succeeded":
        raise Conflict(_("The platform has refunded this already."), code="already_refunded")
    room.lock([order_id])
    room.hold(order_id, amount_minor)
    refund_no = ticket.header["refund_no"] if channel == Channel.PLATFORM else ""
    payload = new_payment(ticket, amount_minor, Channel(channel), refund_no)
    changes.add(ticket, e.REFUND_REQUESTED, payload)
    step(changes, ticket, TicketAction.ASK_REFUND, resolution=resolution, fault=fault)
    if _approved_by_rule(payload, ticket):
        changes.add(ticket, e.REFUND_APPROVED, payload)
    return int(payload["payment_id"])


def _approved_by_rule(payload: Row, ticket: Ticket) -> bool:
    shop = Order.objects.filter(id=payload["order_id"]).values_list("shop__code", flat=True).get()
    facts = {
        "kind": ticket.header["kind"], "source": ticket.header["source"], "platform": payload["platform"],
        "shop": shop, "amount_minor": payload["amount_minor"],
    }  # fmt: skip
    return bool(Desk().settings_for(facts).get("auto_approve"))


def new_payment(ticket: Ticket, amount_minor: int, channel: Channel, refund_no: str) -> Row:
    """The payload of a payment that does not exist yet."""
    [payment_id] = next_ids(RefundPayment, 1)
    order = Order.objects.values("platform", "shop_id", "order_no", "currency").get(id=ticket.header["order_id"])
    return {
        "payment_id": payment_id, "ticket_id": ticket.id, "order_id": ticket.header["order_id"], **order,
        "refund_no": refund_no, "amount_minor": amount_minor, "channel": channel.value,
    }  # fmt: skip


def payload_of(ticket: Ticket, payment: Row, **changed: Any) -> Row:
    """The event payload of a payment that exists, with what changed of it."""
    order = Order.objects.values("platform", "shop_id", "order_no").get(id=payment["order_id"])
    columns = ("order_id", "refund_no", "amount_minor", "currency", "channel")
    return {
        "payment_id": payment["id"], "ticket_id": ticket.id, **order, **{k: payment[k] for k in columns}, **changed,
    }  # fmt: skip


def approve(ticket_id: int, payment_id: int, *, expected_version: int | None = None) -> None:
    """Agree to a requested refund. Raises Conflict (`illegal_payment`, `refunded_elsewhere`), StaleTicket, NotFound."""
    _advance(ticket_id, payment_id, PaymentAction.APPROVE, e.REFUND_APPROVED, expected_version)


def confirm_paid(ticket_id: int, payment_id: int, *, expected_version: int | None = None) -> None:
    """Note that we have paid an approved refund ourselves; the ticket is resolved.

    Raises Conflict: `platform_pays` (its word ends it, not ours), `not_approved`, `illegal_payment`,
    `refunded_elsewhere`.
    """
    _advance(ticket_id, payment_id, PaymentAction.SUCCEED, e.REFUND_SUCCEEDED, expected_version)


def withdraw(ticket_id: int, payment_id: int, reason: str, *, expected_version: int | None = None) -> None:
    """Take a refund back before the money has moved; the amount is free again."""
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        payment = _payment(ticket, payment_id)
        _check_move(payment, PaymentAction.WITHDRAW)
        room.lock([payment["order_id"]])
        drop(changes, ticket, payment)
        if not ticket.held_payments() and ticket.header["status"] == TicketStatus.REFUNDING:
            step(changes, ticket, TicketAction.REFUND_OFF)
        audit.record("refund.withdraw", f"aftersales.ticket:{ticket_id}", reason=reason)
        changes.save()


def drop(changes: Changes, ticket: Ticket, payment: Row) -> None:
    """Withdraw a held payment inside somebody's changes; the order's amount is locked."""
    room.free(payment["order_id"], payment["amount_minor"])
    changes.add(ticket, e.REFUND_WITHDRAWN, payload_of(ticket, payment))


def _advance(
    ticket_id: int, payment_id: int, action: PaymentAction, event: EventType, expected_version: int | None
) -> None:
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        payment = _payment(ticket, payment_id)
        _check_move(payment, action)
        room.lock([payment["order_id"]])
        room.check_sound(payment["order_id"])
        if action is PaymentAction.SUCCEED:
            _check_ours_to_confirm(payment)
            room.paid_out(payment["order_id"], payment["amount_minor"])
        changes.add(ticket, event, payload_of(ticket, payment))
        if action is PaymentAction.SUCCEED and not ticket.held_payments():
            step(changes, ticket, TicketAction.REFUND_DONE)
        after = {"payment_id": payment_id, "amount_minor": payment["amount_minor"], "currency": payment["currency"]}
        audit.record(f"refund.{action.value}", f"aftersales.ticket:{ticket_id}", after=after)
        changes.save()


def _payment(ticket: Ticket, payment_id: int) -> Row:
    payment = ticket.payments.get(payment_id)
    if payment is None:
        raise NotFound(_("There is no such refund on this ticket."), code="payment_not_found")
    return payment


def _check_move(payment: Row, action: PaymentAction) -> None:
    try:
        move_payment(payment["status"], action)
    except IllegalPayment as exc:
        status = dict(PAYMENT_STATUS)[payment["status"]]
        message = _("The refund is “%(status)s”; this cannot be done with it.") % {"status": status}
        raise Conflict(message, code="illegal_payment", fields={"status": payment["status"]}) from exc


def _check_ours_to_confirm(payment: Row) -> None:
    if payment["channel"] == Channel.PLATFORM:
        raise Conflict(_("The platform pays this refund; it is done when the platform says so."), code="platform_pays")
    if payment["status"] != "approved":
        raise Conflict(_("The refund has not been approved yet."), code="not_approved")
