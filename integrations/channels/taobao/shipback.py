"""Telling Taobao that a parcel left: `taobao.logistics.offline.send`, whole trade or some of its sub-orders."""

from datetime import datetime
from urllib.parse import urlencode

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.fields import first, flag, mapping, text
from integrations.channels.taobao.signing import format_time, top_sign

PATH = "/router/rest"
_COMPANIES = {"JTSD": "HTKY", "DBL": "DBKD"}  # Taobao's company codes where they differ from ours
_CALL_LIMIT = "7"
_TRY_LATER = ("isp.", "isv.logistics-offline-service-error:B150")  # the platform's own services failed
# "already shipped or closed, cannot ship again": after a call whose answer was lost this is the answer
_ALREADY = "isv.logistics-offline-service-error:B04"


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest:
    """The signed call. `found` is not needed: Taobao wants no look-up first."""
    params = {
        "method": "taobao.logistics.offline.send",
        "app_key": credentials.app_key,
        "session": credentials.access_token,
        "timestamp": format_time(now),
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
        "tid": shipment.order_no,
        "out_sid": shipment.waybill_no,
        "company_code": _COMPANIES.get(shipment.carrier, shipment.carrier),
    }
    if shipment.lines:
        params |= {"is_split": "1", "sub_tid": ",".join(line_id for line_id, _ in shipment.lines)}
    params = {name: value for name, value in params.items() if value}
    params["sign"] = top_sign(params, credentials.secret)
    headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
    return ShipRequest("POST", PATH, headers=headers, body=urlencode(params).encode())


def ship_result(status: int, body: bytes) -> ShipResult:
    """TOP answers 200 whatever happened; the body tells."""
    if status >= 500 or status == 429:
        return ShipResult(False, retry=True, code=str(status))
    try:
        said = mapping(reading.parse(body).value)
    except Unreadable as exc:
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    shipping = mapping(mapping(said.get("logistics_offline_send_response")).get("shipping"))
    if flag(shipping.get("is_success")):
        return ShipResult(True)
    error = mapping(said.get("error_response"))
    code, sub_code = text(error.get("code")), text(error.get("sub_code"))
    if sub_code == _ALREADY:
        return ShipResult(True, code=sub_code, message=first(error, "sub_msg"))
    retry = code == _CALL_LIMIT or sub_code.startswith(_TRY_LATER)
    return ShipResult(False, retry=retry, code=sub_code or code or "no_answer", message=first(error, "sub_msg", "msg"))
