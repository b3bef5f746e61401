"""丰桥: `POST /std/service`. `apiResultData` is JSON in a string, as on the real gateway."""

import base64
import hashlib
import json
import uuid
from typing import Any

from counterpart import keys
from counterpart.carriers import BAD_PLACE
from counterpart.http import Request, Response, answer, route
from counterpart.journal import Entry
from counterpart.world import World


def serve(world: World, request: Request) -> Response:
    form = request.form()
    data, timestamp = form.get("msgData", ""), form.get("timestamp", "")
    raw = "".join(_java(byte) for byte in (data + timestamp + keys.SF_CHECK_WORD).encode())
    wanted = base64.b64encode(hashlib.md5(raw.encode(), usedforsecurity=False).digest()).decode()
    if form.get("partnerID") != keys.SF_PARTNER or form.get("msgDigest") != wanted:
        world.refuse(request.path, "msgDigest")
        return _outer("A1006", "数字签名无效")
    service = SERVICES.get(form.get("serviceCode", ""))
    if service is None:
        return _outer("A1004", "无对应服务权限")
    return service(world, json.loads(data))


def _java(byte: int) -> str:
    """What java.net.URLEncoder makes of a byte of UTF-8."""
    char = chr(byte)
    if char.isascii() and (char.isalnum() or char in ".-*_"):
        return char
    return "+" if char == " " else f"%{byte:02X}"


def _create(world: World, order: dict[str, Any]) -> Response:
    receiver: dict[str, Any] = next((c for c in order.get("contactInfoList", []) if c.get("contactType") == 2), {})
    if not order.get("orderId") or not receiver.get("mobile"):
        return _inner("1011" if not order.get("orderId") else "1016", "收件人电话不能为空")
    if BAD_PLACE in receiver.get("address", ""):
        return _inner("S0000", None, {"orderId": order["orderId"], "filterResult": 3, "remark": "1"})
    return _inner("S0000", None, _message(world.issue(order["orderId"], "SF", receiver, "sf")))


def _search(world: World, asked: dict[str, Any]) -> Response:
    known = world.waybills.get(asked.get("orderId", ""))
    return _inner("S0000", None, _message(known)) if known else _inner("20011", "订单不存在,请检查订单号")


def _update(world: World, asked: dict[str, Any]) -> Response:
    before = world.waybills.get(asked.get("orderId", ""))
    if before is None:
        return _inner("20011", "订单不存在,请检查订单号")
    if before["cancelled"]:
        return _inner("8037", "已消单,请勿重复操作")
    world.cancel(before["reference"])
    numbers = [{"waybillType": 1, "waybillNo": before["waybill_no"]}]
    return _inner("S0000", None, {"orderId": before["reference"], "waybillNoInfoList": numbers, "resStatus": 2})


SERVICES = {
    "EXP_RECE_CREATE_ORDER": _create,
    "EXP_RECE_SEARCH_ORDER_RESP": _search,
    "EXP_RECE_UPDATE_ORDER": _update,
}
ROUTES = [route("POST", r"/std/service", serve)]


def _message(entry: Entry) -> dict[str, Any]:
    area = entry["package_center"].removesuffix("W")
    code = {"k1": entry["package_center"], "k2": area, "k3": "", "k4": "T4", "k5": entry["waybill_no"]}
    route_data = {
        "waybillNo": entry["waybill_no"],
        "destCityCode": area,
        "destRouteLabel": entry["sort_code"],
        "destTransferCode": entry["package_center"],
        "limitTypeCode": "T4",
        "expressTypeCode": "B1",
        "codingMapping": f"K{int(area) % 90 + 10}",
        "proCode": "特快",
        "twoDimensionCode": "MMM={" + ",".join(f"'{name}':'{value}'" for name, value in code.items()) + "}",
    }
    return {
        "orderId": entry["reference"],
        "originCode": "755",
        "destCode": area,
        "filterResult": 2,
        "remark": "",
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": entry["waybill_no"], "boxNo": None}],
        "routeLabelInfo": [{"code": "1000", "routeLabelData": route_data, "message": f"{entry['waybill_no']}:"}],
    }


def _inner(code: str, message: str | None, data: dict[str, Any] | None = None) -> Response:
    result = {"success": code == "S0000", "errorCode": code, "errorMsg": message, "msgData": data}
    return _outer("A1000", "", json.dumps(result, ensure_ascii=False))


def _outer(code: str, message: str, data: str | None = None) -> Response:
    made = {"apiErrorMsg": message, "apiResponseID": uuid.uuid4().hex, "apiResultCode": code, "apiResultData": data}
    return answer(made)
