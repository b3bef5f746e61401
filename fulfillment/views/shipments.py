"""Shipments: parcels from the bench to the customer's door; numbers, labels and hand-over in batch."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.models import Job
from core.web.access import requires
from core.web.columns import Action, Branch, Column, Empty
from core.web.htmx import render_page
from core.web.listing import ListPage, chosen_ids
from core.web.redirects import back
from fulfillment.filters import ParcelFilter
from fulfillment.models import CarrierChoice, Parcel, TrackingScan
from fulfillment.models.parcel import PARCEL_STATE
from fulfillment.selectors import floor
from fulfillment.services import batch_jobs
from fulfillment.telling import told, words_of_node, words_of_scan

MAX_BATCH = 2000

# What the batch bar can do: the job it queues and the permission it needs.
JOBS = {
    "label": (batch_jobs.LABELS, "labels_print"),
    "fetch": (batch_jobs.NUMBERS, "labels_print"),
    "renew": (batch_jobs.RENEWED, "labels_print"),
    "handover": (batch_jobs.HANDOVER, "ship"),
}


class ShipmentList(ListPage):
    name = "fulfillment.shipments"
    permission = "shipments_view"
    title = gettext_lazy("Shipments")
    filterset = ParcelFilter
    tree_filter = "state"
    tree_label = gettext_lazy("State")
    columns = (
        Column(
            name="parcel",
            label=gettext_lazy("Parcel"),
            value="pk",
            template="fulfillment/cells/parcel.html",
            fixed=True,
        ),
        Column(name="state", label=gettext_lazy("State"), kind="pill", fixed=True),
        Column(
            name="waybill",
            label=gettext_lazy("Waybill"),
            value="pk",
            template="fulfillment/cells/waybill.html",
            fixed=True,
        ),
        Column(name="tracking", label=gettext_lazy("Tracking"), value="pk", template="fulfillment/cells/tracking.html"),
        Column(name="warehouse", label=gettext_lazy("Warehouse"), value="warehouse.name"),
        Column(
            name="weight",
            label=gettext_lazy("Weight"),
            value="pk",
            template="fulfillment/cells/weight.html",
            sort="weight_g",
        ),
        Column(name="freight_fen", label=gettext_lazy("Freight"), kind="money", sort="freight_fen"),
        Column(name="packed_at", label=gettext_lazy("Packed"), kind="ago"),
        Column(name="shipped_at", label=gettext_lazy("Shipped"), kind="ago", sort="shipped_at"),
        Column(name="first_scan_at", label=gettext_lazy("First scan"), kind="ago"),
        Column(name="delivered_at", label=gettext_lazy("Delivered"), kind="ago"),
    )
    actions = (
        Action(
            name="label", label=gettext_lazy("Print labels"), icon="printer", permission="labels_print", tone="primary"
        ),
        Action(name="fetch", label=gettext_lazy("Fetch numbers"), icon="receipt", permission="labels_print"),
        Action(
            name="renew",
            label=gettext_lazy("New numbers"),
            icon="refresh",
            permission="labels_print",
            confirm=gettext_lazy("Give up the numbers of the chosen parcels and fetch new ones?"),
        ),
        Action(name="handover", label=gettext_lazy("Hand over"), icon="truck-delivery", permission="ship"),
    )
    batch_url = "fulfillment:shipments-batch"
    empty = Empty(
        title=gettext_lazy("No parcel yet"),
        hint=gettext_lazy("Parcels appear here when a wave is released."),
        icon="truck-delivery",
    )

    def rows(self) -> QuerySet[Parcel]:
        return floor.parcels(self.request.user)

    def tree(self) -> list[Branch]:
        counts = floor.parcel_counts(self.request.user)
        return [Branch(value, label, counts.get(value, 0)) for value, label in PARCEL_STATE]


@requires("shipments_view")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Queue work over the chosen parcels, or over all that match the list's filters; the job says what came of each."""
    kind, permission = JOBS.get(request.POST.get("action", ""), ("", ""))
    if not kind or not request.user.has_perm(f"core.{permission}"):
        raise PermissionDenied
    try:
        ids = chosen_ids(request, floor.parcels(request.user), ParcelFilter, limit=MAX_BATCH)
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
        return back(request, reverse("fulfillment:shipments"))
    return HttpResponseRedirect(reverse("fulfillment:job", args=[batch_jobs.enqueue(kind, ids, request.user.pk).pk]))


@requires("shipments_view")
def parcel_page(request: HttpRequest, pk: int) -> HttpResponse:
    parcel = floor.parcels(request.user).filter(pk=pk).first()
    if parcel is None:
        raise Http404
    context = {
        "parcel": parcel,
        "scans": TrackingScan.objects.filter(parcel=parcel).order_by("-at", "-id"),
        "nodes": [{"node": n.node, "at": n.at, "words": words_of_node(n.node)} for n in parcel.nodes.order_by("id")],
        "choice": CarrierChoice.objects.filter(parcel=parcel).first(),
        "history": told(floor.history(parcel)),
        "errors": _wrong_scans(parcel),
    }
    return render(request, "fulfillment/parcel.html", context)


def _wrong_scans(parcel: Parcel) -> list[dict[str, Any]]:
    wrong = parcel.scans.exclude(verdict__in=["ok", "undone"]).select_related("sku").order_by("id")
    return [{"code": scan.code, "sku": scan.sku, "words": words_of_scan(scan.verdict)} for scan in wrong]


def _job(request: HttpRequest, pk: int) -> Job:
    """A job of the user's own, of one of the kinds that this page queues."""
    kinds = [kind for kind, _permission in JOBS.values()]
    return get_object_or_404(Job, pk=pk, created_by=request.user.pk, kind__in=kinds)


@requires("shipments_view")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of a run, refreshed until it ends."""
    job = _job(request, pk)
    context = {"job": job, "running": job.state in {"queued", "running"}}
    return render_page(request, "fulfillment/job.html", "fulfillment/_job.html", context)


@requires("labels_print")
def job_file(request: HttpRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not job.artifact:
        raise Http404
    response = HttpResponse(bytes(job.artifact), content_type=job.artifact_type)
    response["Content-Disposition"] = f'inline; filename="labels-{job.pk}.pdf"'
    return response
