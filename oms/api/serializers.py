from rest_framework import serializers

from oms.models import Hold, Order, OrderLine, SubOrder, SubOrderLine


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    sku = serializers.CharField(source="sku.code", allow_null=True, default=None, read_only=True)

    class Meta:
        model = OrderLine
        fields = [
            "line_no",
            "line_id",
            "platform_sku",
            "title",
            "sku",
            "qty",
            "unit_price_minor",
            "net_minor",
            "refund",
        ]


class SubOrderLineSerializer(serializers.ModelSerializer[SubOrderLine]):
    sku = serializers.CharField(source="sku.code", read_only=True)

    class Meta:
        model = SubOrderLine
        fields = ["line_no", "sku", "qty", "net_minor"]


class SubOrderSerializer(serializers.ModelSerializer[SubOrder]):
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)
    lines = SubOrderLineSerializer(many=True, read_only=True)

    class Meta:
        model = SubOrder
        fields = [
            "id",
            "seq",
            "warehouse",
            "status",
            "merge_id",
            "goods_minor",
            "freight_minor",
            "shipped_at",
            "delivered_at",
            "lines",
        ]


class HoldSerializer(serializers.ModelSerializer[Hold]):
    class Meta:
        model = Hold
        fields = ["id", "reason", "detail", "owner", "opened_at"]


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order; the receiver is masked, amounts are minor units of `currency`."""

    shop = serializers.CharField(source="shop.code", read_only=True)
    adjustments = serializers.DictField(child=serializers.IntegerField(), allow_null=True, read_only=True)
    lines = OrderLineSerializer(many=True, read_only=True)
    suborders = SubOrderSerializer(many=True, read_only=True)
    holds = HoldSerializer(source="current_holds", many=True, read_only=True)

    class Meta:
        model = Order
        fields = [
            "id", "platform", "shop", "order_no", "status", "pay_state", "currency", "paid_minor", "freight_minor",
            "adjustments", "refunded_minor", "paid_at", "ship_by", "receiver_name", "receiver_phone", "province",
            "city", "district", "district_code", "cod", "test", "no_split", "no_merge", "captured_at",
            "updated_at", "version", "lines",
            "suborders", "holds",
        ]  # fmt: skip


class MergeSerializer(serializers.Serializer[None]):
    """Orders that leave in one parcel with this one, and why."""

    order_ids = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=50)
    note = serializers.CharField(max_length=200)


class SealSerializer(serializers.Serializer[None]):
    """A seal that is not named stays as it is."""

    no_split = serializers.BooleanField(required=False, allow_null=True, default=None)
    no_merge = serializers.BooleanField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200)


class NoteSerializer(serializers.Serializer[None]):
    """Why."""

    note = serializers.CharField(max_length=200)
