"""The order workbench: one list, its filters in the URL, actions on many rows with an answer per row."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.web.access import requires
from core.web.htmx import render_page
from core.web.paging import paged
from oms.choices import ORDER_STATUS
from oms.filters import OrderFilter
from oms.selectors import orders as select
from oms.services import holds, orders

MAX_BATCH = 500


@requires("orders_view")
def order_list(request: HttpRequest) -> HttpResponse:
    filtered = OrderFilter(request.GET, select.for_list(request.user))
    page = paged(filtered.qs, request.GET)
    counts = select.status_counts(request.user)
    tree = [(value, label, counts[value]) for value, label in ORDER_STATUS]
    context = {
        "filter": filtered,
        "page": page,
        "tree": tree,
        "hidden": ["status"],
        "chosen": request.GET.get("status", ""),
    }
    return render_page(request, "oms/orders.html", "oms/_orders.html", context)


@requires("orders_edit")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Hold, release or cancel the chosen orders, each on its own: one refusal spoils no other."""
    visible = select.visible_to(request.user)
    ids = [int(value) for value in request.POST.getlist("id") if value.isdigit()][:MAX_BATCH]
    note = request.POST.get("note", "").strip() or _("no reason given")
    for_one = _action(request.POST.get("action", ""), note)
    done = 0
    for order_id, order_no in visible.filter(id__in=ids).values_list("id", "order_no"):
        try:
            for_one([order_id])
            done += 1
        except OneRopeError as exc:
            messages.error(request, f"{order_no}: {exc.message}")
    messages.success(request, _("%(done)d of %(all)d orders done.") % {"done": done, "all": len(ids)})
    return back(request, reverse("oms:orders"))


def _action(name: str, note: str) -> Callable[[Sequence[int]], None]:
    actions: dict[str, Callable[[Sequence[int]], None]] = {
        "hold": lambda ids: holds.hold(ids, note),
        "release": lambda ids: holds.release(select.open_hold_ids(ids), note),
        "cancel": lambda ids: orders.cancel(ids, note),
    }
    if name not in actions:
        raise OneRopeError(_("Choose what to do."), code="no_action")
    return actions[name]


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To where the form came from, if that is one of our pages."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else default)
