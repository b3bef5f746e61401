"""Tickets for pages and the API."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.choices import TICKET_STATUS
from aftersales.domain import sla
from aftersales.domain.ticket_flow import OPEN, TicketAction, TicketStatus, move, moves_by_hand
from aftersales.models import Ticket
from core import clock
from core.models import Event
from core.selectors.scope import scoped
from core.services import vault
from oms.models import Order

User = AbstractBaseUser | AnonymousUser
LANE = 50  # cards a lane shows; its count says how many there are
ENDED_DAYS = 3  # how long the board remembers what is done


def visible_to(user: User) -> QuerySet[Ticket]:
    """The tickets of the user's shops; those without an order for users of every shop."""
    return scoped(Ticket.objects.all(), user, shop="shop_id")


def for_list(user: User) -> QuerySet[Ticket]:
    """With what a row or a card shows, in a fixed number of queries."""
    return visible_to(user).select_related("order", "shop", "assignee")


def is_late(now: datetime) -> Q:
    """Unanswered beyond the due time, with the clock running."""
    return Q(status__in=OPEN, first_response_at=None, paused_at=None, respond_by__lte=now)


def reading(ticket: Ticket, now: datetime) -> sla.Reading:
    """What the ticket's clock shows."""
    return sla.read(
        sla.Clock(ticket.amber_at, ticket.respond_by), opened_at=ticket.opened_at,
        responded_at=ticket.first_response_at, paused_at=ticket.paused_at, is_open=ticket.status in OPEN, now=now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket with its clock, the moves a person has on it, and the lanes it may be dropped on (`lane:move …`)."""

    ticket: Ticket
    clock: sla.Reading
    span: str
    who: str
    moves: Sequence[TicketAction]
    drops: str


def cards(tickets: Iterable[Ticket]) -> list[Card]:
    now = clock.now()
    return [_card(ticket, reading(ticket, now)) for ticket in tickets]


def _card(ticket: Ticket, shown: sla.Reading) -> Card:
    moves = moves_by_hand(ticket.status)
    drops = " ".join(f"{move(ticket.status, action).value}:{action.value}" for action in moves)
    assignee = ticket.assignee
    who = assignee.first_name or assignee.get_username() if assignee else "—"
    return Card(ticket, shown, _span(shown.minutes), who, moves, drops)


def _span(minutes: int | None) -> str:
    """7 min, 3 h, 2 d."""
    if minutes is None:
        return ""
    if minutes < 120:
        return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    hours = minutes // 60
    return _("%(n)d h") % {"n": hours} if hours < 48 else _("%(n)d d") % {"n": hours // 24}


@dataclass(frozen=True, slots=True)
class Lane:
    status: str
    label: Any
    count: int
    cards: Sequence[Card]


def board(tickets: QuerySet[Ticket]) -> list[Lane]:
    """The lanes of a filtered query, most urgent card first; two queries however many lanes there are. What ended
    counts only for a few days."""
    recent = clock.now() - timedelta(days=ENDED_DAYS)
    shown = tickets.filter(Q(status__in=OPEN) | Q(resolved_at__gte=recent)).order_by()
    counts = dict(shown.values_list("status").annotate(count=Count("id")))
    place = Window(RowNumber(), partition_by=F("status"), order_by=[F("priority").asc(), F("respond_by").asc()])
    by_lane: dict[str, list[Card]] = {}
    ordered = shown.annotate(place=place).filter(place__lte=LANE).order_by("priority", "respond_by", "id")
    for card in cards(ordered):
        by_lane.setdefault(card.ticket.status, []).append(card)
    return [Lane(status, label, counts.get(status, 0), by_lane.get(status, ())) for status, label in TICKET_STATUS]


def tab_counts(user: User) -> dict[str, int]:
    """Open tickets that are the user's own, nobody's, late."""
    return visible_to(user).filter(status__in=OPEN).aggregate(
        open=Count("id"),
        mine=Count("id", filter=Q(assignee_id=user.pk)),
        nobody=Count("id", filter=Q(assignee=None)),
        late=Count("id", filter=is_late(clock.now())),
    )  # fmt: skip


def detail(user: User, ticket_id: int) -> Ticket | None:
    """One ticket with everything its page shows."""
    return (
        visible_to(user)
        .select_related("order__shop", "shop", "assignee", "replacement")
        .prefetch_related("lines__sku", "payments", "returns__lines__sku", "returns__receipts__sku", "messages")
        .filter(pk=ticket_id)
        .first()
    )


def conversation(ticket: Ticket) -> list[dict[str, Any]]:
    """What was written, oldest first, with its text; a shredded text is None."""
    messages = sorted(ticket.messages.all(), key=lambda message: message.seq)
    opened = vault.unseal(message.body_id for message in messages)
    return [{"message": m, "text": opened.get(m.body_id, {}).get("text")} for m in messages]


def happened(ticket_id: int, since: int = 0) -> list[Event]:
    """What was done with the ticket after version `since`, oldest first."""
    return list(Event.objects.filter(stream=f"aftersales.ticket:{ticket_id}", version__gt=since).order_by("version"))


@dataclass(frozen=True, slots=True)
class Buyer:
    """What else we know of the person, by blind index, in the shops the user may see."""

    orders: Sequence[Order]
    tickets: Sequence[Ticket]


def buyer_of(user: User, ticket: Ticket) -> Buyer:
    """Other orders and tickets of the same buyer account or phone, newest first."""
    order = ticket.order
    keys = Q()
    if order and order.buyer_key:
        keys |= Q(buyer_key=order.buyer_key)
    if order and order.phone_key:
        keys |= Q(phone_key=order.phone_key)
    if order is None or not keys:
        return Buyer((), ())
    orders = scoped(Order.objects.filter(keys), user, shop="shop_id").exclude(pk=order.pk).order_by("-id")[:10]
    same = Order.objects.filter(keys).values("pk")
    others = for_list(user).filter(order_id__in=same).exclude(pk=ticket.pk).order_by("-id")[:10]
    return Buyer(list(orders), list(others))


def respond_first(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The queue: unanswered and most urgent first, the settled last."""
    ended = Q(status__in=[TicketStatus.RESOLVED, TicketStatus.CLOSED])
    settled = ExpressionWrapper(ended, output_field=BooleanField())
    return tickets.order_by(settled, "priority", "respond_by", "id")
