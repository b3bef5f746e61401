"""One order's money: what it brought and cost, what the bills and the books say."""

from django.http import Http404, HttpRequest, HttpResponse

from core.web.access import requires
from core.web.htmx import render_page
from finance.selectors.money import order_money
from oms.selectors import orders


@requires("finance_view")
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of its own, or the panel that an order's page asks for."""
    order = orders.visible_to(request.user).filter(pk=pk).first()
    if order is None:
        raise Http404
    context = {"order": order, "money": order_money(order.pk, order.order_no)}
    return render_page(request, "finance/order.html", "finance/_order.html", context)
