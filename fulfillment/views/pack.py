"""The packing bench: scan a parcel, then every unit, then the scale."""

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.web.access import requires
from fulfillment.models import Parcel
from fulfillment.selectors import floor
from fulfillment.services import packing
from fulfillment.views.pick import client_uuid


@requires("pack")
def bench(request: HttpRequest) -> HttpResponse:
    """Waiting work, and the box that a scanned number opens a parcel by."""
    code = request.GET.get("code", "").strip()
    if code:
        try:
            parcel = packing.find(code)
            if floor.parcels(request.user).filter(pk=parcel.pk).exists():
                return HttpResponseRedirect(reverse("fulfillment:pack-parcel", args=[parcel.pk]))
            messages.error(request, _("There is no such parcel."))
        except OneRopeError as exc:
            messages.error(request, str(exc.message))
    waiting = packing.waiting(floor.warehouses_of(request.user))
    return render(request, "fulfillment/pack.html", {"waiting": waiting})


def _parcel(request: HttpRequest, parcel_id: int) -> Parcel:
    parcel = floor.parcels(request.user).filter(pk=parcel_id).first()
    if parcel is None:
        raise Http404
    return parcel


def _page(
    request: HttpRequest, parcel: Parcel, verdict: Any = None, error: str = "", status: int = 200
) -> HttpResponse:
    rows = packing.contents(parcel)
    context = {
        "parcel": parcel, "rows": rows, "verdict": verdict, "error": error, "uuid": uuids.uuid4(),
        "complete": all(row["scanned"] == row["qty"] for row in rows), "fragile": any(row["fragile"] for row in rows),
    }  # fmt: skip
    template = (
        "fulfillment/_parcel.html" if request.headers.get("HX-Request") == "true" else "fulfillment/parcel_pack.html"
    )
    return render(request, template, context, status=status)


@requires("pack")
def parcel_page(request: HttpRequest, parcel_id: int) -> HttpResponse:
    return _page(request, _parcel(request, parcel_id))


@requires("pack")
@require_POST
def scan(request: HttpRequest, parcel_id: int) -> HttpResponse:
    parcel = _parcel(request, parcel_id)
    try:
        code = request.POST.get("code", "").strip()
        return _page(request, parcel, packing.scan(parcel.pk, code, client_uuid(request), request.user.pk))
    except OneRopeError as exc:
        return _page(request, parcel, error=str(exc.message))


@requires("pack")
@require_POST
def complete(request: HttpRequest, parcel_id: int) -> HttpResponse:
    parcel = _parcel(request, parcel_id)
    weight = request.POST.get("weight_g", "")
    try:
        if not weight.isdigit() or int(weight) > 1_000_000:
            raise OneRopeError(_("Put the parcel on the scale."), code="no_weight")
        packing.complete(parcel.pk, int(weight), fragile_checked=request.POST.get("fragile") == "on")
    except OneRopeError as exc:
        return _page(request, parcel, error=str(exc.message))
    messages.success(request, _("Parcel P%(id)d is closed.") % {"id": parcel.pk})
    return HttpResponseRedirect(reverse("fulfillment:pack"))
