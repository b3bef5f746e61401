"""Telling Shopify that a parcel left. A fulfilment names *fulfilment orders*, so those are looked up first."""

import json
from datetime import datetime
from typing import Any

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.fields import mapping, rows, text

API = "/admin/api/2025-01"
_COMPANIES = {
    "SF": "SF Express",
    "ZTO": "ZTO Express",
    "YTO": "YTO Express",
    "STO": "STO Express",
    "YUNDA": "Yunda Express",
    "JTSD": "J&T Express",
    "JD": "JD Logistics",
    "EMS": "China Post",
}
_OPEN = ("open", "in_progress", "scheduled")


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest | ShipResult:
    """First the look-up of the order's fulfilment orders, then the fulfilment over those still open; with none open
    the parcel has been reported before and there is nothing to send."""
    headers = {"x-shopify-access-token": credentials.access_token, "content-type": "application/json"}
    if found is None:
        path = f"{API}/orders/{shipment.order_no}/fulfillment_orders.json"
        return ShipRequest("GET", path, headers=headers, lookup=True)
    try:
        answer = mapping(reading.parse(found).value)
    except Unreadable as exc:
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    if "fulfillment_orders" not in answer:
        return ship_result(200, found)
    answer_rows = rows(answer["fulfillment_orders"])
    open_orders = [row for row in answer_rows if text(row.get("status")) in _OPEN]
    if not open_orders:
        return ShipResult(True, code="already_fulfilled")
    wanted = dict(shipment.lines)
    by_order = [entry for row in open_orders if (entry := _entry(row, wanted))]
    if not by_order:
        # Other lines are still open; ours were fulfilled by a call whose answer was lost, unless they never existed.
        ours = [item for row in answer_rows for item in rows(row.get("line_items")) if _names(item, wanted)]
        return ShipResult(True, code="already_fulfilled") if ours else ShipResult(False, code="unknown_lines")
    tracking = {"number": shipment.waybill_no, "company": _COMPANIES.get(shipment.carrier, shipment.carrier)}
    fulfilment = {
        "line_items_by_fulfillment_order": by_order,
        "tracking_info": tracking,
        "notify_customer": True,
    }
    body = json.dumps({"fulfillment": fulfilment}).encode()
    return ShipRequest("POST", f"{API}/fulfillments.json", headers=headers, body=body)


def _entry(row: Any, wanted: dict[str, int]) -> dict[str, Any] | None:
    """One fulfilment order, whole when no lines are named, else the named lines it still has open."""
    if not wanted:
        return {"fulfillment_order_id": row["id"]}
    items = [
        {"id": item["id"], "quantity": wanted[text(item.get("line_item_id"))]}
        for item in rows(row.get("line_items"))
        if _names(item, wanted) and text(item.get("fulfillable_quantity")) != "0"
    ]
    return {"fulfillment_order_id": row["id"], "fulfillment_order_line_items": items} if items else None


def _names(item: Any, wanted: dict[str, int]) -> bool:
    return text(item.get("line_item_id")) in wanted


def ship_result(status: int, body: bytes) -> ShipResult:
    """201 with the fulfilment; 422 with `errors`; 429 when over the call limit."""
    if status >= 500 or status == 429:
        return ShipResult(False, retry=True, code=str(status))
    try:
        said = mapping(reading.parse(body).value)
    except Unreadable as exc:
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    if status < 300 and mapping(said.get("fulfillment")):
        return ShipResult(True)
    errors = said.get("errors")
    return ShipResult(False, code=str(status), message=json.dumps(errors, ensure_ascii=False, default=str)[:300])
