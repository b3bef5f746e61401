"""Tell the platform that a parcel of its order left."""

from datetime import datetime

from django.conf import settings

from catalog.selectors import shops
from core.models import Event
from core.subscriptions import Permanent, Transient
from integrations.channels.adapter import Credentials, Shipment
from integrations.registry import channel
from integrations.services.shipping_out import report
from oms.models import Order


def on_shipped(event: Event) -> None:
    """One parcel, at least once; the platform knows a repeat by the waybill number. Raises Transient to be tried again,
    Permanent for a person to look at. A shop whose platform has no address configured is not told."""
    order = Order.objects.select_related("shop").prefetch_related("lines").get(pk=event.payload["order_id"])
    base_url = settings.CHANNEL_BASE_URLS.get(order.platform)
    if not base_url or "-R" in order.order_no:
        return  # a replacement is ours alone: the platform has never heard of it
    access = shops.access(order.shop)
    line_ids = {line.line_no: line.line_id for line in order.lines.all()}
    shipment = Shipment(
        order_no=order.order_no,
        waybill_no=event.payload["waybill_no"],
        carrier=event.payload["carrier"],
        shipped_at=datetime.fromisoformat(event.payload["shipped_at"]),
        reference=f"ev{event.pk}",
        lines=tuple((line_ids[line["line_no"]], line["qty"]) for line in event.payload["lines"]),
    )
    credentials = Credentials(access.app_key, access.secret, access.access_token)
    result = report(channel(order.platform), base_url, shipment, credentials)
    if not result.ok:
        raise (Transient if result.retry else Permanent)(f"{result.code}: {result.message}"[:300])
