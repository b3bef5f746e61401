"""The packing bench: scan a parcel, then every unit, then the scale."""

import uuid as uuids

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
from fulfillment.services.packing import Verdict
from fulfillment.views.pick import client_uuid


@requires("pack")
def bench(request: HttpRequest) -> HttpResponse:
    """Waiting work, and the box that a scanned number opens a parcel by. `?done=` names the parcel just closed."""
    code = request.GET.get("code", "").strip()
    if code:
        try:
            parcel = packing.open(code, floor.warehouses_of(request.user))
            return HttpResponseRedirect(reverse("fulfillment:pack-parcel", args=[parcel.pk]))
        except OneRopeError as exc:
            messages.error(request, str(exc.message))
    done = request.GET.get("done", "")
    context = {
        "waiting": floor.at_the_bench(request.user),
        "closed": floor.parcels(request.user).filter(pk=int(done)).first() if done.isdigit() else None,
    }
    return render(request, "fulfillment/pack.html", context)


def _parcel(request: HttpRequest, parcel_id: int) -> Parcel:
    parcel = floor.parcels(request.user).filter(pk=parcel_id).first()
    if parcel is None:
        raise Http404
    return parcel


def _page(
    request: HttpRequest, parcel: Parcel, verdict: Verdict | None = None, error: OneRopeError | None = None
) -> HttpResponse:
    rows = packing.contents(parcel)
    context = {
        "parcel": parcel,
        "rows": rows,
        "verdict": verdict,
        "error": error,
        "uuid": uuids.uuid4(),
        "begun": any(scanned for _item, scanned in rows),
        "verified": bool(rows) and all(scanned == item.qty for item, scanned in rows),
        "checks": packing.checklist(parcel),
        "ticked": request.POST.getlist("check"),
        "weight": request.POST.get("weight_g", ""),
        "expected": packing.expected_weight(parcel),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "fulfillment/_parcel.html" if partial else "fulfillment/parcel_pack.html", context)


@requires("pack")
def parcel_page(request: HttpRequest, parcel_id: int) -> HttpResponse:
    return _page(request, _parcel(request, parcel_id))


@requires("pack")
@require_POST
def scan(request: HttpRequest, parcel_id: int) -> HttpResponse:
    parcel = _parcel(request, parcel_id)
    try:
        code = request.POST.get("code", "")
        return _page(request, parcel, packing.scan(parcel.pk, code, client_uuid(request), request.user.pk))
    except OneRopeError as exc:
        return _page(request, parcel, error=exc)


@requires("pack")
@require_POST
def restart(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """Verify the parcel from the beginning."""
    parcel = _parcel(request, parcel_id)
    try:
        packing.restart(parcel.pk)
    except OneRopeError as exc:
        return _page(request, parcel, error=exc)
    return HttpResponseRedirect(reverse("fulfillment:pack-parcel", args=[parcel.pk]))


@requires("pack")
@require_POST
def complete(request: HttpRequest, parcel_id: int) -> HttpResponse:
    parcel = _parcel(request, parcel_id)
    weight = request.POST.get("weight_g", "").strip()
    try:
        packing.complete(
            parcel.pk,
            int(weight) if weight.isascii() and weight.isdigit() and len(weight) < 8 else 0,
            checks=request.POST.getlist("check"),
            overrule=request.POST.get("overrule", "").strip(),
        )
    except OneRopeError as exc:
        return _page(request, parcel, error=exc)
    messages.success(request, _("Parcel P%(id)d is closed.") % {"id": parcel.pk})
    return HttpResponseRedirect(f"{reverse('fulfillment:pack')}?done={parcel.pk}")
