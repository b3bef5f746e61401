"""Versions of a kind of rules: who made them and why, what changed, what they would have done, what they found in the
shadow; and the steps of their life."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.models import RuleSet
from core.selectors import rules as select
from core.services import rules
from core.vocabulary import RuleKind
from core.web.access import requires
from core.web.redirects import back
from core.web.rule_words import decides, say
from insights.selectors import rule_report
from insights.views.rules import blocks, kind_or_404
from oms.selectors.orders import visible_to
from oms.services.dry_run import dry_run

_SAID = {
    "publish": gettext_lazy("Version %(n)d is live."),
    "shadow": gettext_lazy("Version %(n)d is asked in the shadow."),
    "discard": gettext_lazy("Version %(n)d is given up."),
}
SHOWN = 50
DAYS = (1, 7, 30)


def _version(kind: str, version: int) -> tuple[RuleKind, RuleSet]:
    return kind_or_404(kind), get_object_or_404(RuleSet, kind=kind, version=version)


def _page(request: HttpRequest, template: str, known: RuleKind, rule_set: RuleSet, **more: Any) -> HttpResponse:
    can_edit = request.user.has_perm("core.rules_edit")
    return render(request, template, {"known": known, "rule_set": rule_set, "can_edit": can_edit, **more})


@requires("rules_view")
def versions(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest versions, each with what it changed."""
    known, found = kind_or_404(kind), list(select.versions(kind).prefetch_related("rules")[: SHOWN + 1])
    rows = [(one, select.differences(other, one)) for one, other in zip_longest(found, found[1:])]
    return render(request, "insights/rule_versions.html", {"known": known, "rows": rows[:SHOWN], "tab": "versions"})


@requires("rules_view")
def version(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """One version beside another (`against`; the one before it)."""
    known, rule_set = _version(kind, version)
    against = request.GET.get("against", "")
    older = select.versions(kind).filter(version__lt=version)
    other = get_object_or_404(RuleSet, kind=kind, version=against) if against.isdigit() else older.first()
    changes = [
        {"name": one.name, "what": one.what, "before": _told(known, one.before), "after": _told(known, one.after)}
        for one in select.differences(other, rule_set)
    ]
    others = select.versions(kind).exclude(pk=rule_set.pk)[:SHOWN]
    return _page(
        request, "insights/rule_version.html", known, rule_set, other=other, changes=changes, others=others,
        tab="versions",
    )  # fmt: skip


def _told(known: RuleKind, row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "conditions": say(known, row["conditions"]),
        "decides": decides(known, row["action"]),
        "blocks": blocks(known, row["action"]),
        "enabled": row["enabled"],
    }


@requires("rules_view", "orders_view")
def tried(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """What the version would have done to the orders of the last days that the user sees."""
    known, rule_set = _version(kind, version)
    if not known.shadows:
        raise Http404
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in DAYS else DAYS[1]
    told = dry_run(select.read(rule_set.pk, version), visible_to(request.user), days)
    return _page(request, "insights/rule_tried.html", known, rule_set, tried=told, days=DAYS, tab="try")


@requires("rules_view", "orders_view")
def shadow(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """What the version found while it was asked beside the live one."""
    known, rule_set = _version(kind, version)
    if not known.shadows:
        raise Http404
    found = rule_report.shadowed(request.user, rule_set)
    newest = [{**hit, "facts": say(known, hit["facts"])} for hit in found.newest]
    return _page(request, "insights/rule_shadow.html", known, rule_set, found=found, newest=newest, tab="shadow")


@requires("rules_edit")
@require_POST
def life(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """Into the shadow, live, given up, or made the draft again; with a reason."""
    known, rule_set = _version(kind, version)
    what, note = request.POST.get("action", ""), request.POST.get("note", "").strip()
    steps = {"publish": rules.publish, "discard": rules.discard}
    if known.shadows:
        steps["shadow"] = rules.shadow
    try:
        if what == "restore":
            restored = rules.restore(rule_set.pk)
            messages.success(request, _("Draft version %(n)d says the same.") % {"n": restored.version})
        elif what not in steps:
            raise Http404
        elif not note and what != "discard":
            messages.error(request, _("Say why: the next one to read it will ask."))
        else:
            steps[what](rule_set.pk, note)
            messages.success(request, str(_SAID[what]) % {"n": version})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("insights:rules-kind", args=[kind]))
