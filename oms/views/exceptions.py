"""The exception queue: every order that waits for a person, with the reason, an owner and what would help."""

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.models import Sku
from core.errors import OneRopeError
from core.web.access import requires
from core.web.htmx import render_page
from core.web.paging import paged
from oms.choices import HOLD_FIX, HOLD_REASON
from oms.models import Hold
from oms.selectors import orders as select
from oms.services import holds, orders
from oms.views.orders import back


class HoldFilter(django_filters.FilterSet):
    reason = django_filters.ChoiceFilter(choices=HOLD_REASON, label=gettext_lazy("Reason"))
    owner = django_filters.CharFilter(label=gettext_lazy("Owner"))
    q = django_filters.CharFilter(field_name="order__order_no", label=gettext_lazy("Order number"))

    class Meta:
        model = Hold
        fields: list[str] = []


@requires("orders_view")
def queue(request: HttpRequest) -> HttpResponse:
    filtered = HoldFilter(request.GET, select.open_holds(request.user))
    page = paged(filtered.qs, request.GET)
    counts = select.hold_counts(request.user)
    context = {
        "filter": filtered,
        "page": page,
        "rows": [(hold, HOLD_FIX[hold.reason]) for hold in page.rows],
        "tree": [(value, label, counts.get(value, 0)) for value, label in HOLD_REASON if counts.get(value)],
        "chosen": request.GET.get("reason", ""),
        "hidden": ["reason"],
        "skus": Sku.objects.filter(is_active=True).only("code", "name")[:500],
        "can_edit": request.user.has_perm("core.orders_edit"),
        "can_match": request.user.has_perm("core.catalog_edit") or request.user.has_perm("core.orders_edit"),
    }
    return render_page(request, "oms/exceptions.html", "oms/_exceptions.html", context)


@requires("orders_edit")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Take or release the chosen exceptions."""
    ids = [int(value) for value in request.POST.getlist("id") if value.isdigit()]
    mine = select.open_holds(request.user).filter(id__in=ids).values_list("id", flat=True)
    note = request.POST.get("note", "").strip() or _("no reason given")
    try:
        if request.POST.get("action") == "take":
            holds.take(list(mine))
        else:
            holds.release(list(mine), note)
        messages.success(request, _("%(n)d exceptions done.") % {"n": len(ids)})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("oms:exceptions"))


@requires("orders_edit")
@require_POST
def match(request: HttpRequest) -> HttpResponse:
    """Say which SKU a shop's unknown product is; every waiting order with it goes on."""
    sku = Sku.objects.filter(code=request.POST.get("sku", "").strip(), is_active=True).first()
    hold = select.open_holds(request.user).filter(pk=request.POST.get("hold") or 0).first()
    if sku is None or hold is None:
        messages.error(request, _("There is no such SKU."))
    else:
        helped = orders.match_listing(hold.order.shop_id, request.POST.get("key", "").strip(), sku.pk)
        messages.success(request, _("Remembered. %(n)d orders go on.") % {"n": helped})
    return back(request, reverse("oms:exceptions"))
