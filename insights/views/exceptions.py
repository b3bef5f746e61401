"""The exception inbox: everything that waits for a person, whatever step it hangs in, with what would help."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from catalog.models import Shop, Warehouse
from catalog.selectors.choices import shops, warehouses
from core import worklist
from core.errors import OneRopeError
from core.models import Job, OpenException
from core.permissions import ROLE_LABELS
from core.selectors import worklist as select
from core.services import worklist as service
from core.web.access import requires, user_id
from core.web.columns import Action, Branch, Column, Empty
from core.web.htmx import render_page
from core.web.listing import ListPage, chosen_ids
from core.web.redirects import back
from core.worklist import STEPS, Step

STEP = "step."  # before a step among the values of the filter `reason`


def _reasons() -> list[tuple[str, Any]]:
    return [(f"{STEP}{step}", label) for step, label in STEPS.items()] + [
        (reason.code, reason.label) for reason in worklist.reasons()
    ]


class ExceptionFilter(django_filters.FilterSet):
    """`reason` takes a reason's code or `step.<step>`; `q` what a row is about."""

    reason = django_filters.ChoiceFilter(choices=_reasons, method="because", label=gettext_lazy("Reason"))
    q = django_filters.CharFilter(method="search", label=gettext_lazy("Order, parcel, message"))
    late = django_filters.BooleanFilter(method="is_late", label=gettext_lazy("Overdue"))
    mine = django_filters.BooleanFilter(method="is_mine", label=gettext_lazy("Mine"))
    shop = django_filters.ModelChoiceFilter(queryset=shops, method="of_shop", label=gettext_lazy("Shop"))
    warehouse = django_filters.ModelChoiceFilter(
        queryset=warehouses, method="at_warehouse", label=gettext_lazy("Warehouse")
    )
    owner = django_filters.CharFilter(label=gettext_lazy("Owner"))

    class Meta:
        model = OpenException
        fields: list[str] = []

    def because(self, rows: QuerySet[OpenException], name: str, value: str) -> QuerySet[OpenException]:
        if not value.startswith(STEP):
            return rows.filter(reason=value)
        step = value.removeprefix(STEP)
        return rows.filter(reason__in=[reason.code for reason in worklist.reasons() if reason.step == step])

    def search(self, rows: QuerySet[OpenException], name: str, value: str) -> QuerySet[OpenException]:
        return rows.filter(about__iexact=value.strip())

    def is_late(self, rows: QuerySet[OpenException], name: str, value: bool) -> QuerySet[OpenException]:
        late = Q(left="late")  # an annotation of `with_clocks`
        return rows.filter(late if value else ~late)

    def is_mine(self, rows: QuerySet[OpenException], name: str, value: bool) -> QuerySet[OpenException]:
        mine = Q(owner=_me(self.request))
        return rows.filter(mine if value else ~mine)

    def of_shop(self, rows: QuerySet[OpenException], name: str, value: Shop) -> QuerySet[OpenException]:
        return rows.filter(shop_id=value.pk)

    def at_warehouse(self, rows: QuerySet[OpenException], name: str, value: Warehouse) -> QuerySet[OpenException]:
        return rows.filter(warehouse_id=value.pk)


class ExceptionInbox(ListPage):
    """What is due first comes first."""

    name = "oms.exceptions"
    permission = "orders_view"
    title = gettext_lazy("Exceptions")
    subtitle = gettext_lazy("Only what needs a person, with the reason and the fix at hand")
    filterset = ExceptionFilter
    default_sort = "due"
    template = "insights/exceptions.html"
    columns = (
        Column(name="about", label=gettext_lazy("About"), template="insights/cells/about.html", fixed=True),
        Column(name="reason", label=gettext_lazy("Reason"), template="insights/cells/reason.html", fixed=True),
        Column(name="fix", label=gettext_lazy("Suggested fix"), template="insights/cells/fix.html", fixed=True),
        Column(name="owner", label=gettext_lazy("Owner"), template="insights/cells/owner.html", sort="owner"),
        Column(name="due", label=gettext_lazy("Due"), template="insights/cells/due.html", sort="due"),
        Column(name="waiting", label=gettext_lazy("Waiting"), value="since", kind="ago", sort="since"),
    )
    empty = Empty(
        title=gettext_lazy("Nothing is waiting for a person"),
        hint=gettext_lazy("Everything is on its way by itself."),
        icon="circle-check",
    )
    tree_filter = "reason"
    tree_label = gettext_lazy("Step and reason")
    actions = (
        Action(name="fix", label=gettext_lazy("Do what is suggested"), icon="bolt", permission="holds_release",
               tone="primary", confirm=gettext_lazy("Do what is suggested about all chosen rows?")),
        Action(name="release", label=gettext_lazy("Release"), icon="check", permission="holds_release"),
        Action(name="take", label=gettext_lazy("Take over"), icon="hand-grab", permission="holds_release"),
        Action(name="give", label=gettext_lazy("Pass on"), icon="user", permission="holds_release"),
    )  # fmt: skip
    batch_url = "insights:exceptions-act"
    batch_note = gettext_lazy("Reason")

    def rows(self) -> QuerySet[OpenException]:
        return select.with_clocks(select.visible_to(self.request.user))

    def tree(self) -> list[Branch]:
        counts = select.counts(self.request.user)
        branches = []
        for step, label in STEPS.items():
            found = [one for one in worklist.reasons() if one.step == step and one.code in counts]
            if found:
                total = sum(counts[one.code] for one in found)
                branches.append(Branch(f"{STEP}{step}", label, total, alarm=True))
                branches += [Branch(one.code, f"　{one.label}", counts[one.code]) for one in found]
        return branches

    def extra(self) -> dict[str, Any]:
        return {"choices": [("to", _("Pass on to"), _people())]}

    def _context(self) -> dict[str, Any]:
        context = super()._context()
        _tell(context["page"].rows, self.request)
        return context


