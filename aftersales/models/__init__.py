from aftersales.models.desk import FreeDay, Macro, WorkingHours
from aftersales.models.refund import Refundable, RefundPayment
from aftersales.models.returns import ReturnLine, ReturnParcel, ReturnReceipt
from aftersales.models.ticket import Ticket, TicketLine, TicketMessage

__all__ = [
    "FreeDay",
    "Macro",
    "RefundPayment",
    "Refundable",
    "ReturnLine",
    "ReturnParcel",
    "ReturnReceipt",
    "Ticket",
    "TicketLine",
    "TicketMessage",
    "WorkingHours",
]
