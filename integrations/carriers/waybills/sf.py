"""顺丰丰桥: `POST /std/service`, one order a call, business JSON signed with the check word.

Source: SF open platform EXP_RECE_CREATE_ORDER / SEARCH_ORDER_RESP / UPDATE_ORDER. A repeated `orderId` gets the first
waybill again; accounts that answer 8016 instead are looked up.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from core.errors import Unreadable
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from integrations.carriers.waybills.office import NOT_FOUND, Account, Answer, Office, said
from integrations.channels import reading
from integrations.channels.fields import Row, first, flag, mapping, rows, text
from integrations.http import Call, Reply

PATH = "/std/service"
_TYPES = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
_SENDER, _RECEIVER = 1, 2
_ACCEPTED, _DONE = "A1000", "S0000"
# recalled gateway codes: request expired, flow control, repeated, target unreachable, system error
_GATEWAY_TROUBLE = ("A1002", "A1005", "A1007", "A1009", "A1099")
_TROUBLE = ("S0003", "8016")  # runtime error; "ordered twice", which a look-up resolves
_UNSERVED = "3"  # filterResult: outside the area
_UNSERVED_CODE = "unserved"


def digest(message: str, timestamp: str, check_word: str) -> str:
    """Base64(MD5(urlencode(message + timestamp + check word))), encoded the way Java does it."""
    raw = quote_plus(message + timestamp + check_word, safe="*-._").replace("~", "%7E")  # Python leaves ~, Java not
    return base64.b64encode(hashlib.md5(raw.encode(), usedforsecurity=False).digest()).decode()


def ask(requests: Sequence[WaybillRequest], account: Account, now: datetime) -> Call:
    (request,) = requests
    order: dict[str, Any] = {
        "language": "zh-CN",
        "orderId": request.reference,
        "cargoDetails": [{"name": name, "count": qty} for name, qty in request.items] or [{"name": "商品", "count": 1}],
        "contactInfoList": [_contact(_SENDER, request.sender), _contact(_RECEIVER, request.receiver)],
        "expressTypeId": 1,
        "payMethod": 1,
        "parcelQty": 1,
        "isReturnRoutelabel": 1,
        "isUnifiedWaybillNo": 1,
        "isGenWaybillNo": 1,
    }
    if request.weight_g > 0:
        order["totalWeight"] = request.weight_g / 1000
    if account.card:
        order["monthlyCard"] = account.card
    if request.order_nos:
        order["custReferenceNo"] = request.order_nos[0][:100]
    return _call("EXP_RECE_CREATE_ORDER", order, account, now)


def granted(requests: Sequence[WaybillRequest], reply: Reply) -> list[Answer]:
    return [_answer(requests[0], reply)]


def look_up(request: WaybillRequest, account: Account, now: datetime) -> Call:
    asked = {"orderId": request.reference, "searchType": "1", "language": "zh-CN"}
    return _call("EXP_RECE_SEARCH_ORDER_RESP", asked, account, now)


def found(request: WaybillRequest, reply: Reply) -> Answer:
    """Only an order that 顺丰 says it does not have was never placed; every other refusal leaves it open."""
    answer = _answer(request, reply)
    if isinstance(answer, CarrierRefusal):
        if any(word in answer.message for word in ("不存在", "未下单", "没有找到", "无此订单", "未找到")):
            return CarrierRefusal(NOT_FOUND, answer.message)
        if answer.code != _UNSERVED_CODE:
            return CarrierUnknown(str(answer))
    return answer


def withdraw(grant: WaybillGrant, account: Account, now: datetime) -> Call:
    asked = {"orderId": grant.reference, "dealType": 2, "language": "zh-CN"}  # 2 cancels, 1 would confirm
    return _call("EXP_RECE_UPDATE_ORDER", asked, account, now)


def withdrawn(grant: WaybillGrant, reply: Reply) -> CarrierRefusal | CarrierUnknown | None:
    try:
        _message(reply)
    except CarrierRefusal as exc:
        return None if "已消单" in exc.message or "已取消" in exc.message else exc
    except CarrierUnknown as exc:
        return exc
    return None


def _answer(request: WaybillRequest, reply: Reply) -> Answer:
    try:
        message = _message(reply)
    except (CarrierRefusal, CarrierUnknown) as exc:
        return exc
    number = next(
        (text(row.get("waybillNo")) for row in rows(message.get("waybillNoInfoList")) if text(row.get("waybillNo"))), ""
    )
    if text(message.get("filterResult")) == _UNSERVED:
        return CarrierRefusal(_UNSERVED_CODE, f"不可收派 {text(message.get('remark'))}".strip())
    if not number:
        return CarrierUnknown("accepted without a number")
    route = mapping(next(iter(rows(message.get("routeLabelInfo"))), {}).get("routeLabelData"))
    sort_code = first(route, "destRouteLabel") or text(message.get("destCode"))
    kept = {name: text(route.get(name)) for name in ("twoDimensionCode", "codingMapping", "proCode", "limitTypeCode")}
    printed: dict[str, object] = {name: value for name, value in kept.items() if value}
    return WaybillGrant(
        request.reference, request.carrier, number, sort_code, first(route, "destTransferCode", "destCityCode"), printed
    )


def _message(reply: Reply) -> Row:
    """`msgData` of an answer that says yes; its layers may each be JSON or JSON in a string."""
    outer = said(reply)
    code = text(outer.get("apiResultCode"))
    if code != _ACCEPTED:
        raise _trouble(code, first(outer, "apiErrorMsg"), _GATEWAY_TROUBLE)
    result = _unpacked(outer.get("apiResultData"))
    if not flag(result.get("success")) or text(result.get("errorCode")) not in ("", _DONE):
        raise _trouble(text(result.get("errorCode")), first(result, "errorMsg", "errorMessage"), _TROUBLE)
    return _unpacked(result.get("msgData"))


def _trouble(code: str, message: str, passing: Sequence[str]) -> CarrierRefusal | CarrierUnknown:
    return CarrierUnknown(f"{code}: {message}") if not code or code in passing else CarrierRefusal(code, message)


def _unpacked(value: object) -> Row:
    if not isinstance(value, str):
        return mapping(value)
    try:
        return mapping(reading.parse(value.encode("utf-8", "surrogatepass")).value)
    except Unreadable as exc:
        raise CarrierUnknown(f"unreadable apiResultData: {exc.code}") from exc


def _contact(kind: int, party: Party) -> dict[str, Any]:
    return {
        "contactType": kind,
        "contact": party.name,
        "mobile": party.phone,
        "country": "CN",
        "province": party.province,
        "city": party.city,
        "county": party.district,
        "address": f"{party.town}{party.detail}",
    }


def _call(service: str, message: dict[str, Any], account: Account, now: datetime) -> Call:
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    timestamp = str(int(now.timestamp() * 1000))
    form = {
        "partnerID": account.partner,
        "requestID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{service}:{timestamp}:{data}")),
        "serviceCode": service,
        "timestamp": timestamp,
        "msgDigest": digest(data, timestamp, account.secret),
        "msgData": data,
    }
    return Call("POST", PATH, urlencode(form).encode(), _TYPES)


OFFICE = Office("sf", 1, ask, granted, look_up, found, withdraw, withdrawn)
