"""Douyin 抖店: `POST /order/…`, parameters in the query, business content in the body."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.platforms import listing, shops
from counterpart.world import World

_CARRIERS = {
    "shunfeng": "SF", "zhongtong": "ZTO", "yuantong": "YTO", "shentong": "STO", "yunda": "YUNDA", "jtexpress": "JTSD",
    "ems": "EMS", "debangwuliu": "DBL", "jd": "JD",
}  # fmt: skip


def serve(world: World, request: Request) -> Response:
    said, body = request.query, request.body.decode()
    verdict = shops.judge(
        world, request, "douyin", said.get("app_key", ""), lambda key, _token: signed(said, body, key)
    )
    if verdict == shops.BAD:
        return _error(40003, "isv.signature-invalid", "签名校验失败")
    asked, method = json.loads(body or "{}"), said.get("method", "")
    if method == "order.logisticsAdd":
        return _ship(world, asked, asked, [], verdict)
    if method == "order.logisticsAddMultiPack":
        pack = asked["pack_list"][0]
        lines = sorted(str(row["shipped_order_id"]) for row in pack["shipped_order_info"])
        return _ship(world, asked, pack, lines, verdict)
    if method == "order.orderDetail":
        return _detail(world, asked, said.get("app_key", ""))
    if method == "order.searchList":
        return _search(world, asked, said.get("app_key", ""))
    if method == "afterSale.List":
        return _aftersales(world, asked, said.get("app_key", ""))
    return _error(40001, "isv.method-invalid", f"无此方法 {method}")


def signed(said: Mapping[str, str], body: str, secret: str) -> bool:
    """Recompute `sign` the documented way: HMAC-SHA256 or MD5 of five parameters between the secret."""
    values = {**said, "param_json": body}
    names = ("app_key", "method", "param_json", "timestamp", "v")
    text = (secret + "".join(name + values.get(name, "") for name in names) + secret).encode()
    if said.get("sign_method") == "hmac-sha256":
        wanted = hmac.new(secret.encode(), text, "sha256").hexdigest()
    else:
        wanted = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(wanted, said.get("sign", ""))


def _ship(world: World, asked: dict[str, Any], pack: dict[str, Any], lines: list[str], verdict: str) -> Response:
    order_no, number = str(asked.get("order_id", "")), str(pack.get("logistics_code", ""))
    if not order_no or not number:
        return _error(40004, "isv.parameter-invalid", "order_id, logistics_code")
    before = world.shipped("douyin", order_no)
    gone = {part for entry in before for part in entry["lines"]}
    if any(not entry["lines"] for entry in before) or (before and not lines) or set(lines) & gone:
        return _error(50002, "isv.business-failed:10007", "订单已发货，不能重复发货")
    carrier = _CARRIERS.get(str(pack.get("company_code", "")), "")
    world.ship("douyin", order_no, number, carrier, lines=lines, signature=verdict)
    return _good({})


def _detail(world: World, asked: dict[str, Any], shop: str) -> Response:
    body = listing.known(world, "douyin", shop, str(asked.get("shop_order_id", "")))
    if body is None:
        return _error(50002, "isv.business-failed:10001", "订单不存在")
    return _good({"shop_order_detail": order(body)})


def _search(world: World, asked: dict[str, Any], shop: str) -> Response:
    size, page = int(asked.get("size", 100)), int(asked.get("page", 0))
    if size > 100 or page * size >= 50_000:
        return _error(40004, "isv.parameter-invalid", "size 1-100, page * size < 50000")
    by = "create_time" if "create_time_start" in asked else "update_time"
    start, end = int(asked.get(f"{by}_start", 0)), int(asked.get(f"{by}_end", 2**40))
    found = [order(body) for body in listing.bodies(world, "douyin", shop) if not _is_aftersale(body)]
    found = [one for one in found if start <= int(one.get(by, 0)) <= end]
    found.sort(key=lambda one: (one.get(by, 0), one["order_id"]), reverse=not asked.get("order_asc"))
    rows = found[page * size : (page + 1) * size]
    return _good({"shop_order_list": rows, "total": len(found), "page": page, "size": size})


def _aftersales(world: World, asked: dict[str, Any], shop: str) -> Response:
    """After-sales forms are told as bodies of their list, one in each, under the number of the form."""
    body = listing.known(world, "douyin", shop, str(asked.get("aftersale_id", "")))
    return _good(body["data"] if body and _is_aftersale(body) else {"items": [], "has_more": False, "total": 0})


def _is_aftersale(body: Any) -> bool:
    return "items" in body.get("data", {})


def order(body: Any) -> dict[str, Any]:
    """The order in a body as it was pushed or as the API answers it."""
    inner = body.get("data", body)
    found: dict[str, Any] = inner.get("shop_order_detail", inner)
    return found


def order_no(body: Any) -> str:
    if _is_aftersale(body):
        return str(body["data"]["items"][0]["aftersale_info"]["aftersale_id"])
    return str(order(body).get("order_id", ""))


ROUTES = [route("POST", r"/(order|afterSale)/\w+", serve)]


def _good(data: dict[str, Any]) -> Response:
    return answer({"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": data})


def _error(code: int, sub_code: str, sub_message: str) -> Response:
    return answer({"code": code, "msg": sub_message, "sub_code": sub_code, "sub_msg": sub_message, "data": None})
