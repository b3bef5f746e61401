"""The order workbench: one list, its filters in the URL, actions on many rows with an answer per row."""

from collections.abc import Callable, Sequence
from functools import partial

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
from oms.choices import ORDER_STATUS
from oms.filters import OrderFilter
from oms.models import Order
from oms.selectors import merges
from oms.selectors import orders as select
from oms.services import holds, merging, orders

MAX_BATCH = 500
SEALS = {
    "no_split": {"no_split": True}, "may_split": {"no_split": False}, "no_merge": {"no_merge": True},
    "may_merge": {"no_merge": False},
}  # fmt: skip


class OrderList(ListPage):
    """Newest first; sorted by what has to go out first when asked."""

    name = "oms.orders"
    permission = "orders_view"
    title = gettext_lazy("Orders")
    filterset = OrderFilter
    columns = (
        Column(name="order", label=gettext_lazy("Order"), template="oms/cells/order.html", fixed=True),
        Column(name="status", label=gettext_lazy("Status"), template="oms/cells/status.html"),
        Column(name="goods", label=gettext_lazy("Goods"), template="oms/cells/goods.html"),
        Column(name="paid", label=gettext_lazy("Paid"), value="paid_minor", kind="money"),
        Column(name="receiver", label=gettext_lazy("Receiver"), template="oms/cells/receiver.html"),
        Column(name="warehouse", label=gettext_lazy("Warehouse"), template="oms/cells/warehouses.html"),
        Column(name="received", label=gettext_lazy("Received"), value="captured_at", kind="ago", sort="id"),
        Column(name="ship_by", label=gettext_lazy("Ship by"), kind="ago", sort="ship_by"),
    )
    empty = Empty(
        title=gettext_lazy("No orders yet"), hint=gettext_lazy("They appear here as the platforms push them.")
    )
    tree_filter = "status"
    tree_label = gettext_lazy("Status")
    actions = (
        Action(name="hold", label=gettext_lazy("Hold"), icon="player-pause", permission="orders_edit"),
        Action(name="release", label=gettext_lazy("Release"), icon="check", permission="orders_edit"),
        Action(
            name="merge",
            label=gettext_lazy("Merge into one parcel"),
            icon="arrows-join",
            permission="orders_edit",
            confirm=gettext_lazy("Send the chosen orders in one parcel?"),
        ),
        Action(name="no_merge", label=gettext_lazy("Never merge"), icon="lock", permission="orders_edit"),
        Action(name="no_split", label=gettext_lazy("Never split"), icon="lock", permission="orders_edit"),
        Action(
            name="cancel",
            label=gettext_lazy("Cancel orders"),
            icon="x",
            permission="orders_edit",
            tone="danger",
            confirm=gettext_lazy("Cancel the chosen orders?"),
        ),
    )
    batch_url = "oms:orders-batch"
    batch_note = gettext_lazy("Reason")

    def rows(self) -> QuerySet[Order]:
        return select.for_list(self.request.user)

    def tree(self) -> list[Branch]:
        counts = select.status_counts(self.request.user)
        return [
            Branch(value, label, counts[value], alarm=value == "held", more=counts[value] >= select.COUNT_CAP)
            for value, label in ORDER_STATUS
        ]


@requires("orders_edit")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Hold, release, seal or cancel the chosen orders, each on its own: one refusal spoils no other. Or merge them all
    into one parcel."""
    visible = select.visible_to(request.user)
    note = request.POST.get("note", "").strip() or _("no reason given")
    try:
        ids = chosen_ids(request, visible, OrderFilter, limit=MAX_BATCH)
        if request.POST.get("action") == "merge":
            return _merge(request, ids, note)
        for_one = _action(request, note)
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
        return back(request, reverse("oms:orders"))
    done = 0
    for order_id, order_no in visible.filter(id__in=ids).values_list("id", "order_no"):
        try:
            for_one([order_id])
            done += 1
        except OneRopeError as exc:
            messages.error(request, f"{order_no}: {exc.message}")
    messages.success(request, _("%(done)d of %(all)d orders done.") % {"done": done, "all": len(ids)})
    return back(request, reverse("oms:orders"))


def _merge(request: HttpRequest, ids: Sequence[int], note: str) -> HttpResponse:
    merges.check_sees_company(request.user, ids)
    merging.merge(ids, note)
    messages.success(request, _("%(n)d orders leave in one parcel.") % {"n": len(ids)})
    return back(request, reverse("oms:orders"))


def _seal(request: HttpRequest, note: str, said: dict[str, bool], ids: Sequence[int]) -> None:
    merges.check_sees_company(request.user, ids)
    for order_id in ids:
        merging.seal(order_id, note, **said)


def _undo(request: HttpRequest, note: str, ids: Sequence[int]) -> None:
    merges.check_sees_company(request.user, ids)
    for order_id in ids:
        merging.undo(order_id, note)


def _action(request: HttpRequest, note: str) -> Callable[[Sequence[int]], None]:
    name = request.POST.get("action", "")
    actions: dict[str, Callable[[Sequence[int]], None]] = {
        "hold": lambda ids: holds.hold(ids, note),
        "release": lambda ids: holds.release(select.releasable_ids(request.user, ids), note),
        "cancel": lambda ids: orders.cancel(ids, note),
        "unmerge": partial(_undo, request, note),
        **{name: partial(_seal, request, note, said) for name, said in SEALS.items()},
    }
    if name not in actions:
        raise OneRopeError(_("Choose what to do."), code="no_action")
    return actions[name]
