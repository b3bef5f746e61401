"""A ticket as a fold over its events. Pure: the write path and the replay run this same code.

`header` holds the columns of the ticket projection as JSON-safe values (times as ISO texts); `lines`, `messages` and
`payments` hold its child rows. Services decide events, `evolve` applies them, the projection is written from the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from aftersales.domain import events as e
from aftersales.domain.refund_flow import HELD, PaymentStatus
from aftersales.domain.ticket_flow import OPEN, TicketAction, TicketStatus

Row = dict[str, Any]


class TicketKind(StrEnum):
    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"
    RESHIP = "reship"
    LOST = "lost"
    DAMAGED = "damaged"
    MISSING_OR_WRONG = "missing_or_wrong"
    OTHER = "other"


class TicketSource(StrEnum):
    PLATFORM = "platform"
    TRACKING = "tracking"
    STAFF = "staff"
    FINANCE = "finance"


class Priority(IntEnum):
    """Lower is served first."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


class MessageKind(StrEnum):
    NOTE = "note"  # seen by us only
    REPLY = "reply"  # said to the buyer


class Fault(StrEnum):
    """Who caused it; the cost and the error rate follow."""

    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    SUPPLIER = "supplier"
    BUYER = "buyer"
    PLATFORM = "platform"


MONEY_KINDS = frozenset({TicketKind.REFUND_ONLY, TicketKind.RETURN_REFUND})


@dataclass(slots=True)
class Ticket:
    """One ticket's whole state. `version` is the number of events it was folded from."""

    id: int
    version: int = 0
    header: Row = field(default_factory=dict)
    lines: dict[int, Row] = field(default_factory=dict)  # the order's line_no -> {"line_no", "sku_id", "qty"}
    messages: dict[int, Row] = field(default_factory=dict)  # seq -> message
    payments: dict[int, Row] = field(default_factory=dict)  # payment id -> refund payment

    @property
    def is_open(self) -> bool:
        return self.header["status"] in OPEN

    def held_payments(self) -> list[Row]:
        """Refunds that are asked for or agreed, whose money has not moved."""
        return [payment for payment in self.payments.values() if payment["status"] in HELD]


def evolve(ticket: Ticket, event_type: str, payload: Mapping[str, Any], at: str) -> None:
    """Apply one event in place. `at` is the event's time. Raises KeyError for a type that is not a ticket's."""
    _APPLY[event_type](ticket, payload, at)
    ticket.version += 1
    ticket.header["updated_at"] = at


def _opened(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
    ticket.header.update(
        {
            "status": TicketStatus.NEW.value, "platform_status": "", "platform_modified_at": None, "assignee_id": None,
            "opened_at": at, "paused_at": None, "first_response_at": None, "resolved_at": None, "resolution": "",
            "fault": "", "replacement_id": None,
        },
        **payload["ticket"],
    )  # fmt: skip
    ticket.lines = {line["line_no"]: dict(line) for line in payload["lines"]}


def _header(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
    ticket.header.update(payload)


def _replaced(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
    ticket.header["replacement_id"] = payload["order_id"]


def _written(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
    ticket.messages[payload["seq"]] = {**payload, "written_at": at}
    if payload["kind"] == MessageKind.REPLY and ticket.header["first_response_at"] is None:
        ticket.header["first_response_at"] = at


def _moved(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
    ticket.header.update({key: value for key, value in payload.items() if key != "action"})
    waits = payload["status"] == TicketStatus.WAITING_BUYER
    ticket.header["paused_at"] = at if waits else None
    if payload["action"] == TicketAction.REOPEN:
        ticket.header["resolved_at"] = None
    elif payload["status"] not in OPEN:
        ticket.header["resolved_at"] = at


_PAYMENT_COLUMNS = ("order_id", "refund_no", "amount_minor", "currency", "channel")


def _payment(status: PaymentStatus, moment: str) -> Any:
    def apply(ticket: Ticket, payload: Mapping[str, Any], at: str) -> None:
        before = ticket.payments.get(payload["payment_id"])
        if before is None:
            before = {
                "id": payload["payment_id"], "requested_at": at, "approved_at": None, "succeeded_at": None,
                "withdrawn_at": None,
            }  # fmt: skip
        ticket.payments[payload["payment_id"]] = {
            **before, **{key: payload[key] for key in _PAYMENT_COLUMNS}, "status": status.value, moment: at,
        }  # fmt: skip

    return apply


_APPLY = {
    e.TICKET_OPENED.name: _opened,
    e.TICKET_LINKED.name: _header,
    e.TICKET_REPORTED.name: _header,
    e.TICKET_ASSIGNED.name: _header,
    e.TICKET_PRIORITISED.name: _header,
    e.TICKET_WRITTEN.name: _written,
    e.TICKET_MOVED.name: _moved,
    e.TICKET_REPLACED.name: _replaced,
    e.REFUND_REQUESTED.name: _payment(PaymentStatus.REQUESTED, "requested_at"),
    e.REFUND_APPROVED.name: _payment(PaymentStatus.APPROVED, "approved_at"),
    e.REFUND_SUCCEEDED.name: _payment(PaymentStatus.SUCCEEDED, "succeeded_at"),
    e.REFUND_WITHDRAWN.name: _payment(PaymentStatus.WITHDRAWN, "withdrawn_at"),
}
