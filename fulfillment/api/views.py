from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.api.permissions import Requires
from fulfillment.api.serializers import ShipmentSerializer, TrackingScanSerializer
from fulfillment.filters import ParcelFilter
from fulfillment.models import Parcel, TrackingScan
from fulfillment.selectors import floor


class ShipmentViewSet(ReadOnlyModelViewSet[Parcel]):
    """Parcels from the packing bench to the customer's door."""

    queryset = Parcel.objects.none()
    serializer_class = ShipmentSerializer
    filterset_class = ParcelFilter
    permission_classes = [Requires]
    read_permission, write_permission = "shipments_view", ""

    def get_queryset(self) -> QuerySet[Parcel]:
        return floor.parcels(self.request.user)

    @extend_schema(responses=TrackingScanSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None, filter_backends=[])
    def tracking(self, request: Request, pk: str) -> Response:
        """Every scan of the parcel's carrier, the newest first."""
        scans = TrackingScan.objects.filter(parcel=self.get_object()).order_by("-at", "-id")
        return Response(TrackingScanSerializer(scans, many=True).data)
