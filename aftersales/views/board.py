"""The service desk: a board and a list of one query, and tickets opened by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersales.choices import TICKET_MOVE
from aftersales.domain.ticket_flow import TicketAction
from aftersales.filters import TicketFilter
from aftersales.forms.ticket import NewTicketForm
from aftersales.selectors import tickets as select
from aftersales.services import tickets
from core.errors import OneRopeError
from core.web.access import requires
from core.web.htmx import render_page
from oms.selectors.orders import visible_to as visible_orders

LIST_SIZE = 100


@requires("tickets_view")
def desk(request: HttpRequest) -> HttpResponse:
    """The board, or with `view=list` the same tickets as rows."""
    filtered = TicketFilter(request.GET, select.for_list(request.user), request=request)
    as_list = request.GET.get("view") == "list"
    context = {
        "filter": filtered,
        "as_list": as_list,
        "tabs": _tabs(request),
        "moves": TICKET_MOVE,
        "hidden": ["who", "late", "open"] + ([] if as_list else ["status"]),  # the lanes are the statuses
        "can_edit": request.user.has_perm("core.tickets_edit"),
    }
    if as_list:
        rows = list(select.respond_first(filtered.qs)[: LIST_SIZE + 1])
        context |= {"cards": select.cards(rows[:LIST_SIZE]), "more": len(rows) > LIST_SIZE}
    else:
        lanes = select.board(filtered.qs)
        context |= {"lanes": lanes, "empty": not any(lane.count for lane in lanes)}
    fragment = "aftersales/_list.html" if as_list else "aftersales/_board.html"
    return render_page(request, "aftersales/desk.html", fragment, {**context, "fragment": fragment})


def _tabs(request: HttpRequest) -> list[dict[str, object]]:
    counts = select.tab_counts(request.user)
    tabs = [
        ("open", _("All open"), {"open": "true"}),
        ("mine", _("Mine"), {"who": "me", "open": "true"}),
        ("nobody", _("Unassigned"), {"who": "nobody", "open": "true"}),
        ("late", _("Overdue"), {"late": "true"}),
    ]
    chosen = {name: request.GET[name] for name in ("who", "late", "open") if request.GET.get(name)}
    return [
        {"label": label, "count": counts[key], "url": _url(request, values), "active": chosen == values}
        for key, label, values in tabs
    ]


def _url(request: HttpRequest, values: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({"view": request.GET["view"]} if request.GET.get("view") else {})
    query.update(values)
    return f"?{query.urlencode()}"


@requires("tickets_edit")
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a card; a card that somebody else has changed meanwhile stays, and says so."""
    if not select.visible_to(request.user).filter(pk=pk).exists():
        return render(request, "404.html", status=404)
    action, version = request.POST.get("action", ""), request.POST.get("version", "")
    try:
        tickets.move(pk, action, expected_version=int(version) if version.isdigit() else None)
        messages.success(request, _("Ticket #%(pk)d: %(move)s") % {"pk": pk, "move": TICKET_MOVE[TicketAction(action)]})
    except OneRopeError as refusal:
        messages.error(request, f"#{pk}: {refusal.message}")
    return back(request, reverse("aftersales:tickets"))


@requires("tickets_edit")
def new(request: HttpRequest) -> HttpResponse:
    """Open a ticket by hand; `?order=<number>` names the order it is about."""
    form = NewTicketForm(request.POST or None, initial={"order_no": request.GET.get("order", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = visible_orders(request.user).filter(order_no=data["order_no"]).first() if data["order_no"] else None
        if data["order_no"] and order is None:
            form.add_error("order_no", _("There is no such order."))
        else:
            ticket = tickets.open_ticket(
                kind=data["kind"], title=data["title"], detail=data["detail"], amount_minor=data["amount"] or 0,
                order_id=order.pk if order else None, priority=data["priority"],
            )  # fmt: skip
            tickets.assign(ticket.pk, request.user.pk)
            return HttpResponseRedirect(reverse("aftersales:ticket", args=[ticket.pk]))
    return render(request, "aftersales/new.html", {"form": form}, status=400 if form.errors else 200)


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To where the form came from, if that is one of our pages."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else default)
