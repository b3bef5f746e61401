"""Rules on screen: every kind, one kind's rules with what is wrong with them, and what may be done to each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import vocabulary
from core.errors import OneRopeError
from core.models import Rule, RuleSet
from core.selectors import rules as select
from core.services import rules
from core.vocabulary import RuleKind
from core.web.access import requires
from core.web.redirects import back
from core.web.rule_words import decides, say
from insights.selectors import rule_report
from oms.choices import STEP
from oms.domain.status import HOLD_BLOCKS, HoldReason
from oms.models import Rescreening


def kind_or_404(kind: str) -> RuleKind:
    if kind not in vocabulary.all_kinds():
        raise Http404
    return vocabulary.get(kind)


@requires("rules_view")
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind with its versions in force and how many of its rules need a look."""
    in_force: dict[str, dict[str, RuleSet]] = {}
    for rule_set in RuleSet.objects.exclude(status="retired").prefetch_related("rules"):
        in_force.setdefault(rule_set.kind, {})[rule_set.status] = rule_set
    rows = []
    for known in vocabulary.all_kinds().values():
        found = in_force.get(known.kind, {})
        live = found.get("live")
        current = list(live.rules.all()) if live else []
        doubts = rule_report.pointed_out(known, current, rule_report.hits(known.kind) if known.shadows else {})
        rows.append({"kind": known, **found, "rules": current, "doubts": len(doubts)})
    return render(request, "insights/rules.html", {"rows": rows})


@requires("rules_view")
def one_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """The rules of the draft, or of the live version when there is no draft."""
    known, rule_set = kind_or_404(kind), select.working(kind)
    found = {row.status: row for row in select.versions(kind).exclude(status="retired")}
    written = list(rule_set.rules.order_by("position")) if rule_set else []
    hits = rule_report.hits(kind) if known.shadows else {}
    doubts = rule_report.pointed_out(known, written, hits)
    context = {
        "known": known, "rule_set": rule_set, "live": found.get("live"), "shadow": found.get("shadow"),
        "draft": found.get("draft"), "rows": [_row(known, rule, hits, doubts) for rule in written],
        "seen": rules.token(rule_set), "walk": _walk(known, found.get("live")), "tab": "rules",
        "can_edit": request.user.has_perm("core.rules_edit"),
    }  # fmt: skip
    return render(request, "insights/rule_kind.html", context)


def _row(known: RuleKind, rule: Rule, hits: dict[str, rule_report.Hits], doubts: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule": rule,
        "conditions": say(known, rule.conditions),
        "decides": decides(known, rule.action),
        "blocks": blocks(known, rule.action),
        "hits": hits.get(rule.name, rule_report.Hits()),
        "doubts": doubts.get(rule.name, []) if rule.enabled else [],
    }


def blocks(known: RuleKind, action: dict[str, Any]) -> list[str]:
    """The steps that a risk rule's hold keeps from happening, in words."""
    if known.kind != "risk":
        return []
    reason = HoldReason(action.get("hold", HoldReason.RULE))
    return [str(words) for step, words in STEP.items() if step in HOLD_BLOCKS[reason]]


def _walk(known: RuleKind, live: RuleSet | None) -> Rescreening | None:
    """How far the orders at hand have been screened by the live version."""
    if not known.shadows or live is None:
        return None
    return Rescreening.objects.filter(rule_set_id=live.pk).first()


@requires("rules_edit")
@require_POST
def act(request: HttpRequest, kind: str) -> HttpResponse:
    """Move, rest, wake or drop one rule; every one of these makes or changes the draft."""
    kind_or_404(kind)
    name, seen, what = (request.POST.get(key, "") for key in ("name", "seen", "action"))
    try:
        if what in {"up", "down"}:
            rules.move(kind, name, -1 if what == "up" else 1, seen=seen)
        elif what in {"rest", "wake"}:
            rules.switch(kind, name, enabled=what == "wake", seen=seen)
        elif what == "drop":
            rules.drop(kind, name, seen=seen)
        else:
            raise Http404
        messages.success(request, _("Changed in the draft. It counts once the draft is live."))
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("insights:rules-kind", args=[kind]))
