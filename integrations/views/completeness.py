"""Whether every order is here: the platforms' counts against ours, hour by hour."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.web.access import requires
from core.web.htmx import render_page
from core.web.redirects import back
from integrations.selectors import completeness as select
from integrations.services.pull import hours


@requires("inbox_view")
@require_GET
def completeness(request: HttpRequest) -> HttpResponse:
    """`?shop=` is the one whose hours are shown, the first without it."""
    shops = select.shops(request.user)
    asked = request.GET.get("shop", "")
    chosen = next((row for row in shops if str(row.shop.pk) == asked), shops[0] if shops else None)
    context = {
        "shops": shops,
        "chosen": chosen,
        "hours": select.hours(request.user, chosen.shop.pk) if chosen else [],
        "gaps": (gaps := select.gaps(request.user)),
        "stuck": select.stuck(request.user),
        "missing": sum(len(gap.hour.missing) for gap in gaps),
    }
    return render_page(request, "integrations/completeness.html", "integrations/_completeness.html", context)


@requires("inbox_replay")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one hour anew; pressing it again changes nothing."""
    row = select.visible_hour(request.user, pk)
    if row is None:
        raise Http404
    hours.ask_again(row.pk)
    messages.success(request, _("This hour is being pulled again."))
    return back(request, reverse("integrations:completeness"))
