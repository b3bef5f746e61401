"""TOP: `POST /router/rest`. Answers 200 whatever happened; the body tells."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from counterpart import keys
from counterpart.http import Request, Response, answer, route
from counterpart.platforms import cainiao, shops
from counterpart.world import World

Form = dict[str, str]
ALREADY = "isv.logistics-offline-service-error:B04"


def serve(world: World, request: Request) -> Response:
    form = {**request.query, **request.form()}
    method = form.get("method", "")
    if method.startswith("cainiao."):
        if form.get("app_key") != keys.TOP_APP_KEY or not signed(form, keys.TOP_SECRET):
            world.refuse(request.path, method)
            return error(25, "Invalid signature", "isv.invalid-signature", "签名错误")
        return answer(cainiao.METHODS[method](world, form)) if method in cainiao.METHODS else _no_such(method)
    verdict = shops.judge(
        world, request, "taobao", form.get("app_key", ""), lambda secret, _token: signed(form, secret)
    )
    if verdict == shops.BAD:
        return error(25, "Invalid signature", "isv.invalid-signature", "签名错误")
    handle = METHODS.get(method)
    return handle(world, form, verdict) if handle else _no_such(method)


def signed(form: Form, secret: str) -> bool:
    """Recompute `sign` the documented way: md5, hmac (MD5) or hmac-sha256 over the sorted parameters."""
    text = "".join(f"{name}{form[name]}" for name in sorted(form) if name != "sign" and form[name]).encode()
    way, key = form.get("sign_method", "md5"), secret.encode()
    if way == "md5":
        wanted = hashlib.md5(key + text + key, usedforsecurity=False).hexdigest()
    else:
        wanted = hmac.new(key, text, "sha256" if way == "hmac-sha256" else "md5").hexdigest()
    return hmac.compare_digest(wanted.upper(), form.get("sign", ""))


def error(code: int, message: str, sub_code: str, sub_message: str) -> Response:
    return answer({"error_response": {"code": code, "msg": message, "sub_code": sub_code, "sub_msg": sub_message}})


def _send(world: World, form: Form, verdict: str) -> Response:
    order_no, number, parts = form.get("tid", ""), form.get("out_sid", ""), form.get("sub_tid", "")
    if not order_no or not number:
        return error(40, "Missing required arguments", "isv.missing-parameter", "tid, out_sid")
    before = world.shipped("taobao", order_no)
    wanted = {part for part in parts.split(",") if part}
    gone = {part for entry in before for part in entry["lines"]}
    if any(not entry["lines"] for entry in before) or (before and not wanted) or wanted & gone:
        return error(15, "Remote service error", ALREADY, "订单已发货,不能重复发货")
    world.ship("taobao", order_no, number, form.get("company_code", ""), lines=sorted(wanted), signature=verdict)
    return answer({"logistics_offline_send_response": {"shipping": {"is_success": True}}})


def _one(world: World, form: Form, verdict: str) -> Response:
    known = world.orders.get(("taobao", form.get("tid", "")))
    if known is None:
        return error(15, "Remote service error", "isv.trade-not-exist", "交易不存在")
    return answer({"trade_fullinfo_get_response": {"trade": trade(known["body"])}})


def _many(world: World, form: Form, verdict: str) -> Response:
    size, page = int(form.get("page_size", "40")), int(form.get("page_no", "1"))
    start, end = form.get("start_modified", ""), form.get("end_modified", "9999")
    found = [trade(entry["body"]) for (platform, _no), entry in world.orders.items() if platform == "taobao"]
    found = [one for one in found if start <= str(one.get("modified", "")) <= end]
    rows = found[(page - 1) * size : page * size]
    name = form["method"].removeprefix("taobao.").replace(".", "_") + "_response"
    return answer(
        {name: {"total_results": len(found), "has_next": page * size < len(found), "trades": {"trade": rows}}}
    )


def trade(body: Any) -> dict[str, Any]:
    """The trade in a body as it was pushed or as the API answers it."""
    inner = body.get("trade_fullinfo_get_response", body)
    found: dict[str, Any] = inner.get("trade", inner)
    return found


METHODS: dict[str, Callable[[World, Form, str], Response]] = {
    "taobao.logistics.offline.send": _send,
    "taobao.logistics.online.send": _send,
    "taobao.trade.fullinfo.get": _one,
    "taobao.trades.sold.get": _many,
    "taobao.trades.sold.increment.get": _many,
}
ROUTES = [route("POST", r"/router/rest", serve)]


def order_no(body: Any) -> str:
    return str(trade(body).get("tid", ""))


def _no_such(method: str) -> Response:
    return error(22, "Invalid method", "isv.invalid-method", method)
