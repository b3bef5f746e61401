"""Tell the CRM of the three things a customer may hear, once each."""

from django.conf import settings

from core import clock
from core.models import Event
from core.subscriptions import Permanent, Transient
from fulfillment.domain.carriage import CustomerNode
from integrations.crm import client
from oms.models import Order


def on_node(event: Event) -> None:
    """Push one customer node; the event's id is the idempotency key. Nobody is told while no CRM is configured, nor of
    a node that the parcel had gone past when we learnt of it."""
    if not settings.CRM_URL or event.payload["late"]:
        return
    order = Order.objects.select_related("shop").get(pk=event.payload["order_id"])
    push = client.Push(
        event_id=f"evt_{event.pk}",
        type=client.EVENT_TYPES[CustomerNode(event.payload["node"])],
        occurred_at=event.occurred_at,
        data={
            "platform": order.platform,
            "shop": order.shop.code,
            "order_no": order.order_no,
            "carrier": event.payload["carrier"],
            "waybill_no": event.payload["waybill_no"],
            "node": event.payload["node"],
        },
    )
    endpoint = client.Endpoint(settings.CRM_URL, tuple(settings.CRM_SECRETS), tuple(settings.OUTBOUND_HOSTS))
    outcome = client.push(push, endpoint, clock.now())
    if outcome.kind == client.Kind.TRANSIENT:
        raise Transient(f"{outcome.code} {outcome.message}", outcome.retry_after)
    if outcome.kind == client.Kind.PERMANENT:
        raise Permanent(f"{outcome.code} {outcome.message}")
