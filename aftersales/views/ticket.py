"""One ticket: what was said, where its order stands, what can be done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersales.choices import PRIORITY, RESOLUTION, RESOLUTION_EFFECT, STAGE, TICKET_MOVE
from aftersales.domain import macros
from aftersales.domain.resolution import offers
from aftersales.forms.ticket import ResolveForm, WriteForm
from aftersales.models import Macro, Ticket
from aftersales.rows import stored_tickets
from aftersales.selectors import progress
from aftersales.selectors import tickets as select
from aftersales.selectors.activity import told
from aftersales.selectors.situation import situation
from aftersales.services import refunds, tickets
from aftersales.services.resolve import resolve
from aftersales.services.store import StaleTicket
from aftersales.views.board import back
from core.domain.masking import mask_text
from core.errors import OneRopeError
from core.money import to_major
from core.templatetags.onerope import money
from core.web.access import requires


def _ticket(request: HttpRequest, pk: int) -> Ticket:
    ticket = select.detail(request.user, pk)
    if ticket is None:
        raise Http404
    return ticket


@requires("tickets_view")
def ticket_page(request: HttpRequest, pk: int) -> HttpResponse:
    """`?insert=progress` or `?insert=<macro id>` starts the reply with that text (the buttons' way without scripts)."""
    ticket = _ticket(request, pk)
    return render(request, "aftersales/ticket.html", _context(request, ticket))


def _context(request: HttpRequest, ticket: Ticket, **more: Any) -> dict[str, Any]:
    sentences = progress.for_order(ticket.order) if ticket.order else []
    texts = _ready_made(ticket, sentences)
    state = stored_tickets([ticket.pk])[ticket.pk]
    now = situation(state)
    possible = offers(ticket.kind, now.stage, ticket.status, some_here=now.some_here)
    inserted = next((text["text"] for text in texts if text["key"] == request.GET.get("insert")), "")
    [card] = select.cards([ticket])
    initial = {"amount": to_major(ticket.amount_minor, ticket.currency) if ticket.amount_minor else None}
    return {
        "ticket": ticket,
        "card": card,
        "conversation": select.conversation(ticket),
        "activity": told(select.happened(ticket.pk)),
        "progress": sentences,
        "texts": texts,
        "stage": STAGE[now.stage],
        "offers": [
            (offer, dict(RESOLUTION)[offer.resolution], RESOLUTION_EFFECT[offer.resolution]) for offer in possible
        ],
        "moves": TICKET_MOVE,
        "priorities": PRIORITY,
        "buyer": select.buyer_of(request.user, ticket),
        "write_form": WriteForm(initial={"kind": "reply", "text": inserted, "version": ticket.version}),
        "resolve_form": ResolveForm(initial={**initial, "version": ticket.version}, currency=ticket.currency),
        "can_edit": request.user.has_perm("core.tickets_edit"),
        "can_approve": request.user.has_perm("core.refund_approve"),
        **more,
    }


def _ready_made(ticket: Ticket, sentences: list[str]) -> list[dict[str, str]]:
    """The progress text and the macros that fit, filled in."""
    said, order = "\n".join(sentences), ticket.order
    carrier, waybill_no = progress.last_waybill(order) if order else ("", "")
    facts = {
        "order_no": order.order_no if order else "",
        "waybill_no": waybill_no,
        "carrier": carrier,
        "progress": said,
        "amount": money(ticket.amount_minor, ticket.currency) if ticket.amount_minor else "",
        "refund_no": ticket.refund_no,
        "shop": ticket.shop.name if ticket.shop else "",
        "title": ticket.title,
    }
    texts = [{"key": "progress", "title": _("Insert progress"), "text": said}] if said else []
    fitting = Macro.objects.filter(is_active=True, kind__in=["", ticket.kind])
    return texts + [{"key": str(m.pk), "title": m.title, "text": macros.expand(m.text, facts)} for m in fitting]


def _stale(request: HttpRequest, pk: int, refusal: StaleTicket, **more: Any) -> HttpResponse:
    """409: the page as it stands now, with what was typed and what happened meanwhile."""
    ticket = _ticket(request, pk)
    changed = told(select.happened(pk, since=refusal.fields["expected"]))
    context = _context(request, ticket, stale=refusal.message, changed=changed, **more)
    return render(request, "aftersales/ticket.html", context, status=409)


@requires("tickets_edit")
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a note or a reply; on an old page nothing is saved and nothing is lost (409)."""
    ticket = _ticket(request, pk)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return render(request, "aftersales/ticket.html", _context(request, ticket, write_form=form), status=400)
    data = form.cleaned_data
    try:
        tickets.write(pk, data["kind"], data["text"], expected_version=data["version"])
    except StaleTicket as refusal:
        draft = WriteForm(initial={**data, "version": refusal.fields["version"]})
        return _stale(request, pk, refusal, write_form=draft)
    return _to(pk)


@requires("tickets_edit")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve the ticket; the form comes back with what was typed when it cannot be done."""
    ticket = _ticket(request, pk)
    form = ResolveForm(request.POST, currency=ticket.currency)
    if not form.is_valid():
        return render(request, "aftersales/ticket.html", _context(request, ticket, resolve_form=form), status=400)
    try:
        resolve(pk, form.choice(), expected_version=form.cleaned_data["version"])
        messages.success(request, dict(RESOLUTION)[form.cleaned_data["resolution"]])
    except StaleTicket as refusal:
        typed = {**request.POST.dict(), "version": refusal.fields["version"]}
        again = ResolveForm(initial=typed, currency=ticket.currency)
        return _stale(request, pk, refusal, resolve_form=again)
    except OneRopeError as refusal:
        form.add_error(None, str(refusal.message))
        context = _context(request, _ticket(request, pk), resolve_form=form)
        return render(request, "aftersales/ticket.html", context, status=refusal.status)
    return _to(pk)


@requires("tickets_edit")
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticket, or let go of it."""
    _ticket(request, pk)
    who = request.user.pk if request.POST.get("who") == "me" else None
    return _try(request, pk, lambda: tickets.assign(pk, who, expected_version=_version(request)))


@requires("tickets_edit")
@require_POST
def prioritise(request: HttpRequest, pk: int) -> HttpResponse:
    _ticket(request, pk)
    given = request.POST.get("priority", "")
    priority = int(given) if given in {"1", "2", "3", "4"} else 3
    return _try(request, pk, lambda: tickets.prioritise(pk, priority, expected_version=_version(request)))


@requires("tickets_view")
@require_POST
def settle(request: HttpRequest, pk: int, payment_id: int) -> HttpResponse:
    """Approve a refund, confirm that it was paid, or withdraw it. Who works on tickets may withdraw what waits for
    approval; the rest needs the right to approve."""
    ticket = _ticket(request, pk)
    waits = ticket.payments.filter(pk=payment_id, status="requested").exists()
    withdraws = request.POST.get("action") == "withdraw" and waits and request.user.has_perm("core.tickets_edit")
    if not withdraws and not request.user.has_perm("core.refund_approve"):
        raise PermissionDenied
    version = _version(request)
    reason = mask_text(request.POST.get("reason", ""))
    deeds: dict[str, Callable[[], None]] = {
        "approve": lambda: refunds.approve(pk, payment_id, expected_version=version),
        "paid": lambda: refunds.confirm_paid(pk, payment_id, expected_version=version),
        "withdraw": lambda: refunds.withdraw(pk, payment_id, reason, expected_version=version),
    }
    deed = deeds.get(request.POST.get("action", ""))
    if deed is None:
        raise Http404
    return _try(request, pk, deed)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None


def _try(request: HttpRequest, pk: int, deed: Callable[[], None]) -> HttpResponse:
    try:
        deed()
    except StaleTicket as refusal:
        return _stale(request, pk, refusal)
    except OneRopeError as refusal:
        messages.error(request, str(refusal.message))
    return back(request, reverse("aftersales:ticket", args=[pk]))


def _to(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("aftersales:ticket", args=[pk]))
