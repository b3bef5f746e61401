"""Rules on screen: the live version, its draft successor, a dry run over past orders, publishing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import vocabulary
from core.errors import OneRopeError
from core.models import RuleSet
from core.services import rules
from core.web.access import requires
from oms.services.dry_run import dry_run

EMPTY_ROWS = 2
OPERATORS = [
    ("gt", gettext_lazy("more than")),
    ("gte", gettext_lazy("at least")),
    ("lt", gettext_lazy("less than")),
    ("lte", gettext_lazy("at most")),
    ("eq", gettext_lazy("is")),
    ("ne", gettext_lazy("is not")),
    ("in", gettext_lazy("one of (commas)")),
    ("not_in", gettext_lazy("none of (commas)")),
    ("contains", gettext_lazy("contains")),
]


@requires("rules_view")
def rule_sets(request: HttpRequest) -> HttpResponse:
    live = {s.kind: s for s in RuleSet.objects.filter(status="live").prefetch_related("rules")}
    drafts = {s.kind: s for s in RuleSet.objects.filter(status="draft").order_by("version")}
    kinds = [(kind, live.get(kind.kind), drafts.get(kind.kind)) for kind in vocabulary.all_kinds().values()]
    return render(request, "insights/rules.html", {"kinds": kinds})


@requires("rules_view")
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest version of a kind as a form: save as a draft, try it, publish it."""
    if kind not in vocabulary.all_kinds():
        raise Http404
    if request.method == "POST":
        return _save(request, kind)
    newest = RuleSet.objects.filter(kind=kind).order_by("-version").first()
    return _page(request, kind, newest)


def _page(request: HttpRequest, kind: str, rule_set: RuleSet | None, tried: Any = None) -> HttpResponse:
    known = vocabulary.get(kind)
    rows = [] if rule_set is None else list(rule_set.rules.order_by("position"))
    context = {
        "known": known,
        "rule_set": rule_set,
        "rows": rows,
        "new": range(EMPTY_ROWS),
        "operators": OPERATORS,
        "history": RuleSet.objects.filter(kind=kind).order_by("-version")[:10],
        "tried": tried,
        "can_edit": request.user.has_perm("core.rules_edit"),
    }
    return render(request, "insights/rules_edit.html", context)


@requires("rules_edit")
def _save(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        rule_set = rules.draft(kind, _parse(request, kind), request.POST.get("note", ""))
        if request.POST.get("action") == "try" and kind == "risk":
            return _page(request, kind, rule_set, dry_run(rule_set.pk))
        if request.POST.get("action") == "publish":
            rules.publish(rule_set.pk)
            messages.success(request, _("Version %(n)d is live.") % {"n": rule_set.version})
        else:
            messages.success(request, _("Draft version %(n)d saved.") % {"n": rule_set.version})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return HttpResponseRedirect(reverse("insights:rules-edit", args=[kind]))


def _parse(request: HttpRequest, kind: str) -> list[dict[str, Any]]:
    """The form's rows: `name`, conditions as `field op value` triples, and the action's values."""
    known, result = vocabulary.get(kind), []
    for index in range(int(request.POST.get("count") or 0)):
        name = request.POST.get(f"name-{index}", "").strip()
        if not name:
            continue
        conditions = []
        triples = zip(
            request.POST.getlist(f"field-{index}"),
            request.POST.getlist(f"op-{index}"),
            request.POST.getlist(f"value-{index}"),
            strict=False,
        )
        for field, op, value in triples:
            if field:
                conditions.append(
                    {"field": field, "op": op, "value": _typed(known.facts.get(field), op, value.strip())}
                )
        action = {key: request.POST.get(f"action-{index}-{key}", "").strip() for key in known.actions}
        result.append({"name": name, "conditions": conditions, "action": {k: v for k, v in action.items() if v}})
    return result


def _typed(kind: type | None, op: str, text: str) -> Any:
    if op in {"in", "not_in"}:
        return [_typed(kind, "eq", part.strip()) for part in text.split(",") if part.strip()]
    if kind is int:
        return int(text) if text.lstrip("-").isdigit() else text
    if kind is bool:
        return text.lower() in {"1", "true", "yes", "是"}
    return text
