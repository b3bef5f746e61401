"""Telling an own-site shop that a parcel left: a `shipment.created` event, itself a Standard Webhook."""

import json
from datetime import datetime

from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.standard.signing import standard_sign

PATH = "/webhooks/shipments"
_RETRY = (429, 502, 503, 504)


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest:
    """The signed event; `webhook-id` is our reference, the same on every attempt."""
    event = {
        "type": "shipment.created",
        "timestamp": now.isoformat(),
        "data": {
            "order_no": shipment.order_no,
            "waybill_no": shipment.waybill_no,
            "carrier": shipment.carrier,
            "shipped_at": shipment.shipped_at.isoformat(),
            "lines": [{"line_id": line_id, "qty": qty} for line_id, qty in shipment.lines],
        },
    }
    body, stamp = json.dumps(event, separators=(",", ":")).encode(), int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": shipment.reference,
        "webhook-timestamp": str(stamp),
        "webhook-signature": standard_sign(shipment.reference, stamp, body, credentials.secret),
    }
    return ShipRequest("POST", PATH, headers=headers, body=body)


def ship_result(status: int, body: bytes) -> ShipResult:
    """2xx is success; 410 means the endpoint is gone; redirects are not followed."""
    if 200 <= status < 300:
        return ShipResult(True)
    return ShipResult(False, retry=status in _RETRY or status >= 500, code=str(status))
