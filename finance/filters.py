"""One vocabulary of filters for the finance pages and the finance API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Shop
from core.selectors.scope import scoped
from finance.choices import CAUSE, DIFFERENCE_STATE, KIND, SIDE, SOURCE
from finance.domain.states import DifferenceState
from finance.models import Difference, Statement, StatementLine


def _shops(request: Any) -> QuerySet[Shop]:
    """The shops the asking user may see; none without a user (the schema is drawn without one)."""
    return scoped(Shop.objects.order_by("name"), request.user, shop="id") if request else Shop.objects.none()


class StatementFilter(django_filters.FilterSet):
    source = django_filters.ChoiceFilter(choices=SOURCE, label=_("Source"))
    shop = django_filters.ModelChoiceFilter(queryset=_shops, label=_("Shop"))
    open = django_filters.BooleanFilter(method="has_open", label=_("Still open"))

    class Meta:
        model = Statement
        fields: list[str] = []

    def has_open(self, queryset: QuerySet[Statement], name: str, value: bool) -> QuerySet[Statement]:
        still_open = Difference.objects.filter(state=DifferenceState.OPEN).values("statement_id")
        return queryset.filter(pk__in=still_open) if value else queryset.exclude(pk__in=still_open)


class DifferenceFilter(django_filters.FilterSet):
    """`q` finds an order number. What has resolved itself shows only when asked for."""

    q = django_filters.CharFilter(method="search", label=_("Order number"))
    state = django_filters.MultipleChoiceFilter(choices=DIFFERENCE_STATE, label=_("State"))
    side = django_filters.ChoiceFilter(choices=SIDE, label=_("Side"))
    cause = django_filters.ChoiceFilter(choices=CAUSE, label=_("Cause"))
    owner = django_filters.CharFilter(label=_("Owner"))
    shop = django_filters.ModelChoiceFilter(queryset=_shops, method="of_shop", label=_("Shop"))
    statement = django_filters.NumberFilter(field_name="statement_id", label=_("Statement"))

    class Meta:
        model = Difference
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Difference]) -> QuerySet[Difference]:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.exclude(state=DifferenceState.GONE)
        return super().filter_queryset(queryset)

    def search(self, queryset: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        return queryset.filter(order_ref=value.strip())

    def of_shop(self, queryset: QuerySet[Difference], name: str, value: Shop) -> QuerySet[Difference]:
        return queryset.filter(Q(order__shop=value) | Q(statement__shop=value))


class LineFilter(django_filters.FilterSet):
    """`q` finds an order number or a trade number."""

    q = django_filters.CharFilter(method="search", label=_("Order or trade number"))
    cause = django_filters.ChoiceFilter(choices=CAUSE, label=_("Outcome"))
    kind = django_filters.ChoiceFilter(choices=KIND, label=_("Kind"))
    statement = django_filters.NumberFilter(field_name="statement_id", label=_("Statement"))

    class Meta:
        model = StatementLine
        fields: list[str] = []

    def search(self, queryset: QuerySet[StatementLine], name: str, value: str) -> QuerySet[StatementLine]:
        return queryset.filter(Q(order_ref=value.strip()) | Q(trade_no=value.strip()))
