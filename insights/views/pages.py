"""The dashboard, and the unit-cost calculator."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.web.access import requires
from finance.domain.unit_cost import AUTOMATED, BY_HAND, unit_cost
from insights.selectors import kpi


@requires("dashboard_view")
def dashboard(request: HttpRequest) -> HttpResponse:
    names = {
        "held": _("Exceptions"), "ready": _("To allocate"), "backordered": _("Out of stock"), "reserved": _("Pool"),
        "waved": _("Picking"), "picked": _("To pack"), "packed": _("To hand over"), "shipped": _("On the way"),
    }  # fmt: skip
    funnel = [{**step, "label": names[step["key"]]} for step in kpi.funnel()]
    context = {"figures": kpi.figures(), "stages": kpi.stages(), "funnel": funnel}
    return render(request, "insights/dashboard.html", context)


class CostForm(forms.Form):
    """The calculator's terms, in yuan, minutes and shares."""

    hourly = forms.DecimalField(label=_("Wage per hour (yuan)"), min_value=0, max_digits=8, decimal_places=2)
    minutes = forms.DecimalField(label=_("Minutes per order"), min_value=0, max_digits=6, decimal_places=2)
    rework = forms.DecimalField(label=_("Rework cost per error (yuan)"), min_value=0, max_digits=8, decimal_places=2)
    error_rate = forms.DecimalField(
        label=_("Errors per order"), min_value=0, max_value=1, max_digits=7, decimal_places=5
    )
    fee = forms.DecimalField(label=_("System fee per month (yuan)"), min_value=0, max_digits=10, decimal_places=2)
    orders = forms.IntegerField(label=_("Orders per month"), min_value=1, max_value=1_000_000_000)


@requires("dashboard_view")
def calculator(request: HttpRequest) -> HttpResponse:
    """Unit cost by the founding document's formula, term by term."""
    terms = {name: getattr(BY_HAND, name) for name in CostForm.base_fields}
    form = CostForm(request.GET or None, initial=terms)
    result = unit_cost(**(form.cleaned_data if form.is_valid() else terms))
    examples = [
        (e, unit_cost(**{name: getattr(e, name) for name in CostForm.base_fields})) for e in (BY_HAND, AUTOMATED)
    ]
    return render(request, "insights/calculator.html", {"form": form, "result": result, "examples": examples})
