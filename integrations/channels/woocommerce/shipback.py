"""Telling a WooCommerce shop that a parcel left: the order is completed and the waybill kept in its meta data."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.fields import mapping, text


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest:
    """An update of the order, the same however often it is sent. A parcel with only some lines leaves the status."""
    change: dict[str, Any] = {
        "meta_data": [
            {"key": "_tracking_provider", "value": shipment.carrier},
            {"key": "_tracking_number", "value": shipment.waybill_no},
            {"key": "_date_shipped", "value": str(int(shipment.shipped_at.timestamp()))},
        ]
    }
    if not shipment.lines:
        change["status"] = "completed"
    token = b64encode(f"{credentials.app_key}:{credentials.secret}".encode()).decode()
    headers = {"authorization": f"Basic {token}", "content-type": "application/json"}
    path = f"/wp-json/wc/v3/orders/{shipment.order_no}"
    return ShipRequest("PUT", path, headers=headers, body=json.dumps(change).encode())


def ship_result(status: int, body: bytes) -> ShipResult:
    """200 with the order, else `{"code","message"}`."""
    if status >= 500 or status == 429:
        return ShipResult(False, retry=True, code=str(status))
    try:
        said = mapping(reading.parse(body).value)
    except Unreadable as exc:
        # plugins print notices before the JSON: the update may have worked, and repeating it is harmless
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    if status < 300 and text(said.get("id")):
        return ShipResult(True)
    return ShipResult(False, code=text(said.get("code")) or str(status), message=text(said.get("message"))[:300])
