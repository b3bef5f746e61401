from rest_framework import serializers

from fulfillment.models import Parcel, TrackingScan


class ShipmentSerializer(serializers.ModelSerializer[Parcel]):
    """One parcel on its way; weights in g, freight in fen. `track_status` never goes backwards."""

    order_no = serializers.CharField(source="suborder.order.order_no", read_only=True)
    platform = serializers.CharField(source="suborder.order.platform", read_only=True)
    suborder_id = serializers.IntegerField(read_only=True)
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)

    class Meta:
        model = Parcel
        fields = [
            "id", "order_id", "order_no", "platform", "suborder_id", "seq", "warehouse", "state", "carrier",
            "waybill_no", "expected_g", "weight_g", "freight_fen", "track_status", "opened_at", "packed_at",
            "shipped_at", "first_scan_at", "last_scan_at", "delivered_at", "version",
        ]  # fmt: skip


class TrackingScanSerializer(serializers.ModelSerializer[TrackingScan]):
    """One scan as the carrier told it: `code` is the carrier's own, `status` ours; `at` null when it gave no time."""

    class Meta:
        model = TrackingScan
        fields = ["id", "status", "code", "at", "place", "text", "received_at"]
