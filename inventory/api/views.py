import django_filters
from django.db.models import F, QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.api.permissions import Requires
from core.selectors.scope import scoped
from inventory.models import Stock


class StockFilter(django_filters.FilterSet):
    sku = django_filters.CharFilter(field_name="sku__code")
    warehouse = django_filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = Stock
        fields: list[str] = []


class StockSerializer(serializers.ModelSerializer[Stock]):
    sku = serializers.CharField(source="sku.code", read_only=True)
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)
    available = serializers.IntegerField(read_only=True)

    class Meta:
        model = Stock
        fields = ["id", "sku", "warehouse", "on_hand", "reserved", "frozen", "available"]


class StockViewSet(ReadOnlyModelViewSet[Stock]):
    """What lies where, and how much of it may still be promised."""

    queryset = Stock.objects.none()
    serializer_class = StockSerializer
    filterset_class = StockFilter
    permission_classes = [Requires]
    read_permission, write_permission = "stock_view", ""

    def get_queryset(self) -> QuerySet[Stock]:
        rows = Stock.objects.select_related("sku", "warehouse").annotate(
            available=F("on_hand") - F("reserved") - F("frozen")
        )
        return scoped(rows, self.request.user, warehouse="warehouse_id")
