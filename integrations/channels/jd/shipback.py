"""Telling JD that a parcel left: `jingdong.pop.order.shipment` (SOP 出库). JD takes whole orders only."""

import json
from datetime import datetime
from urllib.parse import urlencode

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.fields import first, flag, mapping, text
from integrations.channels.jd.signing import PAYLOAD, format_time, jos_sign

PATH = "/routerjson"
# our carrier code -> JD's carrier number (logiCoprId)
CARRIERS = {
    "SF": "467",
    "ZTO": "1499",
    "YTO": "463",
    "STO": "470",
    "YUNDA": "1327",
    "EMS": "465",
    "DBL": "3046",
    "JD": "2087",
}
OWN_DELIVERY = "1274"  # 厂家自送


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest:
    """The signed call; an unknown carrier is reported as the merchant's own delivery."""
    business = {
        "logiCoprId": CARRIERS.get(shipment.carrier, OWN_DELIVERY),
        "logiNo": shipment.waybill_no,
        "orderId": shipment.order_no,
    }
    params = {
        "method": "jingdong.pop.order.shipment",
        "app_key": credentials.app_key,
        "access_token": credentials.access_token,
        "timestamp": format_time(now),
        "v": "2.0",
        PAYLOAD: json.dumps(business, sort_keys=True, separators=(",", ":")),
    }
    params = {name: value for name, value in params.items() if value}
    params["sign"] = jos_sign(params, credentials.secret)
    headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
    return ShipRequest("POST", PATH, headers=headers, body=urlencode(params).encode())


def ship_result(status: int, body: bytes) -> ShipResult:
    """`success` is a bool or "true"; the error answer has its own envelope."""
    if status >= 500 or status == 429:
        return ShipResult(False, retry=True, code=str(status))
    try:
        said = mapping(reading.parse(body).value)
    except Unreadable as exc:
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    answer = mapping(said.get("jingdong_pop_order_shipment_responce"))
    result = mapping(answer.get("sopjosshipment_result"))
    if flag(result.get("success")) or (not result and text(answer.get("code")) == "0"):
        return ShipResult(True)
    error = mapping(said.get("error_response"))
    code = first(result, "errorCode", "numberCode") or text(error.get("code"))
    message = first(result, "chineseErrCode") or text(error.get("zh_desc"))
    if "已出库" in message:
        # JD knows one departure per order: a second parcel, or a call whose answer was lost, finds it done.
        return ShipResult(True, code=code)
    return ShipResult(False, retry=code in ("67", "2"), code=code or "no_answer", message=message)
