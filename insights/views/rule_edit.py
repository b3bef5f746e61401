"""The form of one rule: rows of conditions that are added and typed as one writes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.errors import Conflict, OneRopeError
from core.selectors import rules as select
from core.services import rules
from core.web.access import requires
from insights.rule_form import Row, RuleForm, of_post, of_row, of_rule
from insights.views.rules import kind_or_404


@requires("rules_edit")
def edit(request: HttpRequest, kind: str, position: int = 0) -> HttpResponse:
    """Rule number `position` of the version at hand; 0: a new one. What is saved goes into the draft."""
    known, at_hand = kind_or_404(kind), select.working(kind)
    if request.method != "POST":
        written = select.as_rows(at_hand)
        if position > len(written):
            raise Http404
        rule = written[position - 1] if position else None
        return _page(request, of_rule(known, rule, rules.token(at_hand)))
    form = of_post(known, request.POST)
    if remove := request.POST.get("remove"):
        form.rows = [row for row in form.rows if row.key != remove]
        return _page(request, form)
    if request.POST.get("action") != "save":  # the page without JavaScript: another row, or the inputs of a new field
        form.rows += [Row(known)] if request.POST.get("action") == "row" else []
        return _page(request, form)
    return _save(request, form)


def _save(request: HttpRequest, form: RuleForm) -> HttpResponse:
    kind, rule = form.known.kind, form.rule()
    if rule is None:
        return _page(request, form, status=422)
    try:
        rule_set = rules.put(kind, rule, replaces=form.replaces, seen=form.seen)
    except OneRopeError as exc:
        form.errors.append(str(exc.message))
        return _page(request, form, status=409 if isinstance(exc, Conflict) else 422)
    messages.success(request, _("Saved in draft version %(n)d. It counts once it is live.") % {"n": rule_set.version})
    return HttpResponseRedirect(reverse("insights:rules-kind", args=[kind]))


def _page(request: HttpRequest, form: RuleForm, status: int = 200) -> HttpResponse:
    return render(request, "insights/rule_form.html", {"form": form, "known": form.known}, status=status)


@requires("rules_edit")
@require_GET
def row(request: HttpRequest, kind: str) -> HttpResponse:
    """One row of the form as its field and comparison now ask for it; an empty one without a `key`."""
    known, key = kind_or_404(kind), request.GET.get("key", "")
    one = of_row(known, request.GET, key) if key else Row(known)
    return render(request, "insights/_condition.html", {"row": one, "known": known})
