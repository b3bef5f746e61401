import django_filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.models import Barcode, Sku
from core.api.permissions import Requires


class SkuFilter(django_filters.FilterSet):
    code = django_filters.CharFilter()
    barcode = django_filters.CharFilter(field_name="barcodes__code")
    category = django_filters.CharFilter()

    class Meta:
        model = Sku
        fields: list[str] = []


class SkuSerializer(serializers.ModelSerializer[Sku]):
    barcodes: "serializers.SlugRelatedField[Barcode]" = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True
    )

    class Meta:
        model = Sku
        fields = [
            "id", "code", "name", "category", "is_bundle", "weight_g", "length_mm", "width_mm", "height_mm",
            "temperature", "is_hazardous", "is_bulky", "is_fragile", "is_active", "barcodes",
        ]  # fmt: skip


class SkuViewSet(ReadOnlyModelViewSet[Sku]):
    """Master data of goods; costs stay inside."""

    queryset = Sku.objects.prefetch_related("barcodes")
    serializer_class = SkuSerializer
    filterset_class = SkuFilter
    permission_classes = [Requires]
    read_permission, write_permission = "stock_view", ""
