from typing import Any

from rest_framework import serializers

from fulfillment.models import Parcel, ParcelShare, TrackingScan


class ParcelOrderSerializer(serializers.ModelSerializer[ParcelShare]):
    """One order in a parcel."""

    order_no = serializers.CharField(source="suborder.order.order_no", read_only=True)
    platform = serializers.CharField(source="suborder.order.platform", read_only=True)
    suborder_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = ParcelShare
        fields = ["order_id", "order_no", "platform", "suborder_id"]


class ShipmentSerializer(serializers.ModelSerializer[Parcel]):
    """One parcel on its way; weights in g, freight in fen. `track_status` never goes backwards. `orders` are all that
    are in it and yours to see; the fields of one order beside them are the first one's."""

    order_id = serializers.SerializerMethodField()
    order_no = serializers.SerializerMethodField()
    platform = serializers.SerializerMethodField()
    suborder_id = serializers.SerializerMethodField()
    orders = ParcelOrderSerializer(source="seen", many=True, read_only=True)
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)

    class Meta:
        model = Parcel
        fields = [
            "id", "order_id", "order_no", "platform", "suborder_id", "orders", "seq", "warehouse", "state", "carrier",
            "waybill_no", "expected_g", "weight_g", "freight_fen", "track_status", "opened_at", "packed_at",
            "shipped_at", "first_scan_at", "last_scan_at", "delivered_at", "version",
        ]  # fmt: skip

    def _first(self, parcel: Any) -> Any:
        return parcel.seen[0]

    def get_order_id(self, parcel: Parcel) -> int:
        return int(self._first(parcel).order_id)

    def get_suborder_id(self, parcel: Parcel) -> int:
        return int(self._first(parcel).suborder_id)

    def get_order_no(self, parcel: Parcel) -> str:
        return str(self._first(parcel).suborder.order.order_no)

    def get_platform(self, parcel: Parcel) -> str:
        return str(self._first(parcel).suborder.order.platform)


class TrackingScanSerializer(serializers.ModelSerializer[TrackingScan]):
    """One scan as the carrier told it: `code` is the carrier's own, `status` ours; `at` null when it gave no time."""

    class Meta:
        model = TrackingScan
        fields = ["id", "status", "code", "at", "place", "text", "received_at"]
