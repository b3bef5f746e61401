from rest_framework import serializers

from aftersales.choices import TICKET_KIND
from aftersales.models import RefundPayment, Ticket, TicketLine
from aftersales.services.tickets import MAX_TEXT
from core.money import MAX_MINOR


class TicketLineSerializer(serializers.ModelSerializer[TicketLine]):
    sku = serializers.CharField(source="sku.code", default=None, allow_null=True, read_only=True)

    class Meta:
        model = TicketLine
        fields = ["line_no", "sku", "qty"]


class RefundPaymentSerializer(serializers.ModelSerializer[RefundPayment]):
    class Meta:
        model = RefundPayment
        fields = ["id", "refund_no", "amount_minor", "currency", "channel", "status", "requested_at", "succeeded_at"]


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """A ticket; amounts are minor units of `currency`. What was written on it is not part of the API."""

    order_no = serializers.CharField(source="order.order_no", default=None, allow_null=True, read_only=True)
    shop = serializers.CharField(source="shop.code", default=None, allow_null=True, read_only=True)
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True, read_only=True)
    lines = TicketLineSerializer(many=True, read_only=True)
    payments = RefundPaymentSerializer(many=True, read_only=True)

    class Meta:
        model = Ticket
        fields = [
            "id", "kind", "source", "status", "priority", "order_id", "order_no", "shop", "refund_no",
            "platform_status", "title", "amount_minor", "currency", "assignee", "opened_at", "respond_by", "paused_at",
            "first_response_at", "resolved_at", "resolution",
            "fault", "replacement_id", "updated_at", "version", "lines", "payments",
        ]  # fmt: skip


class ReplySerializer(serializers.Serializer[None]):
    """What the buyer was answered. `version` is the ticket's as it was read; without it the newest is written on."""

    text = serializers.CharField(max_length=MAX_TEXT)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class NewTicketSerializer(serializers.Serializer[None]):
    """A ticket from another system; `order_id` names the order it is about."""

    kind = serializers.ChoiceField(choices=TICKET_KIND)
    title = serializers.CharField(max_length=120)
    order_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    detail = serializers.CharField(required=False, allow_blank=True, default="", max_length=MAX_TEXT)
    amount_minor = serializers.IntegerField(required=False, default=0, min_value=0, max_value=MAX_MINOR)
