from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.web.access import requires
from core.web.paging import paged
from fulfillment.selectors import floor
from fulfillment.services import waves
from oms.models import SubOrder


@requires("waves_view")
def wave_list(request: HttpRequest) -> HttpResponse:
    allowed = floor.warehouses_of(request.user)
    pool = SubOrder.objects.filter(status="reserved", order__open_holds=0)
    waiting = (pool if allowed is None else pool.filter(warehouse_id__in=allowed)).count()
    page = paged(floor.waves(request.user), request.GET)
    return render(request, "fulfillment/waves.html", {"page": page, "waiting": waiting})


@requires("waves_view")
def wave_page(request: HttpRequest, pk: int) -> HttpResponse:
    wave = floor.waves(request.user).filter(pk=pk).first()
    if wave is None:
        raise Http404
    return render(request, "fulfillment/wave.html", {"wave": wave, "lines": floor.wave_lines(wave)})


@requires("waves_edit")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Make and release waves now, in the user's warehouses."""
    made = [wave for warehouse in floor.active_warehouses(request.user) for wave in waves.plan(warehouse)]
    messages.success(request, _("%(n)d waves released.") % {"n": len(made)})
    return HttpResponseRedirect(reverse("fulfillment:waves"))
