"""TOP: `POST /router/rest`. Answers 200 whatever happened; the body tells."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from counterpart import keys
from counterpart.http import Request, Response, answer, route
from counterpart.platforms import cainiao, listing, shops
from counterpart.world import World

Form = dict[str, str]
_TIME, _CHINA = "%Y-%m-%d %H:%M:%S", timezone(timedelta(hours=8))
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
    if verdict == shops.GOOD and (refusal := _stale(world, form)) is not None:
        return refusal
    handle = METHODS.get(method)
    return handle(world, form, verdict) if handle else _no_such(method)


def _stale(world: World, form: Form) -> Response | None:
    """A call from another time, or in the name of another seller."""
    try:
        sent = datetime.strptime(form.get("timestamp", ""), _TIME).replace(tzinfo=_CHINA)
    except ValueError:
        return error(30, "Missing timestamp", "isv.missing-timestamp", "timestamp")
    now = datetime.now(_CHINA) + timedelta(seconds=world.settings["skew"])
    if abs(now - sent) > timedelta(minutes=10):
        return error(31, "Invalid timestamp", "isv.invalid-timestamp", "timestamp")
    if form.get("session", "") != world.shops["taobao", form["app_key"]].get("access_token", ""):
        world.refuse("/router/rest", "session")
        return error(27, "Invalid session", "isv.invalid-session", "授权已失效")
    return None


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
    body = listing.known(world, "taobao", form.get("app_key", ""), form.get("tid", ""))
    if body is None:
        return error(15, "Remote service error", "isv.trade-not-exist", "交易不存在")
    found = listing.only(trade(body), form.get("fields", ""))
    return answer({"trade_fullinfo_get_response": {"trade": found}})


def _many(world: World, form: Form, verdict: str) -> Response:
    """By creation or modification, the latest first. `has_next` and `total_results` come as they were asked for."""
    by = "created" if form["method"] == "taobao.trades.sold.get" else "modified"
    size, page = int(form.get("page_size", "40")), int(form.get("page_no", "1"))
    start, end = form.get(f"start_{by}", ""), form.get(f"end_{by}", "9999")
    if size > 100 or page < 1:
        return error(41, "Invalid arguments", "isv.invalid-parameter", "page_size 1-100")
    if by == "modified" and start and _span(start, end) > timedelta(days=1):
        return error(41, "Invalid arguments", "isv.invalid-parameter", "end_modified - start_modified <= 1 day")
    told = listing.bodies(world, "taobao", form.get("app_key", ""))
    found = [trade(body) for body in told if "refund_get_response" not in body]
    found = sorted((one for one in found if start <= str(one.get(by, "")) <= end), key=_latest(by), reverse=True)
    rows = [listing.only(one, form.get("fields", "")) for one in found[(page - 1) * size : page * size]]
    name = form["method"].removeprefix("taobao.").replace(".", "_") + "_response"
    said = {"total_results": len(found), "has_next": page * size < len(found), "trades": {"trade": rows}}
    return answer({name: said})


def _latest(by: str) -> Callable[[dict[str, Any]], tuple[str, str]]:
    return lambda one: (str(one.get(by, "")), str(one.get("tid", "")))


def _span(start: str, end: str) -> timedelta:
    first, last = (datetime.strptime(text, _TIME).replace(tzinfo=_CHINA) for text in (start, end))
    return last - first


def _refund(world: World, form: Form, verdict: str) -> Response:
    """Refunds are told as bodies of `refund_get_response` under the number of the refund."""
    body = listing.known(world, "taobao", form.get("app_key", ""), form.get("refund_id", ""))
    if body is None or "refund_get_response" not in body:
        return error(15, "Remote service error", "isv.refund-not-exist", "退款不存在")
    return answer(body)


def trade(body: Any) -> dict[str, Any]:
    """The trade in a body as it was pushed or as the API answers it."""
    inner = body.get("trade_fullinfo_get_response", body)
    found: dict[str, Any] = inner.get("trade", inner)
    return found


METHODS: dict[str, Callable[[World, Form, str], Response]] = {
    "taobao.logistics.offline.send": _send,
    "taobao.logistics.online.send": _send,
    "taobao.refund.get": _refund,
    "taobao.trade.fullinfo.get": _one,
    "taobao.trades.sold.get": _many,
    "taobao.trades.sold.increment.get": _many,
}
ROUTES = [route("POST", r"/router/rest", serve)]


def order_no(body: Any) -> str:
    refund = body.get("refund_get_response", {}).get("refund")
    return str(refund["refund_id"]) if refund else str(trade(body).get("tid", ""))


def _no_such(method: str) -> Response:
    return error(22, "Invalid method", "isv.invalid-method", method)
