"""The exception queue: every order that waits for a person, with the reason, an owner and what would help."""

from typing import Any

import django_filters
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
from oms.choices import HOLD_FIX, HOLD_REASON
from oms.models import Hold
from oms.selectors import orders as select
from oms.services import holds


class HoldFilter(django_filters.FilterSet):
    reason = django_filters.ChoiceFilter(choices=HOLD_REASON, label=gettext_lazy("Reason"))
    owner = django_filters.CharFilter(label=gettext_lazy("Owner"))
    q = django_filters.CharFilter(field_name="order__order_no", label=gettext_lazy("Order number"))

    class Meta:
        model = Hold
        fields: list[str] = []


class ExceptionQueue(ListPage):
    """Only what needs a person, with the reason and the fix at hand."""

    name = "oms.exceptions"
    permission = "orders_view"
    title = gettext_lazy("Exceptions")
    subtitle = gettext_lazy("Only what needs a person, with the reason and the fix at hand")
    filterset = HoldFilter
    columns = (
        Column(name="order", label=gettext_lazy("Order"), template="oms/cells/held_order.html", fixed=True),
        Column(name="reason", label=gettext_lazy("Reason"), template="oms/cells/reason.html"),
        Column(name="fix", label=gettext_lazy("Suggested fix"), template="oms/cells/fix.html", fixed=True),
        Column(name="owner", label=gettext_lazy("Owner"), template="oms/cells/owner.html", sort="owner"),
        Column(name="waiting", label=gettext_lazy("Waiting"), value="opened_at", kind="ago", sort="opened_at"),
    )
    empty = Empty(
        title=gettext_lazy("Nothing is waiting for a person"),
        hint=gettext_lazy("Every order is on its way by itself."),
        icon="circle-check",
    )
    tree_filter = "reason"
    tree_label = gettext_lazy("Reason")
    actions = (
        Action(name="take", label=gettext_lazy("Take over"), icon="hand-grab", permission="holds_release"),
        Action(name="release", label=gettext_lazy("Release"), icon="check", permission="holds_release", tone="primary"),
    )
    batch_url = "oms:exceptions-batch"
    batch_note = gettext_lazy("Reason")

    def rows(self) -> QuerySet[Hold]:
        return select.open_holds(self.request.user)

    def tree(self) -> list[Branch]:
        counts = select.hold_counts(self.request.user)
        return [Branch(value, label, counts[value], alarm=True) for value, label in HOLD_REASON if value in counts]

    def extra(self) -> dict[str, Any]:
        return {"fixes": HOLD_FIX, "can_match": self.request.user.has_perm("core.listings_match")}


@requires("holds_release")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Take or release the chosen exceptions."""
    note = request.POST.get("note", "").strip() or _("no reason given")
    try:
        ids = chosen_ids(request, select.releasable(request.user), HoldFilter)
        if not ids:
            raise OneRopeError(_("None of these is yours to release: finance checks are finance's, the rest is not."))
        if request.POST.get("action") == "take":
            holds.take(ids)
        else:
            holds.release(ids, note)
        messages.success(request, _("%(n)d exceptions done.") % {"n": len(ids)})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("oms:exceptions"))
