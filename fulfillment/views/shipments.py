"""Shipments: parcels from the bench to the customer's door; labels and hand-over in batch."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.models import Job
from core.web.access import requires
from core.web.htmx import render_page
from core.web.paging import paged
from fulfillment.filters import ParcelFilter
from fulfillment.models import CarrierChoice, TrackingScan
from fulfillment.selectors import floor
from fulfillment.services import labels, shipping, waybills

MAX_BATCH = 500


@requires("shipments_view")
def shipment_list(request: HttpRequest) -> HttpResponse:
    filtered = ParcelFilter(request.GET, floor.parcels(request.user))
    context = {"filter": filtered, "page": paged(filtered.qs, request.GET), "hidden": []}
    return render_page(request, "fulfillment/shipments.html", "fulfillment/_shipments.html", context)


@requires("shipments_view")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Print, fetch numbers or hand over the chosen parcels; what fails is said parcel by parcel."""
    action = request.POST.get("action", "")
    needed = {"label": "labels_print", "fetch": "labels_print", "renew": "labels_print", "handover": "ship"}.get(action)
    if needed is None or not request.user.has_perm(f"core.{needed}"):
        raise PermissionDenied
    chosen = [int(value) for value in request.POST.getlist("id") if value.isdigit()][:MAX_BATCH]
    ids = list(floor.parcels(request.user).filter(id__in=chosen).order_by("id").values_list("id", flat=True))
    if action == "label":
        return HttpResponseRedirect(reverse("fulfillment:job", args=[labels.enqueue(ids, request.user.pk).pk]))
    if action == "handover":
        refused = {key: error for key, error in shipping.handover(ids).items() if error}
        for parcel_id, error in refused.items():
            messages.error(request, f"P{parcel_id}: {error.message}")
        messages.success(request, _("%(n)d parcels handed over.") % {"n": len(ids) - len(refused)})
    else:
        results = (
            waybills.fetch(ids) if action == "fetch" else {k: v for i in ids for k, v in waybills.renew(i).items()}
        )
        bound = sum(result == "bound" for result in results.values())
        messages.success(request, _("%(n)d numbers fetched.") % {"n": bound})
        if len(results) > bound:
            messages.error(
                request, _("%(n)d parcels got no number; the reason is in the list.") % {"n": len(results) - bound}
            )
    return HttpResponseRedirect(reverse("fulfillment:shipments"))


@requires("shipments_view")
def parcel_page(request: HttpRequest, pk: int) -> HttpResponse:
    parcel = floor.parcels(request.user).filter(pk=pk).first()
    if parcel is None:
        raise Http404
    context = {
        "parcel": parcel,
        "scans": TrackingScan.objects.filter(parcel=parcel).order_by("-at", "-id"),
        "choice": CarrierChoice.objects.filter(parcel=parcel).first(),
    }
    return render(request, "fulfillment/parcel.html", context)


def _job(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job, pk=pk, created_by=request.user.pk)


@requires("labels_print")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of a run, refreshed until it ends."""
    return render_page(request, "fulfillment/job.html", "fulfillment/_job.html", {"job": _job(request, pk)})


@requires("labels_print")
def job_file(request: HttpRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not job.artifact:
        raise Http404
    response = HttpResponse(bytes(job.artifact), content_type=job.artifact_type)
    response["Content-Disposition"] = f'inline; filename="labels-{job.pk}.pdf"'
    return response
