"""Answers about addresses that are remembered: what is written how, where it goes, and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.web.access import requires
from core.web.redirects import back
from oms.selectors import address_rules as select
from oms.services import address_rules


@requires("orders_view")
@require_GET
def remembered(request: HttpRequest) -> HttpResponse:
    context = {"rows": select.remembered(request.user), "can_edit": request.user.has_perm("core.orders_edit")}
    return render(request, "oms/address_rules.html", context)


@requires("orders_edit")
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back: the orders it settled ask again."""
    if not select.in_force(request.user).filter(pk=pk).exists():
        raise Http404
    asked = address_rules.forget(pk)
    messages.success(request, _("Forgotten. %(n)d orders ask again.") % {"n": asked})
    return back(request, reverse("oms:address-rules"))