def _people() -> list[tuple[str, Any]]:
    """Whom something can be handed to: roles, and everybody who works on exceptions."""
    working = User.objects.filter(is_active=True, groups__permissions__codename="holds_release").distinct()
    names = working.order_by("username").values_list("username", flat=True)
    roles = [(role, ROLE_LABELS[role]) for role in ("ops", "cs", "master", "finance")]
    return [*roles, *((f"user:{name}", name) for name in names)]


def _tell(rows: Iterable[OpenException], request: HttpRequest) -> None:
    """Give the rows of a page what their cells say."""
    offers = select.offers(rows, request.user)
    more = _explained(rows)
    for row in rows:
        kind, reason = worklist.kind_of(row.pk), worklist.reason(row.reason)
        row.label, row.hint, row.step = reason.label, reason.hint, STEPS[Step(reason.step)]  # type: ignore[attr-defined]
        row.words = kind.says(row.detail) if row.detail else ""  # type: ignore[attr-defined]
        row.more = more.get(row.pk, ())  # type: ignore[attr-defined]
        row.url = _address(kind, row)  # type: ignore[attr-defined]
        row.cure = reason.fix if row.pk in offers else None  # type: ignore[attr-defined]
        row.offer = offers.get(row.pk, "")  # type: ignore[attr-defined]


def _explained(rows: Iterable[OpenException]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for kind in worklist.kinds():
        same = {row.ref: row.pk for row in rows if row.kind == kind.number}
        if same and kind.explains is not None:
            found |= {same[ref]: lines for ref, lines in kind.explains(same).items()}
    return found


def _address(kind: worklist.Kind, row: OpenException) -> str:
    if not kind.page:
        return ""
    url = reverse(kind.page, args=[row.target] if row.target else [])
    return f"{url}?{kind.query}={row.about}" if kind.query else url


def _me(request: HttpRequest) -> str:
    return f"user:{request.user.get_username()}"


@requires("orders_view", "holds_release")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Fix, release, take or hand over the chosen rows. `one` is a single row whose own button was pressed."""
    user, note = request.user, service.note_of(request.POST.get("note", ""))
    visible = select.with_clocks(select.visible_to(user))
    name, one = request.POST.get("action", ""), request.POST.get("one", "")
    try:
        if one:
            keys, name = list(visible.filter(pk=one).values_list("pk", flat=True)) if one.isdecimal() else [], "fix"
        else:
            keys = chosen_ids(request, visible, ExceptionFilter)
        if name in {"fix", "release"}:
            if len(keys) > service.AT_ONCE:
                codes = [code.removeprefix("core.") for code in user.get_all_permissions()]
                job = service.enqueue(name, keys, note, codes, user_id(request))
                return HttpResponseRedirect(reverse("insights:exceptions-job", args=[job.pk]))
            _report(request, keys, service.settle(name, service.with_keys(keys), note, _may(request)))
        elif name in {"take", "give"}:
            owner = _me(request) if name == "take" else request.POST.get("to", "")
            if owner not in dict(_people()) and name == "give":
                raise OneRopeError(_("Choose to whom."), code="no_owner")
            done = service.give(service.with_keys(keys), owner)
            messages.success(request, _("%(n)d exceptions changed hands.") % {"n": done})
        else:
            raise OneRopeError(_("Choose what to do."), code="no_action")
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("insights:exceptions"))


def _may(request: HttpRequest) -> Callable[[str], bool]:
    return lambda code: request.user.has_perm(f"core.{code}")


def _report(request: HttpRequest, keys: list[int], refused: dict[int, str]) -> None:
    """Say how many are settled, and each different refusal once."""
    if done := len(keys) - len(refused):
        messages.success(request, _("%(n)d exceptions done.") % {"n": done})
    for why in sorted(set(refused.values())):
        count = sum(one == why for one in refused.values())
        messages.error(request, f"×{count} {why}" if count > 1 else why)


@requires("orders_view")
@require_GET
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A large batch of one's own while it runs, with what was refused and why."""
    job = get_object_or_404(Job, pk=pk, kind=service.JOB_KIND, created_by=request.user.pk)
    context = {"job": job, "url": request.path}
    return render_page(request, "insights/exceptions_job.html", "components/job.html", context)
