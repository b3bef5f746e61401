"""菜鸟电子面单 over TOP: up to ten parcels of one carrier and sender a call.

Source: bububa/opentaobao model/waybill (names of fields), cloud print samples (print_data). `object_id` is ours and
comes back with every answer; the trade order together with the package id makes a repeated request the same one.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from core.errors import Unreadable
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from integrations.carriers.waybills.office import NOT_FOUND, Account, Answer, Office, said
from integrations.channels import reading
from integrations.channels.fields import Row, first, flag, mapping, rows, text
from integrations.channels.taobao.signing import format_time, top_sign
from integrations.http import Call, Reply

PATH = "/router/rest"
BATCH = 10
_TYPES = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
_TEMPLATE = "http://cloudprint.cainiao.com/template/standard/101"
_COMPANIES = {"JTSD": "HTKY", "DBL": "DBKD"}  # company codes where they differ from ours
_CHANNELS = {"taobao": "TB", "jd": "JD"}
_CALL_LIMIT, _SERVICE_DOWN = "7", "15"  # 15 wraps every answer of the service behind: its sub_code decides


def ask(requests: Sequence[WaybillRequest], account: Account, now: datetime) -> Call:
    """All `requests` share carrier and sender."""
    wanted = {
        "cp_code": _COMPANIES.get(requests[0].carrier, requests[0].carrier),
        "sender": _party(requests[0].sender),
        "trade_order_info_dtos": [_parcel(request, account) for request in requests],
        "need_encrypt": False,
    }
    return _call("cainiao.waybill.ii.get", {"param_waybill_cloud_print_apply_new_request": _json(wanted)}, account, now)


def granted(requests: Sequence[WaybillRequest], reply: Reply) -> list[Answer]:
    """One refusal of the whole call is everybody's: the gateway then asks for each alone."""
    try:
        modules = _modules(reply, "cainiao_waybill_ii_get_response", "waybill_cloud_print_response")
    except (CarrierRefusal, CarrierUnknown) as exc:
        return [exc] * len(requests)
    by_reference = {text(row.get("object_id")): row for row in modules}
    return [_grant(request, by_reference.get(request.reference)) for request in requests]


def look_up(request: WaybillRequest, account: Account, now: datetime) -> Call:
    wanted = [{"biz_sub_code": _trade_orders(request)[0], "object_id": request.reference}]
    return _call("cainiao.waybill.ii.query.by.tradecode", {"param_list": _json(wanted)}, account, now)


def found(request: WaybillRequest, reply: Reply) -> Answer:
    envelope, child = "cainiao_waybill_ii_query_by_tradecode_response", "waybill_cloud_print_with_result_desc_response"
    try:
        modules = _modules(reply, envelope, child)
    except (CarrierRefusal, CarrierUnknown) as exc:
        return CarrierUnknown(str(exc))
    for row in modules:
        if text(row.get("object_id")) == request.reference and mapping(row.get("waybill_cloud_print_response")):
            return _grant(request, mapping(row["waybill_cloud_print_response"]))
    return CarrierRefusal(NOT_FOUND, next((text(row.get("error_message")) for row in modules), ""))


def withdraw(grant: WaybillGrant, account: Account, now: datetime) -> Call:
    params = {"cp_code": _COMPANIES.get(grant.carrier, grant.carrier), "waybill_code": grant.waybill_no}
    return _call("cainiao.waybill.ii.cancel", params, account, now)


def withdrawn(grant: WaybillGrant, reply: Reply) -> CarrierRefusal | CarrierUnknown | None:
    try:
        answer = _envelope(reply, "cainiao_waybill_ii_cancel_response")
    except CarrierRefusal as exc:
        return None if "已取消" in exc.message else exc
    except CarrierUnknown as exc:
        return exc
    return None if flag(answer.get("cancel_result")) else CarrierRefusal("cancel_failed", "the number is in use")


def _grant(request: WaybillRequest, row: Row | None) -> Answer:
    if row is None:
        return CarrierUnknown("the answer left this parcel out")
    number = text(row.get("waybill_code"))
    if not number:
        return CarrierUnknown("the answer holds no number for this parcel")
    route = mapping(mapping(_printed(row).get("data")).get("routingInfo"))
    sort_code = text(route.get("routeCode")) or text(mapping(route.get("sortation")).get("name"))
    center = mapping(route.get("consolidation"))
    kept: dict[str, object] = {"cp_code": text(row.get("real_cp_code")) or text(row.get("cp_code"))}
    return WaybillGrant(request.reference, request.carrier, number, sort_code, text(center.get("name")), kept)


def _printed(row: Row) -> Row:
    """`print_data`; encrypted or broken data still leaves the number, which is what counts."""
    try:
        return mapping(reading.parse(text(row.get("print_data")).encode("utf-8", "surrogatepass")).value)
    except Unreadable:
        return {}


def _modules(reply: Reply, envelope: str, child: str) -> list[Row]:
    return rows(mapping(_envelope(reply, envelope)).get("modules"), child)


def _envelope(reply: Reply, name: str) -> Row:
    answer = said(reply)
    if name in answer:
        return mapping(answer[name])
    error = mapping(answer.get("error_response"))
    code, sub_code = text(error.get("code")), text(error.get("sub_code"))
    message = first(error, "sub_msg", "msg")
    if not error or code == _CALL_LIMIT or sub_code.startswith("isp.") or (code == _SERVICE_DOWN and not sub_code):
        raise CarrierUnknown(f"{sub_code or code}: {message}")
    raise CarrierRefusal(sub_code or code, message)


def _parcel(request: WaybillRequest, account: Account) -> dict[str, Any]:
    return {
        "object_id": request.reference,
        "order_info": {
            "order_channels_type": _CHANNELS.get(request.channel, "OTHERS"),
            "trade_order_list": _trade_orders(request),
        },
        "package_info": {
            "id": request.reference,
            "items": [{"name": name, "count": qty} for name, qty in request.items] or [{"name": "商品", "count": 1}],
            "weight": request.weight_g,
        },
        "recipient": _party(request.receiver) | ({"tid": _trade_orders(request)[0]} if request.receiver.oaid else {}),
        "template_url": account.template or _TEMPLATE,
        "user_id": 0,
    }


def _trade_orders(request: WaybillRequest) -> list[str]:
    return list(request.order_nos) or [request.reference]


def _party(party: Party) -> dict[str, Any]:
    address = {
        "province": party.province,
        "city": party.city,
        "district": party.district,
        "town": party.town,
        "detail": party.detail,
    }
    made = {"address": address, "name": party.name, "mobile": party.phone}
    return made | {"oaid": party.oaid} if party.oaid else made


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _call(method: str, business: dict[str, str], account: Account, now: datetime) -> Call:
    params = {
        "method": method,
        "app_key": account.partner,
        "session": account.token,
        "timestamp": format_time(now),
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
        **business,
    }
    params = {name: value for name, value in params.items() if value}
    params["sign"] = top_sign(params, account.secret)
    return Call("POST", PATH, urlencode(params).encode(), _TYPES)


OFFICE = Office("cainiao", BATCH, ask, granted, look_up, found, withdraw, withdrawn)
