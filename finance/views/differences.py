"""The workbench: 平台 / 系统 / 差异, settled one by one or by the hundred."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.web.access import requires
from core.web.columns import Action, Branch, Column, Empty
from core.web.listing import ListPage, chosen_ids
from core.web.redirects import back
from finance.choices import CAUSE
from finance.filters import DifferenceFilter
from finance.models import Difference
from finance.selectors import statements as select
from finance.services import differences, handover


class DifferenceList(ListPage):
    """What a machine could not explain, and (by filter) what it could."""

    name = "finance.differences"
    permission = "finance_view"
    title = gettext_lazy("Differences")
    subtitle = gettext_lazy("What bills and orders do not agree on, and who settles it")
    template = "finance/differences.html"
    filterset = DifferenceFilter
    default_sort = "-id"
    tree_filter = "cause"
    tree_label = gettext_lazy("Cause")
    columns = (
        Column(
            name="order_ref", label=gettext_lazy("Order"), kind="code", template="finance/cells/order.html", fixed=True
        ),
        Column(name="cause", label=gettext_lazy("Cause"), template="finance/cells/cause.html", fixed=True),
        Column(name="side", label=gettext_lazy("Side"), template="finance/cells/side.html"),
        Column(name="platform_minor", label=gettext_lazy("Platform"), kind="money", sort="platform_minor"),
        Column(name="system_minor", label=gettext_lazy("System"), kind="money", sort="system_minor"),
        Column(
            name="gain_minor",
            label=gettext_lazy("Difference"),
            kind="money",
            template="finance/cells/gain.html",
            sort="gain_minor",
        ),
        Column(name="state", label=gettext_lazy("State"), kind="pill"),
        Column(name="owner", label=gettext_lazy("Owner"), template="finance/cells/owner.html"),
        Column(name="statement", label=gettext_lazy("Bill"), kind="code", template="finance/cells/statement.html"),
        Column(name="found_at", label=gettext_lazy("Found"), kind="ago", sort="found_at"),
    )
    actions = (
        Action(name="approve", label=gettext_lazy("Approve and write off"), icon="check", permission="finance_edit",
               tone="primary", confirm=gettext_lazy("Book the chosen differences as accepted?")),
        Action(name="reopen", label=gettext_lazy("Take back"), icon="arrow-back-up", permission="finance_edit"),
        Action(name="take", label=gettext_lazy("I take them"), icon="hand-grab", permission="finance_edit"),
        Action(name="to_cs", label=gettext_lazy("To customer service"), icon="headset", permission="finance_edit"),
    )  # fmt: skip
    batch_url = "finance:differences-batch"
    batch_note = gettext_lazy("Why")
    empty = Empty(
        title=gettext_lazy("Nothing to settle"),
        hint=gettext_lazy("Every line of every bill is matched or explained."),
        icon="circle-check",
    )

    def rows(self) -> QuerySet[Difference]:
        return select.differences_of(self.request.user)

    def tree(self) -> Sequence[Branch]:
        counts = select.cause_counts(self.request.user, self.request.GET.get("statement", ""))
        return [Branch(value, label, counts[value], alarm=True) for value, label in CAUSE if value in counts]


@requires("finance_edit")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Do one thing to the chosen differences, all or none."""
    note, name = request.POST.get("note", ""), request.POST.get("action", "")
    me = f"user:{request.user.get_username()}"
    actions: dict[str, Callable[[list[int]], int]] = {
        "approve": lambda ids: differences.approve(ids, note),
        "reopen": lambda ids: differences.reopen(ids, note),
        "take": lambda ids: differences.assign(ids, me),
        "to_cs": handover.hand_over,
    }
    try:
        if name not in actions:
            raise OneRopeError(_("Choose what to do."), code="no_action")
        ids = chosen_ids(request, select.differences_of(request.user), DifferenceFilter)
        done = actions[name](ids)
        messages.success(request, _("%(done)d of %(all)d differences changed.") % {"done": done, "all": len(ids)})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("finance:differences"))
