"""Telling Douyin that a parcel left: `order.logisticsAdd` for the whole order, `logisticsAddMultiPack` for a part."""

import json
from datetime import datetime

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.douyin.signing import call_sign, format_time
from integrations.channels.fields import first, mapping, text

COMPANIES = {
    "SF": "shunfeng",
    "ZTO": "zhongtong",
    "YTO": "yuantong",
    "STO": "shentong",
    "YUNDA": "yunda",
    "JTSD": "jtexpress",
    "EMS": "ems",
    "DBL": "debangwuliu",
    "JD": "jd",
}
_GOOD = ("0", "10000")


def ship_request(
    shipment: Shipment, credentials: Credentials, now: datetime, found: bytes | None = None
) -> ShipRequest:
    """The signed call; parameters in the query, business content as the sorted JSON of the body."""
    method, business = _content(shipment)
    body = json.dumps(business, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    params = {
        "method": method,
        "app_key": credentials.app_key,
        "param_json": body,
        "timestamp": format_time(now),
        "v": "2",
    }
    query = {name: value for name, value in params.items() if name != "param_json"}
    query |= {"access_token": credentials.access_token, "sign_method": "hmac-sha256"}
    query["sign"] = call_sign(params, credentials.secret)
    headers = {"content-type": "application/json;charset=utf-8"}
    return ShipRequest("POST", f"/{method.replace('.', '/')}", query, headers, body.encode())


def _content(shipment: Shipment) -> tuple[str, dict[str, object]]:
    company = COMPANIES.get(shipment.carrier, shipment.carrier.lower())
    if not shipment.lines:
        said: dict[str, object] = {"order_id": shipment.order_no}
        return "order.logisticsAdd", said | {"company_code": company, "logistics_code": shipment.waybill_no}
    goods = [{"shipped_order_id": line_id, "shipped_num": qty} for line_id, qty in shipment.lines]
    pack = {"shipped_order_info": goods, "company_code": company, "logistics_code": shipment.waybill_no}
    # the platform keeps one answer per request id: a repeat is told what the first attempt was
    said = {"order_id": shipment.order_no, "pack_list": [pack], "request_id": shipment.reference}
    return "order.logisticsAddMultiPack", said


def ship_result(status: int, body: bytes) -> ShipResult:
    """Douyin answers 200 with a code; 20000 is the platform's own trouble."""
    if status >= 500 or status == 429:
        return ShipResult(False, retry=True, code=str(status))
    try:
        said = mapping(reading.parse(body).value)
    except Unreadable as exc:
        return ShipResult(False, retry=True, code=exc.code, message=str(exc.message))
    code, sub_code = first(said, "code", "err_no"), text(said.get("sub_code"))
    if code in _GOOD:
        return ShipResult(True)
    message = first(said, "sub_msg", "msg", "message")
    if "已发货" in message:  # a call whose answer was lost finds it done
        return ShipResult(True, code=sub_code or code)
    retry = code == "20000" or sub_code.startswith("isp.")
    return ShipResult(False, retry=retry, code=sub_code or code or "no_answer", message=message)
