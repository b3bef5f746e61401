"""One vocabulary of filters for the order pages and the order API."""

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from catalog.models import Warehouse
from catalog.selectors.choices import shops, warehouses
from core import clock
from core.services import vault
from oms.choices import HOLD_REASON, ORDER_STATUS
from oms.models import Hold, Order, SubOrder

_DAY = {"type": "date"}
_SEALS = [("no_split", _("never split")), ("no_merge", _("never merge"))]


class OrderFilter(django_filters.FilterSet):
    """`q` finds an order number, or a full phone number through its blind index."""

    q = django_filters.CharFilter(method="search", label=_("Order number or phone"))
    status = django_filters.MultipleChoiceFilter(choices=ORDER_STATUS, label=_("Status"))
    shop = django_filters.ModelChoiceFilter(queryset=shops, label=_("Shop"))
    warehouse = django_filters.ModelChoiceFilter(queryset=warehouses, method="at_warehouse", label=_("Warehouse"))
    hold = django_filters.ChoiceFilter(choices=HOLD_REASON, method="held_for", label=_("Exception"))
    province = django_filters.CharFilter(label=_("Province"))
    sku = django_filters.CharFilter(method="with_sku", label=_("SKU"))
    since = django_filters.DateFilter(
        field_name="captured_at", lookup_expr="date__gte", label=_("Received from"), widget=DateInput(attrs=_DAY)
    )
    until = django_filters.DateFilter(
        field_name="captured_at", lookup_expr="date__lte", label=_("until"), widget=DateInput(attrs=_DAY)
    )
    merged = django_filters.BooleanFilter(method="is_merged", label=_("Merged"))
    sealed = django_filters.ChoiceFilter(choices=_SEALS, method="is_sealed", label=_("Seal"))
    late = django_filters.BooleanFilter(method="is_late", label=_("Overdue"))

    class Meta:
        model = Order
        fields: list[str] = []

    def search(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        text = value.strip()
        found = Q(order_no=text)
        if text.isdigit() and len(text) >= 11:
            found |= Q(phone_key=vault.tag("phone", text[-11:]))
        return queryset.filter(found)

    def at_warehouse(self, queryset: QuerySet[Order], name: str, value: Warehouse) -> QuerySet[Order]:
        return queryset.filter(suborders__warehouse=value).exclude(suborders__status="cancelled").distinct()

    def held_for(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(id__in=Hold.objects.filter(reason=value, released_at=None).values("order_id"))

    def with_sku(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(lines__sku__code=value.strip()).distinct()

    def is_merged(self, queryset: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        merged = SubOrder.objects.filter(merge__isnull=False).values("order_id")
        return queryset.filter(id__in=merged) if value else queryset.exclude(id__in=merged)

    def is_sealed(self, queryset: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return queryset.filter(**{value: True})

    def is_late(self, queryset: QuerySet[Order], name: str, value: bool) -> QuerySet[Order]:
        open_late = Q(ship_by__lt=clock.now(), status__in=["held", "ready", "backordered", "allocated", "fulfilling"])
        return queryset.filter(open_late) if value else queryset.exclude(open_late)
