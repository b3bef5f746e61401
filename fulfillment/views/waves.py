"""Waves: what was made, how far it is, the list to walk by."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.web.access import requires
from core.web.columns import Branch, Column, Empty
from core.web.htmx import render_page
from core.web.listing import ListPage
from fulfillment.filters import WaveFilter
from fulfillment.models import Wave
from fulfillment.models.wave import WaveState
from fulfillment.selectors import floor
from fulfillment.services import waves
from fulfillment.services.picking import say


class WaveList(ListPage):
    name = "fulfillment.waves"
    permission = "waves_view"
    title = gettext_lazy("Waves")
    template = "fulfillment/waves.html"
    filterset = WaveFilter
    tree_filter = "state"
    tree_label = gettext_lazy("State")
    columns = (
        Column(name="wave", label=gettext_lazy("Wave"), value="pk", template="fulfillment/cells/wave.html", fixed=True),
        Column(name="kind", label=gettext_lazy("Kind"), template="fulfillment/cells/wave_kind.html"),
        Column(name="state", label=gettext_lazy("State"), kind="pill", fixed=True),
        Column(name="warehouse", label=gettext_lazy("Warehouse"), value="warehouse.name"),
        Column(name="orders", label=gettext_lazy("Orders"), kind="number"),
        Column(name="line_count", label=gettext_lazy("Lines"), kind="number"),
        Column(
            name="progress", label=gettext_lazy("Progress"), value="pk", template="fulfillment/cells/wave_progress.html"
        ),
        Column(
            name="walk",
            label=gettext_lazy("Walk / order by order"),
            value="pk",
            sort="metres",
            template="fulfillment/cells/wave_walk.html",
        ),
        Column(name="picker", label=gettext_lazy("Picker"), value="pk", template="fulfillment/cells/wave_picker.html"),
        Column(name="released_at", label=gettext_lazy("Released"), kind="ago"),
        Column(name="finished_at", label=gettext_lazy("Finished"), kind="ago"),
    )
    empty = Empty(
        title=gettext_lazy("No waves yet"),
        hint=gettext_lazy("Waves are made by themselves when sub-orders are reserved; or make them now."),
        icon="wave-sine",
    )

    def rows(self) -> QuerySet[Wave]:
        return floor.waves(self.request.user)

    def tree(self) -> list[Branch]:
        counts = floor.wave_counts(self.request.user)
        return [Branch(state.value, state.label, counts.get(state.value, 0)) for state in WaveState]

    def extra(self) -> dict[str, Any]:
        return {"waiting": floor.pool_size(self.request.user)}


@requires("waves_view")
def wave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The walk line by line; refreshed while it is running."""
    wave = floor.waves(request.user).filter(pk=pk).first()
    if wave is None:
        raise Http404
    lines = list(floor.wave_lines(wave))
    errors = list(floor.wave_errors(wave))
    for scan in errors:
        scan.words = say(scan.verdict).text  # type: ignore[attr-defined]
    context = {
        "wave": wave,
        "lines": lines,
        "errors": errors,
        "returns": floor.to_put_back(wave.task),
        "minutes": floor.walk_minutes(wave),
        "saved": 100 - 100 * wave.metres // wave.metres_apart if wave.metres_apart > wave.metres else 0,
        "may_cancel": wave.state in {"draft", "released"} and not any(line.picked_qty for line in lines),
    }
    return render_page(request, "fulfillment/wave.html", "fulfillment/_wave.html", context)


@requires("waves_edit")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Make and release waves now, in the user's warehouses; nobody waits for company."""
    made = 0
    for warehouse in floor.active_warehouses(request.user):
        while waves_made := waves.plan(warehouse, at_once=True):
            made += len(waves_made)
    messages.success(request, _("%(n)d waves released.") % {"n": made})
    return HttpResponseRedirect(reverse("fulfillment:waves"))


@requires("waves_edit")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a wave off that nobody has begun."""
    if not floor.waves(request.user).filter(pk=pk).exists():
        raise Http404
    try:
        waves.cancel(pk)
        messages.success(request, _("The wave is called off; its orders are back in the pool."))
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return HttpResponseRedirect(reverse("fulfillment:wave", args=[pk]))
