import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.selectors.choices import warehouses
from core.moments import MomentRangeFilter
from fulfillment.domain.codes import clean, own
from fulfillment.models import Parcel, ParcelShare, Wave, Waybill
from fulfillment.models.parcel import PARCEL_STATE, TRACK_STATUS
from fulfillment.models.wave import WAVE_KIND, WaveState


class ParcelFilter(django_filters.FilterSet):
    """One vocabulary for the shipments page and the shipments API."""

    q = django_filters.CharFilter(method="search", label=_("Waybill, order number or parcel"))
    state = django_filters.ChoiceFilter(choices=PARCEL_STATE, label=_("State"))
    track_status = django_filters.MultipleChoiceFilter(choices=TRACK_STATUS, label=_("Tracking"))
    carrier = django_filters.CharFilter(label=_("Carrier"))
    warehouse = django_filters.ModelChoiceFilter(queryset=warehouses, label=_("Warehouse"))
    shipped = MomentRangeFilter(field_name="shipped_at", label=_("Shipped"))
    printed = django_filters.BooleanFilter(method="is_printed", label=_("Label printed"))

    class Meta:
        model = Parcel
        fields: list[str] = []

    def search(self, queryset: QuerySet[Parcel], name: str, value: str) -> QuerySet[Parcel]:
        text = value.strip()
        found = Q(waybill_no=text) | Q(
            id__in=ParcelShare.objects.filter(suborder__order__order_no=text).values("parcel")
        )
        label = own(clean(text))
        if label is not None and label.kind == "P":
            found |= Q(id=label.number)
        return queryset.filter(found)

    def is_printed(self, queryset: QuerySet[Parcel], name: str, value: bool) -> QuerySet[Parcel]:
        printed = Exists(Waybill.objects.filter(parcel=OuterRef("pk"), state__in=["bound", "shipped"], prints__gt=0))
        return queryset.filter(printed) if value else queryset.filter(~printed)


class WaveFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=WaveState.choices, label=_("State"))
    kind = django_filters.ChoiceFilter(choices=WAVE_KIND, label=_("Kind"))
    warehouse = django_filters.ModelChoiceFilter(queryset=warehouses, label=_("Warehouse"))

    class Meta:
        model = Wave
        fields: list[str] = []
