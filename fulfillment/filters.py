import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Parcel
from fulfillment.models.parcel import PARCEL_STATE, TRACK_STATUS


class ParcelFilter(django_filters.FilterSet):
    """One vocabulary for the shipments page and the shipments API."""

    q = django_filters.CharFilter(method="search", label=_("Waybill or order number"))
    state = django_filters.MultipleChoiceFilter(choices=PARCEL_STATE, label=_("State"))
    track_status = django_filters.MultipleChoiceFilter(choices=TRACK_STATUS, label=_("Tracking"))
    carrier = django_filters.CharFilter(label=_("Carrier"))
    warehouse = django_filters.NumberFilter(field_name="warehouse_id", label=_("Warehouse"))

    class Meta:
        model = Parcel
        fields: list[str] = []

    def search(self, queryset: QuerySet[Parcel], name: str, value: str) -> QuerySet[Parcel]:
        text = value.strip()
        return queryset.filter(Q(waybill_no=text) | Q(suborder__order__order_no=text))
