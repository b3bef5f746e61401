"""Products of platforms that nobody has matched to a SKU: matched once, every order that waits for them goes on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.models import Sku
from catalog.selectors.matching import Named
from catalog.selectors.suggestions import suggest
from core.web.access import requires
from core.web.redirects import back
from oms.choices import WHY_SUGGESTED
from oms.selectors import products
from oms.services import matching


@requires("listings_match")
@require_GET
def unmatched(request: HttpRequest) -> HttpResponse:
    return render(request, "oms/products.html", {"rows": products.unmatched(request.user), "most": products.SHOWN})


@requires("listings_match")
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """The likeliest SKUs of one product, asked for by its row: all names are compared, which takes a moment."""
    one, title = _named(request, request.GET)
    found = suggest(one.listing_id, one.merchant_code, title)
    context = {"suggestions": [(s, WHY_SUGGESTED[s.why]) for s in found], "one": one}
    return render(request, "oms/_suggestions.html", context)


@requires("listings_match")
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Say which SKU a product is."""
    one, _title = _named(request, request.POST)
    sku = Sku.objects.filter(code=request.POST.get("sku", "").strip(), is_active=True).first()
    if sku is None:
        messages.error(request, _("There is no such SKU."))
    else:
        helped = matching.settle(one, sku.pk)
        messages.success(request, _("Remembered. %(n)d orders go on.") % {"n": helped})
    return back(request, reverse("oms:products"))


def _named(request: HttpRequest, data: QueryDict) -> tuple[Named, str]:
    shop = data.get("shop", "")
    if not shop.isdecimal() or len(shop) > 18:
        raise Http404
    one = Named(int(shop), data.get("listing", "")[:120], data.get("code", "")[:120])
    title = products.title_of(request.user, one)
    if title is None:
        raise Http404
    return one, title
