"""One order: what it is, where it stands, what happened to it and why it went there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.services import vault
from core.web.access import requires
from core.web.redirects import back
from oms.choices import ADJUSTMENT, HOLD_FIX
from oms.domain.canonical import AdjustmentKind, CanonicalReceiver
from oms.forms.receiver import ReceiverForm
from oms.models import Order
from oms.selectors import merges
from oms.selectors import orders as select
from oms.selectors.address_rules import asked_alike, sees_every_shop
from oms.selectors.timeline import told
from oms.services import orders
from oms.views.orders import _action


def _order(request: HttpRequest, pk: int) -> Order:
    order = select.detail(request.user, pk)
    if order is None:
        raise Http404
    return order


@requires("orders_view")
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "oms/order.html", _context(request, _order(request, pk)))


def _context(request: HttpRequest, order: Order) -> dict[str, object]:
    visible = select.visible_to(request.user)
    return {
        "order": order,
        "adjustments": [(ADJUSTMENT[AdjustmentKind(kind)], minor) for kind, minor in (order.adjustments or {}).items()],
        "open_holds": [(hold, HOLD_FIX[hold.reason]) for hold in order.holds.all() if hold.released_at is None],
        "timeline": told(select.timeline(order.pk)),
        "decisions": select.explain(order),
        "together": merges.together(request.user, order),
        "newer": visible.filter(pk__gt=order.pk).order_by("pk").values_list("pk", flat=True).first(),
        "older": visible.filter(pk__lt=order.pk).order_by("-pk").values_list("pk", flat=True).first(),
        "receiver_form": _receiver_form(request, order),
        "asked_alike": asked_alike(order),
        "can_edit": request.user.has_perm("core.orders_edit"),
        "can_reveal": request.user.has_perm("core.receiver_reveal"),
    }


def _receiver_form(request: HttpRequest, order: Order, *data: Any) -> ReceiverForm:
    guess = {"province": order.province, "city": order.city, "district": order.district}
    memorable, everywhere = bool(order.address_pattern), sees_every_shop(request.user)
    return ReceiverForm(*data, initial=guess, memorable=memorable, everywhere=everywhere)


@requires("orders_edit")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold, release, cancel or seal this order, or take its merge apart."""
    order = _order(request, pk)
    try:
        _action(request, request.POST.get("note", "").strip() or _("no reason given"))([order.pk])
        messages.success(request, _("Done."))
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("oms:order", args=[pk]))


@requires("orders_view", "receiver_reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the receiver once, to somebody who says why. The page is not stored anywhere (`no-store`)."""
    order = _order(request, pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why you need to see it."))
        return back(request, reverse("oms:order", args=[pk]))
    if order.receiver_id is None:
        raise Http404
    receiver = vault.reveal(order.receiver_id, target=f"oms.order:{pk}", reason=reason)
    return render(request, "oms/order.html", {**_context(request, order), "receiver": receiver})


@requires("orders_edit")
@require_POST
def fix_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the receiver by what a person found out."""
    order = _order(request, pk)
    form = _receiver_form(request, order, request.POST)
    if not form.is_valid():
        return render(request, "oms/order.html", {**_context(request, order), "receiver_form": form}, status=400)
    data = form.cleaned_data
    remember, reason = orders.Remember(data.pop("remember", "") or "not"), data.pop("reason")
    try:
        helped = orders.fix_address(order.pk, CanonicalReceiver(**data), reason, remember)
        messages.success(request, _("The address was corrected."))
        if helped:
            messages.success(request, _("The same answer lets %(n)d more orders go on.") % {"n": helped})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("oms:order", args=[pk]))
