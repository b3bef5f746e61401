"""The merge queue: orders of one receiver that could leave in one parcel, and that wait for somebody's word."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.selectors.choices import shops
from core.errors import OneRopeError
from core.web.access import requires
from core.web.columns import Action, Column, Empty
from core.web.listing import ListPage, chosen_ids
from core.web.redirects import back
from oms.models import MergeProposal
from oms.selectors import merges as select
from oms.services import merge_rules

MAX_BATCH = 200


class ProposalFilter(django_filters.FilterSet):
    shop = django_filters.ModelChoiceFilter(queryset=shops, method="of_shop", label=gettext_lazy("Shop"))
    q = django_filters.CharFilter(method="search", label=gettext_lazy("Order number"))

    class Meta:
        model = MergeProposal
        fields: list[str] = []

    def of_shop(self, queryset: QuerySet[MergeProposal], name: str, value: Any) -> QuerySet[MergeProposal]:
        return queryset.filter(shop_ids__contains=[value.pk])

    def search(self, queryset: QuerySet[MergeProposal], name: str, value: str) -> QuerySet[MergeProposal]:
        return queryset.filter(order_ids__overlap=select.order_ids(value.strip()))


class MergeQueue(ListPage):
    """What a rule would merge, and does not by itself."""

    name = "oms.merges"
    permission = "orders_view"
    title = gettext_lazy("Merges")
    subtitle = gettext_lazy("Orders of one receiver that could leave in one parcel")
    filterset = ProposalFilter
    columns = (
        Column(name="orders", label=gettext_lazy("Orders"), template="oms/cells/merge_orders.html", fixed=True),
        Column(name="receiver", label=gettext_lazy("Receiver"), template="oms/cells/merge_receiver.html"),
        Column(name="goods", label=gettext_lazy("Together"), template="oms/cells/merge_goods.html"),
        Column(name="why", label=gettext_lazy("Rule"), value="rule"),
        Column(name="since", label=gettext_lazy("Waiting"), value="proposed_at", kind="ago"),
    )
    empty = Empty(
        title=gettext_lazy("No orders to merge"),
        hint=gettext_lazy("Orders of one receiver appear here when a rule proposes to send them together."),
        icon="circle-check",
    )
    actions = (
        Action(name="merge", label=gettext_lazy("Merge"), icon="arrows-join", permission="orders_edit", tone="primary"),
        Action(name="decline", label=gettext_lazy("Leave apart"), icon="x", permission="orders_edit"),
    )
    batch_url = "oms:merges-batch"
    batch_note = gettext_lazy("Reason")

    def rows(self) -> QuerySet[MergeProposal]:
        return select.proposals(self.request.user)

    def prepare(self, rows: Sequence[MergeProposal]) -> None:
        found = select.orders_of(rows)
        for row in rows:
            row.orders = [found[order_id] for order_id in row.order_ids]  # type: ignore[attr-defined] # for the cells


@requires("orders_edit")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Merge or decline the chosen proposals, each on its own: one refusal spoils no other."""
    note = request.POST.get("note", "").strip()
    act = {"merge": merge_rules.accept, "decline": merge_rules.decline}.get(request.POST.get("action", ""))
    done = left = 0
    try:
        if act is None:
            raise OneRopeError(_("Choose what to do."), code="no_action")
        ids = chosen_ids(request, select.proposals(request.user), ProposalFilter, limit=MAX_BATCH)
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
        return back(request, reverse("oms:merges"))
    for proposal_id in ids:
        try:
            left += act(proposal_id, note)
            done += 1
        except OneRopeError as exc:
            messages.error(request, str(exc.message))
    if done:
        messages.success(request, _("%(done)d of %(all)d done.") % {"done": done, "all": len(ids)})
    if left:
        messages.warning(request, _("%(n)d orders lie in another warehouse and leave by themselves.") % {"n": left})
    return back(request, reverse("oms:merges"))
