"""The return desk: scan what came back, grade it, put it away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersales.choices import GRADE, RETURN_STATUS
from aftersales.domain.return_flow import Grade
from aftersales.models import ReturnParcel
from aftersales.selectors import returns as select
from aftersales.services import returns
from aftersales.services.returns import Graded
from catalog.models import Barcode, Sku, Warehouse
from core.errors import OneRopeError
from core.selectors.scope import scoped
from core.web.access import requires
from core.web.paging import paged

SPARE_ROWS = 3  # lines for goods that nobody announced


def _may_work(request: HttpRequest) -> bool:
    return request.user.has_perm("core.pack") or request.user.has_perm("core.stock_edit")


@requires("shipments_view")
def desk(request: HttpRequest) -> HttpResponse:
    """Parcels by state; a scan of a known one goes straight to it."""
    code = request.GET.get("scan", "").strip()
    found = list(select.scanned(request.user, code)[:20]) if code else []
    if len(found) == 1:
        return HttpResponseRedirect(reverse("aftersales:return", args=[found[0].pk]))
    chosen = request.GET.get("status", "expected")
    parcels = select.for_list(request.user).filter(status=chosen)
    context = {
        "scan": code,
        "found": found,
        "page": paged(parcels, request.GET),
        "chosen": chosen,
        "tree": [(value, label, select.counts(request.user).get(value, "")) for value, label in RETURN_STATUS],
        "warehouses": scoped(Warehouse.objects.filter(is_active=True), request.user, warehouse="id"),
        "can_work": _may_work(request),
    }
    return render(request, "aftersales/returns.html", context)


@requires("shipments_view")
@require_POST
def unknown(request: HttpRequest) -> HttpResponse:
    """Put a parcel on record that nobody announced."""
    number = request.POST.get("waybill_no", "").strip()
    houses = scoped(Warehouse.objects.all(), request.user, warehouse="id")
    chosen = request.POST.get("warehouse", "")
    house = houses.filter(pk=chosen).first() if chosen.isdecimal() else None
    if not _may_work(request) or house is None or not number:
        messages.error(request, _("Say which parcel came to which warehouse."))
        return HttpResponseRedirect(reverse("aftersales:returns"))
    parcel = returns.arrive_unknown(house.pk, number, request.POST.get("note", ""))
    return HttpResponseRedirect(reverse("aftersales:return", args=[parcel.pk]))


@requires("shipments_view")
def parcel_page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "aftersales/return.html", _context(request, _parcel(request, pk)))


def _parcel(request: HttpRequest, pk: int) -> ReturnParcel:
    parcel = select.for_list(request.user).prefetch_related("receipts__sku", "receipts__bin").filter(pk=pk).first()
    if parcel is None:
        raise Http404
    return parcel


def _context(request: HttpRequest, parcel: ReturnParcel, **more: Any) -> dict[str, Any]:
    rows = [{"code": line.sku.code, "name": line.sku.name, "qty": line.qty} for line in parcel.lines.all()]
    return {
        "parcel": parcel,
        "rows": rows + [{"code": "", "name": "", "qty": ""}] * SPARE_ROWS,
        "grades": GRADE,
        "can_work": _may_work(request),
        "open": parcel.status in {"expected", "arrived", "cancelled"},
        **more,
    }


@requires("shipments_view")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the parcel in, note its waybill, or grade what was in it."""
    parcel = _parcel(request, pk)
    if not _may_work(request):
        messages.error(request, _("You do not have permission for this page"))
        return HttpResponseRedirect(reverse("aftersales:return", args=[pk]))
    try:
        if request.POST.get("action") == "arrive":
            returns.arrive(pk, waybill_no=request.POST.get("waybill_no", ""))
        elif request.POST.get("action") == "waybill":
            returns.set_waybill(pk, request.POST.get("carrier", ""), request.POST.get("waybill_no", ""))
        else:
            returns.grade(pk, _found(request))
            messages.success(request, _("Put away."))
    except OneRopeError as refusal:
        context = _context(request, parcel, error=str(refusal.message))
        return render(request, "aftersales/return.html", context, status=refusal.status)
    return HttpResponseRedirect(reverse("aftersales:return", args=[pk]))


def _found(request: HttpRequest) -> list[Graded]:
    """The rows of the grading form; a row is named by SKU code or barcode. Rows without a quantity count for nothing.

    Raises OneRopeError (`bad_row`).
    """
    columns = [request.POST.getlist(name) for name in ("code", "grade", "qty", "bin")]
    rows = [row for row in zip(*columns, strict=False) if row[0].strip() and row[2].strip() not in {"", "0"}]
    names = {row[0].strip() for row in rows}
    ids = dict(Barcode.objects.filter(code__in=names).values_list("code", "sku_id"))
    ids |= dict(Sku.objects.filter(code__in=names).values_list("code", "id"))
    result = []
    for code, grade, qty, bin_code in rows:
        if code.strip() not in ids or grade not in set(Grade) or not qty.strip().isdigit() or len(qty) > 6:
            raise OneRopeError(
                _("This row cannot be read: %(code)s %(qty)s") % {"code": code, "qty": qty}, code="bad_row"
            )
        result.append(Graded(ids[code.strip()], Grade(grade), int(qty), bin_code.strip()))
    return result
