"""One box finds anything: order number, waybill, SKU, barcode, phone, parcel and sub-order numbers."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from catalog.models import Sku
from core.services import vault
from core.web.access import requires
from fulfillment.selectors import floor
from oms.selectors import orders as select

LIMIT = 20


@requires()
def find(request: HttpRequest) -> HttpResponse:
    """Go straight to the only hit, list several. Only what the user may see is searched."""
    text = request.GET.get("q", "").strip()[:100]
    hits = _hits(request, text) if text else []
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0][2])
    return render(request, "insights/search.html", {"q": text, "hits": hits})


def _hits(request: HttpRequest, text: str) -> list[tuple[str, str, str]]:
    """`(kind, title, url)` of everything that is called `text`."""
    hits: list[tuple[str, str, str]] = []
    if request.user.has_perm("core.orders_view"):
        wanted = Q(order_no=text)
        if text.isdigit() and len(text) >= 11:
            wanted |= Q(phone_key=vault.tag("phone", text[-11:]))
        if text[:1].upper() == "S" and text[1:].isdigit():
            wanted |= Q(suborders__id=int(text[1:]))
        found = select.visible_to(request.user).filter(wanted).distinct().order_by("-id")[:LIMIT]
        hits += [("order", order.order_no, reverse("oms:order", args=[order.pk])) for order in found]
    if request.user.has_perm("core.shipments_view"):
        number = Q(waybill_no=text)
        if text[:1].upper() == "P" and text[1:].isdigit():
            number |= Q(id=int(text[1:]))
        parcels = floor.parcels(request.user).filter(number)[:LIMIT]
        hits += [("parcel", f"P{p.pk} {p.waybill_no}", reverse("fulfillment:parcel", args=[p.pk])) for p in parcels]
    if request.user.has_perm("core.stock_view"):
        skus = Sku.objects.filter(Q(code__iexact=text) | Q(barcodes__code=text)).distinct()[:LIMIT]
        hits += [("sku", f"{sku.code} {sku.name}", reverse("oms:orders") + f"?sku={sku.code}") for sku in skus]
    return hits
