"""Open tickets, write on them, hand them over, move them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.domain import events as e
from aftersales.domain.ticket import MessageKind, Priority, Row, Ticket, TicketKind, TicketSource
from aftersales.domain.ticket_flow import BY_HAND, TicketAction
from aftersales.models import Ticket as TicketRow
from aftersales.services.desk import Desk
from aftersales.services.steps import step
from aftersales.services.store import Changes
from core.context import current
from core.errors import NotFound, OneRopeError
from core.services import vault
from oms.models import Order
from oms.rows import iso
from oms.services.store import next_ids

MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket starts with. `lines` are (order line_no, SKU id or None, units); none means the whole order.
    `detail` becomes the first internal note; the title must not name a person."""

    kind: TicketKind
    source: TicketSource
    title: str
    order_id: int | None = None
    amount_minor: int = 0
    detail: str = ""
    refund_no: str = ""
    dedupe_key: str = ""
    lines: Sequence[tuple[int, int | None, int]] = field(default_factory=tuple)
    priority: Priority | None = None


def open_ticket(
    *, kind: str, title: str, order_id: int | None = None, detail: str = "", source: str = TicketSource.STAFF,
    amount_minor: int = 0, dedupe_key: str = "", lines: Sequence[tuple[int, int | None, int]] = (),
    priority: int | None = None,
) -> TicketRow:  # fmt: skip
    """Open one ticket, or find the one that was opened under `dedupe_key` before (it is left as it is).

    Raises NotFound for an unknown order, OneRopeError (`bad_amount`) for a negative amount.
    """
    if amount_minor < 0:
        raise OneRopeError(_("The amount must not be negative."), code="bad_amount")
    new = NewTicket(
        TicketKind(kind), TicketSource(source), title, order_id, amount_minor, detail, "", dedupe_key, tuple(lines),
        Priority(priority) if priority else None,
    )  # fmt: skip
    known = _by_key(dedupe_key)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            changes = Changes()
            [ticket] = add_new(changes, [new])
            changes.save()
    except IntegrityError:
        known = _by_key(dedupe_key)  # somebody opened it between our look and our insert
        if known is None:
            raise
        return known
    return TicketRow.objects.get(id=ticket.id)


def _by_key(dedupe_key: str) -> TicketRow | None:
    return TicketRow.objects.filter(dedupe_key=dedupe_key).first() if dedupe_key else None


def add_new(changes: Changes, batch: Sequence[NewTicket]) -> list[Ticket]:
    """Decide the opening of many tickets inside somebody's changes. Raises NotFound for an unknown order."""
    orders = _order_facts(new.order_id for new in batch)
    desk, ids = Desk(), next_ids(TicketRow, len(batch))
    tickets = []
    for new, ticket_id in zip(batch, ids, strict=True):
        if new.order_id is not None and new.order_id not in orders:
            raise NotFound(_("There is no such order."), code="order_not_found")
        ticket = changes.start(ticket_id)
        header = _header(new, orders.get(new.order_id or 0), desk, changes)
        lines = [{"line_no": no, "sku_id": sku_id, "qty": qty} for no, sku_id, qty in new.lines]
        changes.add(ticket, e.TICKET_OPENED, {"ticket": header, "lines": lines})
        tickets.append(ticket)
    detailed = [(ticket, new.detail) for ticket, new in zip(tickets, batch, strict=True) if new.detail]
    _write(changes, detailed, MessageKind.NOTE)
    return tickets


def _order_facts(order_ids: Iterable[int | None]) -> dict[int, Row]:
    columns = ("id", "platform", "shop_id", "shop__code", "currency", "order_no")
    rows = Order.objects.filter(id__in={pk for pk in order_ids if pk}).values(*columns)
    return {row["id"]: row for row in rows}


def _header(new: NewTicket, order: Mapping[str, Any] | None, desk: Desk, changes: Changes) -> Row:
    facts = {
        "kind": new.kind.value, "source": new.source.value, "amount_minor": new.amount_minor,
        "platform": order["platform"] if order else None, "shop": order["shop__code"] if order else None,
    }  # fmt: skip
    settings = desk.settings_for(facts)
    clock = desk.clock(settings, changes.moment)
    return {
        "kind": new.kind.value,
        "source": new.source.value,
        "order_id": new.order_id,
        "shop_id": order["shop_id"] if order else None,
        "refund_no": new.refund_no,
        "dedupe_key": new.dedupe_key[:120],
        "title": new.title[:200],
        "amount_minor": new.amount_minor,
        "currency": order["currency"] if order else "CNY",
        "priority": int(new.priority or desk.priority(settings)),
        "amber_at": iso(clock.amber_at),
        "respond_by": iso(clock.respond_by),
    }


def _write(changes: Changes, texts: Sequence[tuple[Ticket, str]], kind: MessageKind) -> None:
    """Seal the texts in one statement and note them on their tickets."""
    bodies = vault.seal(({"text": text}, ()) for _ticket, text in texts)
    for (ticket, _text), body_id in zip(texts, bodies, strict=True):
        payload = {
            "seq": len(ticket.messages) + 1, "kind": kind.value, "body_id": str(body_id), "author": current().actor,
        }  # fmt: skip
        changes.add(ticket, e.TICKET_WRITTEN, payload)


def write(ticket_id: int, kind: str, text: str, *, expected_version: int | None = None) -> TicketRow:
    """Put a note or a reply on a ticket; the first reply is the first response and starts the work.

    Raises OneRopeError (`empty_text`, `text_too_long`), StaleTicket.
    """
    text = text.strip()
    if not text:
        raise OneRopeError(_("Write something first."), code="empty_text")
    if len(text) > MAX_TEXT:
        raise OneRopeError(_("The text is too long."), code="text_too_long", fields={"max": MAX_TEXT})
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        _write(changes, [(ticket, text)], MessageKind(kind))
        if kind == MessageKind.REPLY and ticket.header["status"] == "new":
            step(changes, ticket, TicketAction.START)
        changes.save()
    return TicketRow.objects.get(id=ticket_id)


def note(changes: Changes, ticket: Ticket, text: str) -> None:
    """Leave an internal note inside somebody's changes."""
    _write(changes, [(ticket, text)], MessageKind.NOTE)


def assign(ticket_id: int, user_id: int | None, *, expected_version: int | None = None) -> None:
    """Give a ticket to somebody, or to nobody."""
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        if ticket.header["assignee_id"] != user_id:
            changes.add(ticket, e.TICKET_ASSIGNED, {"assignee_id": user_id})
        changes.save()


def prioritise(ticket_id: int, priority: int, *, expected_version: int | None = None) -> None:
    """Set how urgent a ticket is (1 urgent … 4 low)."""
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        if ticket.header["priority"] != Priority(priority):
            changes.add(ticket, e.TICKET_PRIORITISED, {"priority": int(Priority(priority))})
        changes.save()


def move(ticket_id: int, action: str, *, expected_version: int | None = None) -> None:
    """A move that a person makes on the board. Raises Conflict (`illegal_move`), StaleTicket."""
    if action not in BY_HAND:
        raise OneRopeError(_("A card cannot be moved there by hand."), code="not_by_hand")
    with transaction.atomic():
        changes = Changes()
        ticket = changes.open_one(ticket_id, expected_version)
        step(changes, ticket, TicketAction(action))
        changes.save()
