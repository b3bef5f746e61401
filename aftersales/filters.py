"""One vocabulary of filters for the ticket pages and the ticket API."""

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from aftersales.choices import PRIORITY, TICKET_KIND, TICKET_SOURCE, TICKET_STATUS
from aftersales.domain.ticket_flow import OPEN
from aftersales.models import Ticket
from aftersales.selectors.tickets import is_late
from catalog.models import Shop
from core import clock
from core.selectors.scope import scoped
from core.services import vault


def _shops(request: Any) -> QuerySet[Shop]:
    """The shops the asking user may see; none without a user (the schema is drawn without one)."""
    return scoped(Shop.objects.order_by("name"), request.user, shop="id") if request else Shop.objects.none()


class TicketFilter(django_filters.FilterSet):
    """`q` finds an order number, a refund number, `#<id>`, a word of the title, or a full phone number through its
    blind index; `who` is `me`, `nobody` or a user name."""

    q = django_filters.CharFilter(method="search", label=_("Order, refund number or phone"))
    status = django_filters.ChoiceFilter(choices=TICKET_STATUS, label=_("Status"))
    kind = django_filters.ChoiceFilter(choices=TICKET_KIND, label=_("Kind"))
    source = django_filters.ChoiceFilter(choices=TICKET_SOURCE, label=_("Source"))
    priority = django_filters.ChoiceFilter(choices=PRIORITY, label=_("Priority"))
    shop = django_filters.ModelChoiceFilter(queryset=_shops, label=_("Shop"))
    who = django_filters.CharFilter(method="assigned_to", label=_("Assignee"))
    late = django_filters.BooleanFilter(method="unanswered", label=_("Overdue"))
    open = django_filters.BooleanFilter(method="still_open", label=_("Still open"))

    class Meta:
        model = Ticket
        fields: list[str] = []

    def search(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        text = value.strip()
        found = Q(order__order_no=text) | Q(refund_no=text) | Q(title__icontains=text)
        number = text.removeprefix("#")
        if number.isdigit() and len(number) < 19:
            found |= Q(pk=int(number))
        if text.isdigit() and len(text) >= 11:
            found |= Q(order__phone_key=vault.tag("phone", text[-11:]))
        return queryset.filter(found)

    def assigned_to(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        if value == "nobody":
            return queryset.filter(assignee=None)
        if value == "me":
            return queryset.filter(assignee=self.request.user.pk)
        return queryset.filter(assignee__in=get_user_model().objects.filter(username=value))

    def unanswered(self, queryset: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        late = is_late(clock.now())
        return queryset.filter(late) if value else queryset.exclude(late)

    def still_open(self, queryset: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        return queryset.filter(status__in=OPEN) if value else queryset.exclude(status__in=OPEN)
