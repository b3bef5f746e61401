"""What people call the states (the states themselves are in `aftersales.domain`)."""

from django.utils.translation import gettext_lazy as _

from aftersales.domain.refund_flow import Channel, PaymentStatus
from aftersales.domain.resolution import Resolution, Stage
from aftersales.domain.return_flow import Grade, ReturnStatus
from aftersales.domain.ticket import Fault, MessageKind, Priority, TicketKind, TicketSource
from aftersales.domain.ticket_flow import TicketAction, TicketStatus

TICKET_KIND = [
    (TicketKind.REFUND_ONLY.value, _("refund only")),
    (TicketKind.RETURN_REFUND.value, _("return and refund")),
    (TicketKind.EXCHANGE.value, _("exchange")),
    (TicketKind.RESHIP.value, _("reship")),
    (TicketKind.LOST.value, _("lost or stuck parcel")),
    (TicketKind.DAMAGED.value, _("damaged")),
    (TicketKind.MISSING_OR_WRONG.value, _("missing or wrong item")),
    (TicketKind.OTHER.value, _("other")),
]
TICKET_SOURCE = [
    (TicketSource.PLATFORM.value, _("platform")),
    (TicketSource.TRACKING.value, _("tracking")),
    (TicketSource.STAFF.value, _("by hand")),
    (TicketSource.FINANCE.value, _("reconciliation")),
]
TICKET_STATUS = [
    (TicketStatus.NEW.value, _("to be answered")),
    (TicketStatus.WORKING.value, _("in hand")),
    (TicketStatus.WAITING_BUYER.value, _("waiting for the buyer")),
    (TicketStatus.WAITING_GOODS.value, _("waiting for the goods")),
    (TicketStatus.REFUNDING.value, _("refunding")),
    (TicketStatus.RESOLVED.value, _("resolved")),
    (TicketStatus.CLOSED.value, _("closed")),
]
TICKET_MOVE = {
    TicketAction.START: _("Start work"),
    TicketAction.WAIT_BUYER: _("Wait for the buyer"),
    TicketAction.RESUME: _("The buyer has answered"),
    TicketAction.FINISH: _("Mark as resolved"),
    TicketAction.CLOSE: _("Close without result"),
    TicketAction.REOPEN: _("Reopen"),
}
PRIORITY = [
    (Priority.URGENT.value, _("urgent")),
    (Priority.HIGH.value, _("high")),
    (Priority.NORMAL.value, _("normal")),
    (Priority.LOW.value, _("low")),
]
MESSAGE_KIND = [(MessageKind.NOTE.value, _("internal note")), (MessageKind.REPLY.value, _("reply"))]
FAULT = [
    (Fault.WAREHOUSE.value, _("warehouse")),
    (Fault.CARRIER.value, _("carrier")),
    (Fault.SUPPLIER.value, _("supplier")),
    (Fault.BUYER.value, _("buyer")),
    (Fault.PLATFORM.value, _("platform")),
]
RESOLUTION = [
    (Resolution.CANCEL.value, _("Cancel what has not shipped")),
    (Resolution.RETURN.value, _("Take the goods back and refund")),
    (Resolution.REFUND.value, _("Refund without return")),
    (Resolution.EXCHANGE.value, _("Take the goods back and send new ones")),
    (Resolution.RESHIP.value, _("Send again")),
    (Resolution.ANSWER.value, _("Answered, nothing else needed")),
    (Resolution.REJECT.value, _("Refuse")),
]
RESOLUTION_EFFECT = {
    Resolution.CANCEL: _("Strikes the lines that are still here, gives their stock back and asks for the refund."),
    Resolution.RETURN: _("Expects the parcel at the return desk; the refund is asked for when the goods are in."),
    Resolution.REFUND: _("Asks for the refund; the buyer keeps the goods."),
    Resolution.EXCHANGE: _("Expects the parcel at the return desk; the new order is made when the goods are in."),
    Resolution.RESHIP: _("Makes a new order to the same receiver with nothing to pay."),
    Resolution.ANSWER: _("Ends the ticket; order, stock and money stay as they are."),
    Resolution.REJECT: _("Ends the ticket; the buyer gets nothing."),
}
STAGE = {
    Stage.NO_ORDER: _("no order"),
    Stage.BEFORE_PICK: _("not picked yet"),
    Stage.PICKING: _("being picked"),
    Stage.PACKED: _("packed, still here"),
    Stage.SHIPPED: _("with the carrier"),
    Stage.DELIVERED: _("delivered"),
    Stage.NOTHING_LEFT: _("nothing to ship"),
}
PLATFORM_STATUS = [
    ("requested", _("applied for")),
    ("approved", _("agreed")),
    ("rejected", _("refused")),
    ("closed", _("called off")),
    ("succeeded", _("paid back")),
]
PAYMENT_STATUS = [
    (PaymentStatus.REQUESTED.value, _("to be approved")),
    (PaymentStatus.APPROVED.value, _("approved, not paid back yet")),
    (PaymentStatus.SUCCEEDED.value, _("paid back")),
    (PaymentStatus.WITHDRAWN.value, _("withdrawn")),
]
CHANNEL = [(Channel.PLATFORM.value, _("through the platform")), (Channel.DIRECT.value, _("paid by ourselves"))]
RETURN_STATUS = [
    (ReturnStatus.EXPECTED.value, _("on its way back")),
    (ReturnStatus.ARRIVED.value, _("on the desk")),
    (ReturnStatus.GRADED.value, _("put away")),
    (ReturnStatus.CANCELLED.value, _("called off")),
]
GRADE = [
    (Grade.A.value, _("A: as new, sell again")),
    (Grade.B.value, _("B: opened, set aside")),
    (Grade.C.value, _("C: worn, set aside")),
    (Grade.SCRAP.value, _("scrap")),
]
