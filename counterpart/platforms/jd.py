"""JD: `POST /routerjson`."""

import hashlib
import hmac
import json
from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.platforms import listing, shops
from counterpart.world import World

PAYLOAD = "360buy_param_json"
# JD's carrier numbers
_CARRIERS = {
    "467": "SF", "1499": "ZTO", "463": "YTO", "470": "STO", "1327": "YUNDA", "465": "EMS", "3046": "DBL", "2087": "JD",
}  # fmt: skip


def serve(world: World, request: Request) -> Response:
    form = {**request.query, **request.form()}
    key = form.get("app_key", "")
    verdict = shops.judge(world, request, "jd", key, lambda secret, _token: signed(form, secret))
    if verdict == shops.BAD:
        return _error("10100", "签名验证失败")
    asked, method = json.loads(form.get(PAYLOAD) or "{}"), form.get("method", "")
    if method == "jingdong.pop.order.shipment":
        return _shipment(world, asked, verdict)
    if method == "jingdong.pop.order.get":
        return _get(world, asked, key)
    if method == "jingdong.pop.order.search":
        return _search(world, asked, key)
    return _error("19", f"无效的方法 {method}")


def signed(form: dict[str, str], secret: str) -> bool:
    text = "".join(f"{name}{form[name]}" for name in sorted(form) if name != "sign" and form[name])
    wanted = hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    return hmac.compare_digest(wanted, form.get("sign", ""))


def _shipment(world: World, asked: dict[str, Any], verdict: str) -> Response:
    order_no, number = str(asked.get("orderId", "")), str(asked.get("logiNo", ""))
    if not order_no or not number:
        return _error("11", "缺少必要的参数 orderId, logiNo")
    before = world.shipped("jd", order_no)
    if before and before[0]["waybill_no"] != number:
        return _result(False, "10400010", "订单已出库")
    if not before:
        carrier = _CARRIERS.get(str(asked.get("logiCoprId", "")), "")
        world.ship("jd", order_no, number, carrier, lines=[], signature=verdict)
    return _result(True, "0", "")


def _get(world: World, asked: dict[str, Any], shop: str) -> Response:
    body = listing.known(world, "jd", shop, str(asked.get("order_id") or asked.get("orderId") or ""))
    if body is None:
        return _error("10300001", "订单不存在")
    inside = listing.only(order(body), asked.get("optional_fields", ""), ["orderId"])
    found = {"apiResult": {"success": True, "numberCode": 0}, "orderInfo": inside}
    return answer({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": found}})


def _search(world: World, asked: dict[str, Any], shop: str) -> Response:
    """Only the states that are asked for; `dateType` 1 goes by creation, everything else by modification."""
    size, page = int(asked.get("page_size", 50)), int(asked.get("page", 1))
    fields, states = asked.get("optional_fields", ""), str(asked.get("order_state", "")).split(",")
    if size > 50 or not fields:
        return _searched(False, "10100003", "page_size 不能超过 50" if fields else "optional_fields 不能为空", 0, [])
    by = "orderStartTime" if str(asked.get("dateType", "")) == "1" else "modified"
    start, end = asked.get("start_date", ""), asked.get("end_date", "9999")
    found = [order(body) for body in listing.bodies(world, "jd", shop)]
    found = [one for one in found if one.get("orderState", "") in states and start <= str(one.get(by, "")) <= end]
    found.sort(key=lambda one: (str(one.get(by, "")), str(one["orderId"])), reverse=str(asked.get("sortType")) == "1")
    rows = [listing.only(one, fields, ["orderId"]) for one in found[(page - 1) * size : page * size]]
    return _searched(True, "10100000", "成功", len(found), rows)


def _searched(success: bool, code: str, words: str, total: int, rows: list[dict[str, Any]]) -> Response:
    judged = {"success": success, "numberCode": code, "chineseErrCode": words}
    result = {"apiResult": judged, "orderTotal": total, "orderInfoList": rows}
    return answer({"jingdong_pop_order_search_responce": {"code": "0", "searchorderinfo_result": result}})


def order(body: Any) -> dict[str, Any]:
    """The order in a body as it was pushed or as the API answers it."""
    inner = body.get("jingdong_pop_order_get_responce", body)
    inner = inner.get("orderDetailInfo", inner)
    found: dict[str, Any] = inner.get("orderInfo", inner)
    return found


def order_no(body: Any) -> str:
    return str(order(body).get("orderId", ""))


ROUTES = [route("POST", r"/routerjson", serve)]


def _result(success: bool, code: str, message: str) -> Response:
    result = {"success": success, "errorCode": code, "chineseErrCode": message}
    return answer({"jingdong_pop_order_shipment_responce": {"code": "0", "sopjosshipment_result": result}})


def _error(code: str, message: str) -> Response:
    return answer({"error_response": {"code": code, "zh_desc": message, "en_desc": ""}})
